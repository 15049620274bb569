"""Locks inherited vaults in forked child processes: two processes cannot share one SQLite connection.

The child wipes its copy of the keys. It never closes the connection, because that would release the parent's locks.
"""

from __future__ import annotations

import os
from typing import Protocol
from weakref import WeakSet


class Abandonable(Protocol):
    """An unlocked vault."""

    def abandon(self) -> None:
        """Locks the vault without touching its file."""


_unlocked: WeakSet[Abandonable] = WeakSet()


def lock_in_children(vault: Abandonable) -> None:
    """Locks this vault in every child process that is forked while it is open."""
    _unlocked.add(vault)


def prevent_finalization(thing: object) -> None:
    """Prevents the finalization of an object, also at the end of the process."""
    import ctypes

    ctypes.pythonapi.Py_IncRef(ctypes.py_object(thing))


def _lock_all() -> None:
    for vault in list(_unlocked):
        vault.abandon()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_lock_all)
