"""Reads a file, pipe or device with limits on its size and on the time to wait.

A pipe without a writer times out after NO_WRITER seconds, and a slow writer after SLOW_WRITER seconds. Input that
exceeds the size limit, such as an endless device, raises TooLargeError.
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
"""Seconds to wait for a pipe that no process has open for writing."""
SLOW_WRITER = 60.0
"""Seconds to wait for the next bytes of a writer."""


class TooLargeError(OSError):
    """The input is larger than the limit."""


def read_bounded(path: Path, most: int) -> bytes:
    """Reads the whole content of a file, pipe or character device.

    Args:
        path: the path of the input.
        most: the size limit in bytes.

    Raises:
        TooLargeError: if the input is larger than `most` bytes.
        TimeoutError: if a pipe has no writer, or the writer is too slow.
        OSError: if the input cannot be opened or read.
    """
    with os.fdopen(open_for_reading(path), "rb", buffering=0) as file:
        found = os.fstat(file.fileno())
        if stat.S_ISREG(found.st_mode) and found.st_size > most:
            raise TooLargeError(errno.EFBIG, f"larger than {most:,} bytes")
        return read_descriptor(file.fileno(), most)


def open_for_reading(path: Path) -> int:
    """Opens `path` for non-blocking reading and returns the descriptor.

    Raises:
        OSError: if the path cannot be opened, or is a folder, a terminal or a block device.
    """
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
    """Reads a descriptor to its end.

    Raises:
        TooLargeError: if there are more than `most` bytes.
        TimeoutError: if a pipe has no writer, or the writer is too slow.
    """
    held = bytearray()
    while chunk := _read_chunk(descriptor, min(CHUNK, most + 1 - len(held))):
        held += chunk
        if len(held) > most:
            raise TooLargeError(errno.EFBIG, f"larger than {most:,} bytes")
    return bytes(held)


def _read_chunk(descriptor: int, size: int) -> bytes:
    """Returns the next bytes, at most `size`; empty at the end of the input."""
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
            raise TimeoutError(errno.ETIMEDOUT, "it is a pipe without a writer")
        return chunk


_FLAGS = sum(getattr(os, flag, 0) for flag in ("O_NONBLOCK", "O_CLOEXEC", "O_NOCTTY", "O_BINARY"))
