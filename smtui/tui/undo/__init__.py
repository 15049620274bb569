"""Undo: what was changed in this session, and what is sent to take it back.

Belongs here: the undo history and the inverse of each kind of change. A new operation that can be undone gets its
inverse in `inverse`. Does not belong here: the screens that make the changes.
"""
