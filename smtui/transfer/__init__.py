"""Bringing secrets in from files and out into files; screens and command line both call what is here.

What lives here: one module a format, reading into `Entry` objects and writing from answers; `plan`, which compares
entries with a vault and brings them in; `export`, which takes secrets out page by page. It speaks boto3's shape alone:
no vault is opened here, and nobody is asked or told anything. A new format is a module and a line in `reading`.
"""
