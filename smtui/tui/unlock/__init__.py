"""The locked vault: unlock, create, recover, and what is said where a vault does not open.

Belongs here: everything before a session begins and after it ends. Does not belong here: key derivation
(`smtui.vault`), another passphrase for an open vault (`smtui.tui.vault`).
"""
