"""The screen Health: findings about secrets, such as weak, repeated, overdue or public ones.

Belongs here: the screen. Does not belong here: the checks (`smtui.health`), and verifying the vault file
(`smtui.tui.vault`).
"""
