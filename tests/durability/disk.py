"""A simulated disk that records every write operation, and fails or kills the process at a chosen one.

It hooks in as an SQLite VFS below the cipher, and patches the `os` functions that smtui uses for files. The module
`power` computes from its record what a power loss would leave.
"""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Literal, NoReturn
from unittest.mock import patch

import apsw

NAME = "watched"
Kind = Literal["make", "write", "cut", "sync", "remove", "rename", "sync folder"]
CHANGES: tuple[Kind, ...] = ("make", "write", "cut", "remove", "rename")
SYNCS: tuple[Kind, ...] = ("sync", "sync folder")
# The SQLite error for each failed system call.
_CODES: dict[Kind, int] = {
    "make": apsw.SQLITE_CANTOPEN, "write": apsw.SQLITE_IOERR_WRITE, "cut": apsw.SQLITE_IOERR_TRUNCATE,
    "sync": apsw.SQLITE_IOERR_FSYNC, "remove": apsw.SQLITE_IOERR_DELETE,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """One operation on a name or a file. A file keeps its number when it is renamed.

    Attributes:
        size: The offset of a write, or the remaining size after a truncation.
    """

    kind: Kind
    path: str
    file: int = 0
    size: int = 0
    data: bytes = b""
    target: str = ""

    @property
    def description(self) -> str:
        return f"{self.kind} {Path(self.path).name}"


@dataclass(frozen=True, slots=True)
class Said:
    """An acknowledgement between two steps."""

    what: int

    @property
    def description(self) -> str:
        return f"{self.what} was acknowledged"


@dataclass(frozen=True)
class Trouble:
    """An error at steps of some kinds. With `half`, the first half of a write is done before the error."""

    error: int
    kinds: tuple[Kind, ...]
    half: bool = False

    def __str__(self) -> str:
        return f"{'half, then ' * self.half}{errno.errorcode[self.error]} at {self.kinds[0]}"

    def strike(self, step: Step, own: bool) -> NoReturn:
        """Raises the error: an OSError if `own` (a call by smtui), else SQLite's error."""
        if own:
            raise OSError(self.error, os.strerror(self.error), step.path)
        if self.error == errno.ENOSPC and step.kind == "write":
            raise apsw.FullError("disk full")
        raise apsw.exception_for(_CODES[step.kind])


class Death(Trouble):
    """Kills the process at once, like `kill -9`."""

    def __init__(self) -> None:
        super().__init__(0, (*CHANGES, *SYNCS))

    def strike(self, step: Step, own: bool) -> NoReturn:
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("dead")


@dataclass
class Disk:
    """Records the steps in one folder. `trouble` strikes from step number `at` (from 1) on, or only at it if `once`."""

    folder: Path
    trouble: Trouble | None = None
    at: int = 0
    once: bool = False
    steps: int = 0
    struck: int = 0
    noted: list[Step | Said] = field(default_factory=list)
    before: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    """Number and content of each file that existed when the recording began."""
    _numbers: dict[int, int] = field(default_factory=dict)

    def said(self, what: int) -> None:
        self.noted.append(Said(what))

    def does(self, step: Step, *, own: bool = False, half: Callable[[], object] | None = None) -> None:
        """Records a step before it is done, or raises the error that is due. `half` does the first half of a write."""
        self.steps += 1
        if self.trouble is not None and step.kind in self.trouble.kinds and self._is_due():
            self.struck += 1
            if self.trouble.half and half is not None:
                half()
            self.trouble.strike(step, own)
        self.noted.append(step)

    def _is_due(self) -> bool:
        return self.steps == self.at if self.once else self.steps >= self.at > 0

    def holds(self, path: object) -> bool:
        return Path(os.fsdecode(path)).parent == self.folder  # type: ignore[arg-type]

    def made(self, path: str, *, own: bool = False) -> int:
        """Records the creation of a file and returns its number."""
        number = len(self._numbers) + len(self.noted)
        self.does(Step("make", path, number), own=own)
        return number

    def knows(self, path: str, number: int) -> None:
        """Assigns `number` to the file at `path`."""
        self._numbers[Path(path).lstat().st_ino] = number

    def number(self, path: str) -> int:
        return self._numbers.get(Path(path).lstat().st_ino, -1)

    @contextmanager
    def watching(self) -> Iterator[Disk]:
        """Uses this disk for all files that are opened in its folder while the context is active."""
        global _disk
        _register()
        for number, path in enumerate(sorted(self.folder.iterdir())):
            self.before[path.name] = number, path.read_bytes()
            self.knows(str(path), number)
        usual = apsw.vfs_names()[0]
        _disk = self
        apsw.set_default_vfs(f"multipleciphers-{NAME}")
        try:
            with _our_calls(self):
                yield self
        finally:
            apsw.set_default_vfs(usual)
            _disk = None


_disk: Disk | None = None
_registered: list[_Files] = []


class _File(apsw.VFSFile):
    """A file of SQLite. It stays on the disk that was active when it was opened."""

    def __init__(self, name: str | apsw.URIFilename | None, flags: list[int]) -> None:
        self.path = name.filename() if isinstance(name, apsw.URIFilename) else name or ""
        self.disk = _disk if _disk is not None and _disk.holds(self.path) else None
        made = None
        if self.disk and flags[0] & apsw.SQLITE_OPEN_CREATE and not Path(self.path).exists():
            made = self.disk.made(self.path)
        super().__init__("unix", name, flags)
        if self.disk and made is not None:
            self.disk.knows(self.path, made)
        self.number = self.disk.number(self.path) if self.disk else -1

    def _does(self, kind: Kind, size: int = 0, data: bytes = b"", half: Callable[[], object] | None = None) -> None:
        if self.disk:
            self.disk.does(Step(kind, self.path, self.number, size, data), half=half)

    def xWrite(self, data: bytes, offset: int) -> None:
        self._does("write", offset, bytes(data), partial(super().xWrite, data[: len(data) // 2], offset))
        super().xWrite(data, offset)

    def xTruncate(self, size: int) -> None:
        self._does("cut", size)
        super().xTruncate(size)

    def xSync(self, flags: int) -> None:
        self._does("sync")
        super().xSync(flags)


class _Files(apsw.VFS):
    def __init__(self) -> None:
        super().__init__(NAME, "unix")

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:
        return _File(name, flags)

    def xDelete(self, name: str, sync_folder: bool) -> None:
        disk = _disk if _disk is not None and _disk.holds(name) else None
        if disk:
            disk.does(Step("remove", name))
        super().xDelete(name, sync_folder)
        if disk and sync_folder:
            disk.does(Step("sync folder", name))


def _register() -> None:
    """Registers the VFS once per process; the cipher creates its own VFS on top of it at the first use."""
    if not _registered:
        _registered.append(_Files())
        apsw.Connection(":memory:", vfs=f"multipleciphers-{NAME}").close()


@contextmanager
def _our_calls(disk: Disk) -> Iterator[None]:
    """Patches the `os` functions with which smtui creates, renames, removes and syncs files."""
    do_open, do_replace, do_unlink, do_fsync = os.open, os.replace, os.unlink, os.fsync

    def opened(path: Any, flags: int, *more: Any, **named: Any) -> int:
        if not (flags & os.O_CREAT and disk.holds(path)) or os.path.lexists(path):
            return do_open(path, flags, *more, **named)
        number = disk.made(os.fsdecode(path), own=True)
        descriptor = do_open(path, flags, *more, **named)
        disk.knows(os.fsdecode(path), number)
        return descriptor

    def moved(path: Any, target: Any, **named: Any) -> None:
        if disk.holds(target):
            source = os.fsdecode(path)
            disk.does(Step("rename", source, disk.number(source), target=os.fsdecode(target)), own=True)
        do_replace(path, target, **named)

    def removed(path: Any, **named: Any) -> None:
        if disk.holds(path) and os.path.lexists(path):
            disk.does(Step("remove", os.fsdecode(path)), own=True)
        do_unlink(path, **named)

    def synced(descriptor: int) -> None:
        path = _path_of(descriptor, disk.folder)
        if path == disk.folder:
            disk.does(Step("sync folder", str(path)), own=True)
        elif path is not None:
            disk.does(Step("sync", str(path), disk.number(str(path))), own=True)
        do_fsync(descriptor)

    with patch.multiple(os, open=opened, replace=moved, unlink=removed, fsync=synced):
        yield


def _path_of(descriptor: int, folder: Path) -> Path | None:
    found = os.fstat(descriptor)
    return next((path for path in (folder, *folder.iterdir()) if os.path.samestat(found, path.lstat())), None)
