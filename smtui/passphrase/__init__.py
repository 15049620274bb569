"""Passphrases: how strong one is, and random ones from a word list.

Belongs here: estimates and lists of words. Does not belong here: keys and key derivation (`smtui.vault`), prompts
(`smtui.tui.unlock`, `smtui.cli.terminal`). A new kind of weak phrase goes into `phrases`.
"""
