"""The private working folder of a function, and its removal whatever the function left in it."""

from __future__ import annotations

import os
import tempfile
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count, islice
from pathlib import Path

HasTime = Callable[[], bool]
PREFIX = "smtui-rotation-"
BATCH = 10_000
MAX_NESTING = 500
"""Levels of nested folders; other programs may fail with more."""
TOO_DEEP = f"It nested folders more than {MAX_NESTING} deep in its working folder."
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)


class WorkingFolder:
    """A new folder that only this user can open, or the one at `path`. Raises OSError."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or Path(tempfile.mkdtemp(prefix=PREFIX))
        self._descriptor = os.open(self.path, _FOLDER)

    def remove(self, has_time: HasTime = lambda: True) -> str:
        """Removes the folder, or as much of it as possible while `has_time`.

        Returns:
            A sentence about a problem, or "".
        """
        try:
            complete, nesting = _remove_all(self._descriptor, has_time)
        except OSError as error:
            complete, nesting = isinstance(error, FileNotFoundError), 0  # removed by the function itself
        finally:
            os.close(self._descriptor)
        with suppress(OSError):
            self.path.rmdir()
        if os.path.lexists(self.path) or not complete:
            return f"Its working folder could not be removed: {self.path}."
        return TOO_DEEP if nesting > MAX_NESTING else ""


def _remove_all(folder: int, has_time: HasTime) -> tuple[bool, int]:
    """Empties an open folder. Returns whether nothing is left, and the depth of nested folders. Raises OSError."""
    os.chmod(folder, 0o700)
    room = _make_room(folder)
    with _open_folder(room, folder) as descriptor:
        removal = _Removal(descriptor, has_time)
        removal.empty(folder, 0, keep=room)
        removal.empty_room()
    with suppress(OSError):
        os.rmdir(room, dir_fd=folder)
    return removal.complete, removal.nesting


def _make_room(folder: int) -> str:
    """Creates a folder in an open folder, and returns its name."""
    for number in count():
        with suppress(FileExistsError):
            os.mkdir(f"removal-{number}", 0o700, dir_fd=folder)
            return f"removal-{number}"
    raise AssertionError


class _Removal:
    """Removes files, and moves folders into one folder (the room), where they are emptied one after the other.

    So neither the length of a path nor the number of open descriptors is a limit. Links are not followed.

    Args:
        room: a descriptor of the room, in the same file system.
        has_time: False ends the removal early.
    """

    def __init__(self, room: int, has_time: HasTime) -> None:
        self._room = room
        self._has_time = has_time
        self._moved = 0
        self._waiting: deque[tuple[str, int]] = deque()
        self.complete = True
        self.nesting = 0

    def empty_room(self) -> None:
        """Empties and removes the folders in the room."""
        while self._waiting and self._has_time():
            name, self.nesting = self._waiting.popleft()
            try:
                with _open_folder(name, self._room) as folder:
                    self.empty(folder, self.nesting)
                os.rmdir(name, dir_fd=self._room)
            except OSError:
                self.complete = False
        self.complete &= not self._waiting

    def empty(self, folder: int, depth: int, keep: str = "") -> None:
        """Removes or moves all entries of a folder except `keep`, as far as possible. Raises OSError."""
        all_out = True
        while all_out and (batch := _list_some(folder, keep)):
            for name, is_folder in batch:
                all_out &= self._remove_entry(folder, name, depth, is_folder=is_folder)
        self.complete &= all_out

    def _remove_entry(self, folder: int, name: str, depth: int, *, is_folder: bool) -> bool:
        """Removes a file or moves a folder. Returns whether that succeeded in time."""
        if not self._has_time():
            return False
        try:
            if is_folder:
                os.chmod(name, 0o700, dir_fd=folder)  # else it cannot be moved and opened
                self._moved += 1
                os.rename(name, str(self._moved), src_dir_fd=folder, dst_dir_fd=self._room)
                self._waiting.append((str(self._moved), depth + 1))
            else:
                os.unlink(name, dir_fd=folder)
        except OSError:
            return False
        return True


@contextmanager
def _open_folder(name: str, folder: int) -> Iterator[int]:
    descriptor = os.open(name, _FOLDER, dir_fd=folder)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _list_some(folder: int, keep: str) -> list[tuple[str, bool]]:
    """At most BATCH entries: their names, and whether each is a folder."""
    with os.scandir(folder) as entries:
        some = islice((entry for entry in entries if entry.name != keep), BATCH)
        return [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in some]
