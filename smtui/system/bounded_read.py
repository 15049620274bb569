"""Reading what a person named as a file, whatever it is: it neither waits for ever nor fills the memory.

A pipe without a writer is refused, one with a writer may take its time; a device that never ends is cut at the limit.
"""

from __future__ import annotations

import errno
import os
import select
import stat
import sys
from pathlib import Path

from smtui.system.ambient import read_monotonic_clock

CHUNK = 1 << 16
NO_WRITER = 3.0
"""Seconds after which a pipe that nobody has opened for writing is given up."""
SLOW_WRITER = 60.0
"""Seconds for which a writer may take to write something."""


class TooLargeError(OSError):
    """More than the limit."""


def read_bounded(path: Path, most: int) -> bytes:
    """At most `most` bytes of what is at `path`: a file, a pipe, or a device. Raises OSError, or TooLargeError."""
    with os.fdopen(open_for_reading(path), "rb", buffering=0) as file:
        found = os.fstat(file.fileno())
        if stat.S_ISREG(found.st_mode) and found.st_size > most:
            raise TooLargeError(errno.EFBIG, f"larger than {most:,} bytes")
        return read_descriptor(file.fileno(), most)


def open_for_reading(path: Path) -> int:
    """A descriptor, without waiting. Raises OSError for a folder, a terminal, a disk."""
    descriptor = os.open(path, os.O_RDONLY | _FLAGS)
    mode = os.fstat(descriptor).st_mode
    refusal = (os.strerror(errno.EISDIR) if stat.S_ISDIR(mode) else
               "it is a terminal, not a file" if os.isatty(descriptor) else
               "it is a disk, not a file" if stat.S_ISBLK(mode) else "")
    if refusal:
        os.close(descriptor)
        raise OSError(errno.EISDIR if stat.S_ISDIR(mode) else errno.EINVAL, refusal)
    return descriptor


def read_descriptor(descriptor: int, most: int) -> bytes:
    """All that comes from a descriptor, at most `most` bytes. Raises TooLargeError, or TimeoutError."""
    held = bytearray()
    while chunk := _read_chunk(descriptor, min(CHUNK, most + 1 - len(held))):
        held += chunk
        if len(held) > most:
            raise TooLargeError(errno.EFBIG, f"larger than {most:,} bytes")
    return bytes(held)


def _read_chunk(descriptor: int, size: int) -> bytes:
    """The next bytes, empty at the end."""
    if sys.platform == "win32" or stat.S_ISREG(os.fstat(descriptor).st_mode):
        return os.read(descriptor, size)
    until = read_monotonic_clock() + SLOW_WRITER
    waited = select.poll()
    waited.register(descriptor, select.POLLIN)
    ready = waited.poll(NO_WRITER * 1000)
    while True:
        try:
            chunk = os.read(descriptor, size)
        except BlockingIOError:
            if read_monotonic_clock() > until:
                raise TimeoutError(errno.ETIMEDOUT, "nothing was written to it in time") from None
            ready = waited.poll(1000)
            continue
        if not chunk and not ready:
            raise TimeoutError(errno.ETIMEDOUT, "it is a pipe that nobody writes to")
        return chunk


_FLAGS = sum(getattr(os, flag, 0) for flag in ("O_NONBLOCK", "O_CLOEXEC", "O_NOCTTY", "O_BINARY"))
