"""A lock on a folder, with which processes take turns at its files. It creates no lock file."""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from smtui.system.ambient import read_monotonic_clock

if sys.platform != "win32":
    import fcntl

TIMEOUT_SECONDS = 5.0
POLL_SECONDS = 0.01
UNSUPPORTED = (errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOLCK, errno.EINVAL, errno.ENOSYS)


@contextmanager
def lock_folder(folder: Path, *, shared: bool = False) -> Iterator[None]:
    """Holds the lock for the length of the block; several processes can hold a `shared` one.

    Without a lock if the system has none for folders, or the folder cannot be opened.

    Raises:
        TimeoutError: if another process holds it for longer than TIMEOUT_SECONDS.
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
    until = read_monotonic_clock() + TIMEOUT_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            if read_monotonic_clock() > until:
                raise TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT)) from None
            time.sleep(POLL_SECONDS)
        except OSError as error:
            if error.errno not in UNSUPPORTED:
                raise
            return
        else:
            return
