"""The place "Compare": what differs between this Region and another Region, vault or account, and its promotion.

Belongs here: the screen, the choice of the other side, and the dialogs of a promotion. Does not belong here: the
comparison itself (`smtui.comparison`), and the comparison of two versions of a secret (`smtui.tui.secret.compare`).
"""
