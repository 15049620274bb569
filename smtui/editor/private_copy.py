"""A file for an editor to work on: in memory where the system has such a place, readable by nobody else, and gone
after its use, also after a crash: a process of its own removes it when ours has ended in whatever way.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from smtui.children import start_module
from smtui.editor.sweeper import PREFIX
from smtui.private import create_file

SHARED_MEMORY = "/dev/shm"  # noqa: S108
PATIENCE = 2.0
"""Seconds in which the other process has seen that it is over."""
MOUNTS = Path("/proc/self/mounts")
_IN_MEMORY = frozenset({"tmpfs", "ramfs"})
_OCTAL = re.compile(r"\\([0-7]{3})")


@dataclass(frozen=True, slots=True)
class Place:
    """A folder to make the file in; `in_memory` where what lies in it never reaches a disk, but for swapping."""

    folder: Path
    in_memory: bool


def place(environ: Mapping[str, str] = os.environ, mounts: Path = MOUNTS) -> Place:
    """The best there is."""
    types = _types(mounts)
    for name in (environ.get("XDG_RUNTIME_DIR"), SHARED_MEMORY):
        folder = Path(name) if name else None
        if folder and folder.is_dir() and os.access(folder, os.W_OK) and _type(folder, types) in _IN_MEMORY:
            return Place(folder, True)
    folder = Path(tempfile.gettempdir())
    return Place(folder, _type(folder, types) in _IN_MEMORY)


def _types(mounts: Path) -> dict[Path, str]:
    """Mount points with the type of what is mounted there; none on a system that does not tell."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return {}
    fields = (line.split(" ") for line in lines)
    return {Path(_OCTAL.sub(lambda found: chr(int(found[1], 8)), each[1])): each[2] for each in fields if len(each) > 2}


def _type(folder: Path, types: Mapping[Path, str]) -> str:
    resolved = folder.resolve()
    return next((types[each] for each in (resolved, *resolved.parents) if each in types), "")


@contextmanager
def private_copy(data: bytes, name: str, where: Place) -> Iterator[Path]:
    """A file of this name and content, mode 0600 in a folder of mode 0700 of its own, for as long as the block lasts.

    Whatever the editor leaves beside it goes with it.
    """
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=where.folder))
    sweeper = _sweeper(folder)
    try:
        with open(create_file(folder / name), "wb") as file:  # noqa: PTH123
            file.write(data)
        yield folder / name
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        with suppress(subprocess.TimeoutExpired):
            sweeper.communicate(timeout=PATIENCE)


def _sweeper(folder: Path) -> subprocess.Popen[bytes]:
    """Removes the folder once the pipe to it is closed, which our end does, also by SIGKILL."""
    return start_module("smtui.editor.sweeper", str(folder))


def read_back(path: Path, most: int) -> bytes:
    """What the file holds now, and no more than one byte more than `most`; nothing where it is gone."""
    try:
        with path.open("rb") as file:
            return file.read(most + 1)
    except OSError:
        return b""
