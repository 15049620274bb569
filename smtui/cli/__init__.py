"""The command line: commands without a screen.

What lives here: the parser made from the contract, the everyday words, and the two writers: `output` alone writes to
standard output, `diagnostics` alone to standard error. Exit codes have one owner, `exits`. What may not: rules of the
service, the vault's insides, Textual. A new command is a row in `commands` and a module in `words`.
"""
