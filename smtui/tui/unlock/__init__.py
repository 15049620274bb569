"""The locked vault: the screens that unlock, create and recover a vault, and the errors of opening it.

Belongs here: everything before a session begins and after it ends. Does not belong here: key derivation
(`smtui.vault`), changing the passphrase of an open vault (`smtui.tui.vault`).
"""
