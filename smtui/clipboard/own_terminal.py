"""The terminal we run in, named so that another process finds the same one, and no other that took its place."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

STANDARD = (2, 1, 0)


def find_terminal() -> list[str] | None:
    """`["OSC 52", path, device, born]`, or None where no standard stream is a terminal.

    `born` is the time its node was made or last changed hands: the next terminal of the same number has another.
    """
    for descriptor in STANDARD:
        with suppress(OSError, AttributeError):
            path = os.ttyname(descriptor)
            found = Path(path).stat()
            return ["OSC 52", path, str(found.st_rdev), str(found.st_ctime_ns)]
    return None


def write_to(spec: list[str], sequence: str) -> None:
    """Writes to the terminal that `find_terminal` named. Raises OSError where it is gone."""
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
