"""Health: findings about secrets, such as weak, repeated, overdue or public ones.

Belongs here: the checks and their screen. A new check gets its function in `checks`. Does not belong here: verifying
the vault file (`smtui.tui.vault`).
"""
