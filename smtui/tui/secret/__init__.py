"""One secret: its screen, its value, labels, tags and history, and everything that edits them.

Belongs here: what is done to one secret. Does not belong here: what is done to several (`smtui.tui.secret_list`),
policy, rotation and replication, which are places of their own. A new action gets a module named after it.
"""
