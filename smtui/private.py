"""Files and folders of ours that others must not read: made new, never through a link, whole or not there.

The mode is given when they are made, so that no umask matters and there is no moment in which it is another.
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


def new_file(path: Path) -> int:
    """A descriptor of a file that was not there before. Raises OSError."""
    return os.open(path, _NEW | getattr(os, "O_BINARY", 0), FILE_MODE)


def make_folder(folder: Path) -> None:
    """The folder, and those above it that are missing, each known to the disk. Raises OSError."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
        sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Waits until the names in a folder are on disk, where the system can say so. Raises OSError."""
    if os.name != "posix":
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except PermissionError:
        return  # one may make files in a folder that one may not read
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL:  # some file systems know no such thing
            raise
    finally:
        os.close(descriptor)


def move_into_place(beside: Path, path: Path, *, over: bool) -> None:
    """Gives a file its name; in place of what is there, or never over anything. Raises OSError, FileExistsError."""
    if over:
        beside.replace(path)
    elif os.name != "posix":
        beside.rename(path)  # refuses there
    else:
        _link_into_place(beside, path)


def _link_into_place(beside: Path, path: Path) -> None:
    """A link is made or refused in one step, whatever others do meanwhile."""
    try:
        os.link(beside, path)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        os.close(new_file(path))  # where there are no links: nobody else can have the name from here on
        beside.replace(path)
        return
    beside.replace(path)  # both are names of one file: nothing is moved, and on no system is anything overwritten
    beside.unlink(missing_ok=True)


@contextmanager
def written(path: Path, *, over: bool = True) -> Iterator[BinaryIO]:
    """A file to write, which then takes the place of what is at `path`. A failure leaves that as it was.

    Raises OSError, and FileExistsError where something is there that it is not to take the place of.
    """
    beside = path.with_name(f"{path.name}.part")
    beside.unlink(missing_ok=True)  # left by one that was interrupted
    descriptor = new_file(beside)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123
            yield file
            file.flush()
            os.fsync(descriptor)
        move_into_place(beside, path, over=over)
        sync_folder(path.parent)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise
