"""Screens for settings, keys and themes.

Belongs here: changing settings on the screen. Does not belong here: the file and its rows (`smtui.system.settings`).
"""
