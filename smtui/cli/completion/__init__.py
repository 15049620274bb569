"""Completion scripts of the shells: `table` says what every command takes, and one template for each shell reads it.

A new command or option needs nothing here. A new kind of word gets a member of `table.Kind`, and a case in each
template.
"""
