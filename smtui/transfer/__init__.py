"""Import of secrets from files and export to files, for the TUI and the command line.

`formats` reads a file into `Entry` objects, with one module for each format; `plan` compares the entries with a vault
and `apply` writes them; `selection` and `export` write secrets to a file page by page. The package uses only boto3's
calling shape: it opens no vault and shows no message. A new import format is a module and a line in `formats`.
"""
