"""Reads lines and counted bytes from a socket, and overwrites what has been read: it may be a passphrase."""

from __future__ import annotations

import socket

CHUNK = 64 * 1024


class LineTooLongError(ValueError):
    """The line is longer than the limit."""


class LineReader:
    """Reads from a socket.

    Args:
        line: the socket.
        most: the most bytes of a line.
    """

    def __init__(self, line: socket.socket, most: int) -> None:
        self._line = line
        self._most = most
        self._buffer = bytearray(CHUNK)
        self._held = bytearray()

    def read_line(self) -> bytes | None:
        """The next line without its line break, or None at the end. Raises LineTooLongError, OSError."""
        searched = 0
        while (end := self._held.find(b"\n", searched)) < 0:
            searched = len(self._held)
            if searched > self._most:
                raise LineTooLongError
            if not self._fill():
                return None
        found = bytes(self._take(end + 1))
        return found[:-1]

    def read_bytes(self, count: int) -> bytearray:
        """Exactly `count` bytes, which the caller wipes. Raises OSError, EOFError."""
        while len(self._held) < count:
            if not self._fill():
                raise EOFError
        return self._take(count)

    def _fill(self) -> bool:
        count = self._line.recv_into(self._buffer)
        self._held += self._buffer[:count]
        self._buffer[:count] = bytes(count)
        return count > 0

    def _take(self, count: int) -> bytearray:
        taken = self._held[:count]
        rest = self._held[count:]
        self._held[:] = bytes(len(self._held))
        self._held = rest
        return taken
