"""The commands apart from the 23 operations: one module each, with `EXAMPLE`, `declare(parser)` and `run(args)`.

A module's docstring is the command's help text. A new command also needs a row in `smtui.cli.command_table`. Commands
write only through `output` and `diagnostics`.
"""
