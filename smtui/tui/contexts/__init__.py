"""Contexts and Regions: where one works, and how one gets to another vault or Region.

Belongs here: choosing a vault, an account or a Region. Does not belong here: opening one (`smtui.tui.unlock`).
"""
