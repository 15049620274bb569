"""Reading other tools' files into secrets: formats, and the plan of what would happen.

What lives here: one module a format, each turning text into `Entry` objects, and `plan`, which compares them with a
vault. What may not: opening the vault, or asking the person. A new format is a module and a line in `files`.
"""
