"""Passphrases: strength estimates, and random passphrases from a word list.

Belongs here: estimators and word lists. Does not belong here: encryption keys and key derivation (`smtui.vault`), and
prompts (`smtui.tui.unlock`, `smtui.cli.terminal`). A new kind of weak phrase goes into `phrases`.
"""
