"""A lock on a folder, by which processes take turns at the files in it. It leaves no file of its own behind."""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from smtui.ambient import seconds_awake

if sys.platform != "win32":
    import fcntl

PATIENCE = 5.0
"""Seconds."""
LOOK = 0.01
NO_SUCH_LOCKS = (errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOLCK, errno.EINVAL, errno.ENOSYS)


@contextmanager
def lock_folder(folder: Path, *, shared: bool = False) -> Iterator[None]:
    """Holds the lock on a folder; several may hold a `shared` one at once.

    Raises TimeoutError where another process holds it for longer than PATIENCE. No lock where the system has none for
    folders, or the folder cannot be opened.
    """
    descriptor = _open(folder)
    try:
        if descriptor is not None:
            _lock(descriptor, shared)
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _open(folder: Path) -> int | None:
    if sys.platform == "win32":
        return None
    try:
        return os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None


def _lock(descriptor: int, shared: bool) -> None:
    until = seconds_awake() + PATIENCE
    while True:
        try:
            fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            if seconds_awake() > until:
                raise TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT)) from None
            time.sleep(LOOK)
        except OSError as error:
            if error.errno not in NO_SUCH_LOCKS:
                raise
            return
        else:
            return
