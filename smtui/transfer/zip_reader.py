"""Reads ZIP files from others within bounds: their number of members, and the size of what is unpacked."""

from __future__ import annotations

import io
import zipfile
import zlib

from smtui.transfer.entry import make_unreadable_error

SIGNATURE = b"PK\x03\x04"
MAX_MEMBERS = 20_000
MAX_UNPACKED = 256 * 1024 * 1024
"""Bytes of all members that are read, together."""


class ZipReader:
    """The members of a ZIP file. `file` is its name in messages."""

    def __init__(self, raw: bytes, file: str) -> None:
        """Raises UnreadableFileError."""
        self._file = file
        self._left = MAX_UNPACKED
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(raw))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
            raise make_unreadable_error(file, "it is a damaged ZIP file") from None
        self.names = self._zip.namelist()
        if len(self.names) > MAX_MEMBERS:
            raise make_unreadable_error(file, f"it has more than {MAX_MEMBERS:,} members")

    def read(self, name: str) -> bytes:
        """The content of a member. Raises UnreadableFileError if it is damaged, encrypted, or too large."""
        try:
            with self._zip.open(name) as member:
                content = member.read(self._left + 1)
        except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, OSError, RuntimeError, EOFError):
            raise make_unreadable_error(f"{self._file}, {name}", "it is damaged or encrypted") from None
        if len(content) > self._left:
            raise make_unreadable_error(self._file, f"it unpacks to more than {MAX_UNPACKED >> 20:,} MiB")
        self._left -= len(content)
        return content
