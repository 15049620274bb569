"""Creates a file that only its owner can read: mode 0600, never through a link, and complete or not at all."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from smtui.system.private_files import atomic_write
from smtui.transfer.errors import FileNotWrittenError


@contextmanager
def write_private_file(path: Path, *, force: bool = False) -> Iterator[BinaryIO]:
    """The file to write to, for the length of the block. If the block fails, there is no new file.

    With `force`, the finished file replaces an existing one. Raises FileNotWrittenError.
    """
    _require_free(path, force=force)
    try:
        with atomic_write(path, over=force) as file:
            yield file
    except FileExistsError:
        raise _make_exists_error(path) from None
    except OSError as error:
        raise FileNotWrittenError(f"{path} cannot be written: {error.strerror}.") from None


def _require_free(path: Path, *, force: bool) -> None:
    try:
        found = path.lstat()
    except OSError:
        return
    if not stat.S_ISREG(found.st_mode):
        raise FileNotWrittenError(f"{path} is a link, a folder or a device. It was not changed.")
    if not force:
        raise _make_exists_error(path)


def _make_exists_error(path: Path) -> FileNotWrittenError:
    return FileNotWrittenError(f"{path} already exists. It was not changed.")
