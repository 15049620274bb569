"""An advisory lock (flock) on a folder, which coordinates access to its files between processes without a lock file."""

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
    """Holds the lock during the block.

    The block runs without a lock if the system or file system does not support one, or the folder cannot be opened.

    Args:
        folder: the folder to lock.
        shared: whether other processes can hold a shared lock at the same time.

    Raises:
        TimeoutError: if another process holds the lock for longer than TIMEOUT_SECONDS.
        OSError: if locking fails for another reason.
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
