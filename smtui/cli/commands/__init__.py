"""The everyday words: one module a command, each with `EXAMPLE`, `declare(parser)` and `run(args)`.

What may not live here: writing to standard output or error by other ways than `output` and `diagnostics`. A new word
also needs its row in `smtui.cli.command_table`.
"""
