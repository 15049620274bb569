"""A file for plain text that others must not read: new, mode 0600, never through a link, whole or not there."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from smtui.private import written
from smtui.transfer.errors import FileNotWrittenError


@contextmanager
def private_file(path: Path, *, force: bool = False) -> Iterator[BinaryIO]:
    """The file to write; a failure takes it away again. With `force` it then takes the place of the file that is there.

    Raises FileNotWrittenError.
    """
    _must_be_free(path, force=force)
    try:
        with written(path, over=force) as file:
            yield file
    except FileExistsError:
        raise _taken(path) from None
    except OSError as error:
        raise FileNotWrittenError(f"{path} cannot be written: {error.strerror}.") from None


def _must_be_free(path: Path, *, force: bool) -> None:
    try:
        found = path.lstat()
    except OSError:
        return
    if not stat.S_ISREG(found.st_mode):
        raise FileNotWrittenError(f"{path} is a link, a folder or a device. It was left as it is.")
    if not force:
        raise _taken(path)


def _taken(path: Path) -> FileNotWrittenError:
    return FileNotWrittenError(f"There is already something at {path}. It was left as it is.")
