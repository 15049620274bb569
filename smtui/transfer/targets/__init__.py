"""Export targets: one module for each format of another program, with `write`.

`write` gets the secrets and an `ExportOptions`, and yields text. What the format cannot carry it leaves out, and counts
in the options. `smtui.transfer.export` has the table of all formats. Each format is one that `smtui.transfer.sources`
reads.
"""
