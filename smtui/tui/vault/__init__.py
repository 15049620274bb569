"""The vault as a whole: check, backup, import, passphrase, keyring.

Belongs here: tasks for the whole vault and their dialogs. A new task gets a row in `tasks`. Does not belong here:
opening a vault (`smtui.tui.unlock`).
"""
