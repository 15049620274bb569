"""Undo: the changes of this session and the requests that take them back.

Belongs here: the undo history and the inverse of each kind of change. A new operation that can be undone gets its
inverse in `inverse`; `undo_change` asks and sends it. Does not belong here: the screens that make the changes.
"""
