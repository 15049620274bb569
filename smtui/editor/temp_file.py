"""A temporary file for an editor: in memory if possible, private, and removed after use.

A separate process (`cleanup`) removes it even if smtui is killed.
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

from smtui.editor.cleanup import PREFIX
from smtui.editor.program import TemporaryFileError
from smtui.system.private_files import create_file
from smtui.system.subprocesses import start_module

SHARED_MEMORY = "/dev/shm"  # noqa: S108
TIMEOUT_SECONDS = 2.0
"""For the cleanup process to end."""
MOUNTS = Path("/proc/self/mounts")
_IN_MEMORY = frozenset({"tmpfs", "ramfs"})
_OCTAL = re.compile(r"\\([0-7]{3})")


@dataclass(frozen=True, slots=True)
class Location:
    """A folder for the file; `in_memory` if its files never reach a disk, except by swapping."""

    folder: Path
    in_memory: bool


def find_location(environ: Mapping[str, str] = os.environ, mounts: Path = MOUNTS) -> Location:
    """The best folder: the runtime folder or shared memory if they are in memory, else the temporary folder."""
    types = _read_mounts(mounts)
    for name in (environ.get("XDG_RUNTIME_DIR"), SHARED_MEMORY):
        folder = Path(name) if name else None
        if folder and folder.is_dir() and os.access(folder, os.W_OK) and _find_type(folder, types) in _IN_MEMORY:
            return Location(folder, True)
    folder = Path(tempfile.gettempdir())
    return Location(folder, _find_type(folder, types) in _IN_MEMORY)


def _read_mounts(mounts: Path) -> dict[Path, str]:
    """Mount points with their file system types; empty on a system without this file."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return {}
    fields = (line.split(" ") for line in lines)
    return {Path(_OCTAL.sub(lambda found: chr(int(found[1], 8)), each[1])): each[2] for each in fields if len(each) > 2}


def _find_type(folder: Path, types: Mapping[Path, str]) -> str:
    resolved = folder.resolve()
    return next((types[each] for each in (resolved, *resolved.parents) if each in types), "")


@contextmanager
def create_temporary_file(data: bytes, name: str, location: Location) -> Iterator[Path]:
    """A file with this name and content, for the length of the block.

    It has mode 0600 and is alone in a folder of mode 0700, which is removed with everything the editor leaves in it.

    Raises:
        TemporaryFileError: the file could not be written, for instance because its folder is full.
    """
    with _report_disk_errors(location.folder):
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=location.folder))
        cleanup = _start_cleanup(folder)
    try:
        with _report_disk_errors(location.folder), open(create_file(folder / name), "wb") as file:  # noqa: PTH123
            file.write(data)
        yield folder / name
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        with suppress(subprocess.TimeoutExpired):
            cleanup.communicate(timeout=TIMEOUT_SECONDS)


@contextmanager
def _report_disk_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise TemporaryFileError(f"The temporary file could not be written to {folder}: {error.strerror}.") from None


def _start_cleanup(folder: Path) -> subprocess.Popen[bytes]:
    """Starts the process that removes the folder when the pipe to it is closed, as even SIGKILL does."""
    return start_module("smtui.editor.cleanup", str(folder))


def read_back(path: Path, max_bytes: int) -> bytes:
    """The content of the file, at most `max_bytes` + 1 bytes; empty if the file is gone."""
    try:
        with path.open("rb") as file:
            return file.read(max_bytes + 1)
    except OSError:
        return b""
