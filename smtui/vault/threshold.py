"""Opening a file at a path, and putting another in its place, never happen at the same moment.

SQLite finds a file's log by its name. Whoever opened the old file, and read from it when the new one had come to its
place, would take the new one's log for its own: a checkpoint then waits for that reader with half its work, and the
log is removed all the same. So whoever opens shares a lock on the folder until SQLite's own lock on the file is held,
which keeps others from replacing it; and whoever replaces a file has the lock on the folder alone.
"""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from smtui.ambient import seconds_awake
from smtui.api.errors import VaultBusyError

if sys.platform != "win32":
    import fcntl

PATIENCE = 5.0
"""Seconds."""
LOOK = 0.01
NO_SUCH_LOCKS = (errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOLCK, errno.EINVAL, errno.ENOSYS)


@contextmanager
def crossing(path: Path, *, alone: bool = False) -> Iterator[None]:
    """While something at `path` is opened; or, `alone`, replaced. Raises VaultBusyError.

    No lock where the system has none for folders: there an open file cannot be replaced, or nobody promised anything.
    """
    folder = _opened(path.parent)
    try:
        if folder is not None:
            _lock(folder, alone)
        yield
    finally:
        if folder is not None:
            os.close(folder)


def _opened(folder: Path) -> int | None:
    if sys.platform == "win32":
        return None
    try:
        return os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None


def _lock(folder: int, alone: bool) -> None:
    until = seconds_awake() + PATIENCE
    while True:
        try:
            fcntl.flock(folder, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            if seconds_awake() > until:
                raise VaultBusyError("Another process is putting a vault in its place, and did not finish in time.",
                                     hint="Try again.") from None
            time.sleep(LOOK)
        except OSError as error:
            if error.errno not in NO_SUCH_LOCKS:
                raise
            return
        else:
            return
