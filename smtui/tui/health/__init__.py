"""Health: what is weak, repeated, overdue or public.

Belongs here: the checks and their screen. A new check gets its function in `checks`. Does not belong here: verifying
the vault file (`smtui.tui.vault`).
"""
