"""Ways to find one's way: help, manual, command palette, and the menu of places.

Belongs here: what tells a person what there is. Does not belong here: the declaration of keys (`smtui.tui.keys`).
A new place gets a row in `places`.
"""
