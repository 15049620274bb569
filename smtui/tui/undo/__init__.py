"""Undo: the changes of this session and the requests that take them back.

Belongs here: the inverse of each kind of change to the history of the session (`smtui.tui.undo_history`). A new
operation that can be undone gets its inverse in `inverse`; `undo_change` asks and sends it. Does not belong here: the
screens that make the changes.
"""
