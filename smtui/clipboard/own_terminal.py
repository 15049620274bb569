"""Identifies this process's terminal, so that another process can write to it and not to one that replaced it."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

STANDARD = (2, 1, 0)


def find_terminal() -> list[str] | None:
    """`["OSC 52", path, device, born]`, or None if no standard stream is a terminal.

    `born` is the change time of its device file in nanoseconds, which differs for the next terminal of that number.
    """
    for descriptor in STANDARD:
        with suppress(OSError, AttributeError):
            path = os.ttyname(descriptor)
            found = Path(path).stat()
            return ["OSC 52", path, str(found.st_rdev), str(found.st_ctime_ns)]
    return None


def write_to(spec: list[str], sequence: str) -> None:
    """Writes to the terminal that `find_terminal` identified. Raises OSError if it no longer exists."""
    _, path, device, born = spec
    descriptor = os.open(path, os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        found = os.fstat(descriptor)
        is_same = (str(found.st_rdev), str(found.st_ctime_ns)) == (device, born)
        if not stat.S_ISCHR(found.st_mode) or not is_same:
            raise OSError("another terminal")
        os.write(descriptor, sequence.encode())
    finally:
        os.close(descriptor)
