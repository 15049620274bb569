"""Import of secrets from files and export to files, for the TUI and the command line.

`formats` recognises what a file is and reads it, with one module for each source in `sources`; `mapping` makes `Entry`
objects of the records in it; `plan` compares the entries with a vault and `apply` writes them; `selection` and `export`
write secrets to a file page by page. The package uses only boto3's calling shape: it opens no vault and shows no
message. A new import source is a module and a row in `formats`.
"""
