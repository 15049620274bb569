"""A file for plain text that others must not read: new, mode 0600, never through a link, whole or not there."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from smtui.transfer.errors import FileRefused

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL
_PRIVATE = 0o600


@contextmanager
def private_file(path: Path, *, force: bool = False) -> Iterator[BinaryIO]:
    """The file to write; a failure takes it away again. With `force` it then takes the place of the file that is there.

    Raises FileRefused.
    """
    _must_be_free(path, force=force)
    made = path.with_name(f"{path.name}.part") if path.exists() else path
    try:
        descriptor = os.open(made, _NEW | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0), _PRIVATE)
    except FileExistsError:
        raise _taken(made) from None
    except OSError as error:
        raise FileRefused(f"{made} cannot be made: {error.strerror}.") from None
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123
            yield file
            file.flush()
            os.fsync(descriptor)
        if made != path:
            made.replace(path)
    except BaseException:
        made.unlink(missing_ok=True)
        raise


def _must_be_free(path: Path, *, force: bool) -> None:
    try:
        found = path.lstat()
    except OSError:
        return
    if not stat.S_ISREG(found.st_mode):
        raise FileRefused(f"{path} is a link, a folder or a device. It was left as it is.")
    if not force:
        raise _taken(path)


def _taken(path: Path) -> FileRefused:
    return FileRefused(f"There is already something at {path}. It was left as it is.")
