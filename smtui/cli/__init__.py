"""The command line: every command that runs without a screen.

`command_table` lists the commands; `commands` has one module for each, and `operations` serves the 23 operations of the
service. `output` alone writes to standard output, `diagnostics` alone to standard error, and `exit_codes` alone maps
errors to exit codes. The service's rules, the vault's internals and Textual do not belong here.
"""
