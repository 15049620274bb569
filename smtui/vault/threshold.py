"""Opening a file at a path, and putting another in its place, never happen at the same moment.

SQLite finds a file's log by its name. Whoever opened the old file, and read from it when the new one had come to its
place, would take the new one's log for its own: a checkpoint then waits for that reader with half its work, and the
log is removed all the same. So whoever opens shares a lock on the folder until SQLite's own lock on the file is held,
which keeps others from replacing it; and whoever replaces a file has the lock on the folder alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from smtui.api.errors import VaultBusyError
from smtui.folder_lock import LOOK, lock_folder

__all__ = ["LOOK", "crossing"]


@contextmanager
def crossing(path: Path, *, alone: bool = False) -> Iterator[None]:
    """While something at `path` is opened; or, `alone`, replaced. Raises VaultBusyError.

    No lock where the system has none for folders: there an open file cannot be replaced, or nobody promised anything.
    """
    with ExitStack() as held:
        try:
            held.enter_context(lock_folder(path.parent, shared=not alone))
        except TimeoutError:
            raise VaultBusyError("Another process is putting a vault in its place, and did not finish in time.",
                                 hint="Try again.") from None
        yield
