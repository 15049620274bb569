"""A vault that a child process inherits by fork is locked there: two processes cannot share a connection.

The child's copy of the keys is wiped. The connection is left as it is, for ever: to close it would be to work on a
file whose locks are the parent's.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from weakref import WeakSet

if TYPE_CHECKING:
    from smtui.backends.local import Vault

_unlocked: WeakSet[Vault] = WeakSet()


def lock_in_children(vault: Vault) -> None:
    """From now on, until it is closed."""
    _unlocked.add(vault)


def keep_for_ever(thing: object) -> None:
    """Sees to it that nothing is finalized, not even at the end of the process."""
    import ctypes

    ctypes.pythonapi.Py_IncRef(ctypes.py_object(thing))


def _lock_all() -> None:
    for vault in list(_unlocked):
        vault.abandon()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_lock_all)
