"""Creates files and folders that only the owner can read, without following links, and writes files atomically.

Files and folders get their mode at creation, so that they never have a wider one.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

FILE_MODE = 0o600
FOLDER_MODE = 0o700
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)
_NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)


class NotPrivateError(OSError):
    """A file with a secret is open to others. `reason` continues a sentence that begins with the file's name."""

    def __init__(self, reason: str, hint: str) -> None:
        super().__init__(errno.EACCES, reason)
        self.reason = reason
        self.hint = hint


def require_private(descriptor: int, path: Path | str) -> None:
    """Refuses an open file that others own, read or write, as ssh does with private keys. A pipe is not refused.

    Args:
        descriptor: the open file.
        path: its path, for the hint.

    Raises:
        NotPrivateError: it is not private.
    """
    found = os.fstat(descriptor)
    if os.name != "posix" or not stat.S_ISREG(found.st_mode):
        return
    if found.st_uid not in (os.geteuid(), 0):
        raise NotPrivateError("belongs to another user", "Use a file that you own.")
    if found.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        mode = f"{stat.S_IMODE(found.st_mode):04o}"
        raise NotPrivateError(f"is open to others (mode {mode})", f"Make it private: chmod 600 {path}")


def create_file(path: Path) -> int:
    """Creates a file with mode 0600 and returns its descriptor.

    Raises:
        FileExistsError: if the path exists.
        OSError: if the file cannot be created.
    """
    return os.open(path, _NEW | getattr(os, "O_BINARY", 0), FILE_MODE)


def make_folder(folder: Path) -> None:
    """Creates the folder and its missing parents with mode 0700, and syncs them to disk. Raises OSError."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
        sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Syncs the entries of a folder to disk, if the system supports it. Raises OSError."""
    if os.name != "posix":
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except PermissionError:
        return  # the folder is writable but not readable
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL:  # the file system does not support it
            raise
    finally:
        os.close(descriptor)


def move_into_place(source: Path, path: Path, *, over: bool) -> None:
    """Renames `source` to `path`.

    Args:
        source: the file to rename.
        path: the new path, on the same file system.
        over: whether to replace an existing file.

    Raises:
        FileExistsError: if `path` exists and `over` is false.
        OSError: if the file cannot be renamed.
    """
    if over:
        source.replace(path)
    elif os.name != "posix":
        source.rename(path)  # fails if the file exists
    else:
        _link_into_place(source, path)


def _link_into_place(source: Path, path: Path) -> None:
    """Renames a file but replaces none: creating a hard link is atomic and fails if the path exists."""
    try:
        os.link(source, path)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        os.close(create_file(path))  # without hard links, an empty file reserves the name
        source.replace(path)
        return
    source.replace(path)  # both names refer to the same file, so nothing is overwritten
    source.unlink(missing_ok=True)


@contextmanager
def atomic_write(path: Path, *, over: bool = True) -> Iterator[BinaryIO]:
    """Opens a temporary file for writing, and renames it to `path` after the block.

    If the block fails, `path` is unchanged and the temporary file is removed.

    Args:
        path: the path of the complete file.
        over: whether to replace an existing file.

    Raises:
        FileExistsError: if `path` exists and `over` is false.
        OSError: if the file cannot be written.
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
