"""Files and folders that only their owner can read: created new, never through a link, complete or not at all.

The mode is set at creation, so that no umask applies and the file never has another mode.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

FILE_MODE = 0o600
FOLDER_MODE = 0o700
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)
_NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)


def create_file(path: Path) -> int:
    """Creates a file and returns its descriptor. Raises OSError, FileExistsError if there is one."""
    return os.open(path, _NEW | getattr(os, "O_BINARY", 0), FILE_MODE)


def make_folder(folder: Path) -> None:
    """Creates the folder and its missing parents, and syncs them to disk. Raises OSError."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
        sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Waits until the entries of a folder are on disk, if the system supports it. Raises OSError."""
    if os.name != "posix":
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except PermissionError:
        return  # a folder can be writable and not readable
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL:  # the file system does not support it
            raise
    finally:
        os.close(descriptor)


def move_into_place(source: Path, path: Path, *, over: bool) -> None:
    """Renames `source` to `path`. With `over` it replaces an existing file. Raises OSError, FileExistsError."""
    if over:
        source.replace(path)
    elif os.name != "posix":
        source.rename(path)  # fails if the file exists
    else:
        _link_into_place(source, path)


def _link_into_place(source: Path, path: Path) -> None:
    """Renames without replacing: creating a hard link succeeds or fails in one step."""
    try:
        os.link(source, path)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        os.close(create_file(path))  # without hard links: reserves the name first
        source.replace(path)
        return
    source.replace(path)  # both are names of one file, so nothing is overwritten
    source.unlink(missing_ok=True)


@contextmanager
def atomic_write(path: Path, *, over: bool = True) -> Iterator[BinaryIO]:
    """A file to write to, which becomes `path` at the end of the block. If the block fails, `path` is unchanged.

    Without `over`, an existing file is not replaced. Raises OSError, FileExistsError.
    """
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)  # left by an interrupted write
    descriptor = create_file(part)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123
            yield file
            file.flush()
            os.fsync(descriptor)
        move_into_place(part, path, over=over)
        sync_folder(path.parent)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise
