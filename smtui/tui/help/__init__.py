"""Help and navigation: the help screen, the manual, the command palette, and the menu of places.

Belongs here: what shows the user which functions there are. Does not belong here: the declaration of keys
(`smtui.tui.keys`). To add a place, add a constant to `places`.
"""
