"""Screens to choose a vault or a Region.

Belongs here: choosing a vault, an account or a Region. Does not belong here: opening one (`smtui.tui.unlock`).
"""
