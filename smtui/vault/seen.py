"""What this machine last saw of a vault: how many changes it had, in a small file outside of it.

No file can tell that it is an older copy of itself. This note can: a vault with fewer changes than were noted was put
back to an earlier state, by whoever restored a backup or by somebody else. The note is named after the vault, not
after its path, and authenticated with a key that only the open vault gives: nobody else can write one that counts.
A change is noted after the disk has confirmed it, never before, so a power loss makes the note old and not the vault.

What it cannot do: it knows nothing on a machine that never opened the vault, nor once it was removed. A vault opens
without it, and where it cannot be written.
"""

from __future__ import annotations

import hmac
import os
import stat
from contextlib import suppress
from pathlib import Path

from smtui.private import FILE_MODE, make_folder

COUNT_BYTES = 8
MAC_BYTES = 32


class Seen:
    """The note about one vault. `name` tells the vault from others, `key` authenticates the note.

    Several programs may note at once: the last one counts, which may be a change or two behind, and never ahead.
    """

    def __init__(self, folder: Path, name: str, key: bytes) -> None:
        self._path = folder / "seen" / name
        self._key = key
        self._file: int | None = None
        self.commits = 0
        with suppress(OSError):
            self._file = self._opened(os.O_RDWR)
            self.commits = self._read()

    def __repr__(self) -> str:
        return f"<Seen {self._path}>"

    def note(self, commits: int, *, lower: bool = False) -> None:
        """Notes a number of changes that is on disk. A lower one than before only if that was meant."""
        if commits <= self.commits and not lower:
            return
        with suppress(OSError):
            if self._file is None:
                make_folder(self._path.parent)
                self._file = self._opened(os.O_RDWR | os.O_CREAT)
            counted = commits.to_bytes(COUNT_BYTES, "big")
            os.lseek(self._file, 0, os.SEEK_SET)
            os.write(self._file, counted + self._mac(counted))
        self.commits = commits

    def close(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            os.close(file)

    def forget(self) -> None:
        """Removes the note."""
        with suppress(OSError):
            self._path.unlink()

    def _opened(self, flags: int) -> int:
        """The file itself, never what a link leads to. Raises OSError."""
        flags |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
        file = os.open(self._path, flags, FILE_MODE)
        found = os.fstat(file)
        if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1:
            os.close(file)
            raise OSError
        return file

    def _read(self) -> int:
        """What was noted; 0 for anything that is not a note of ours."""
        assert self._file is not None
        held = os.read(self._file, COUNT_BYTES + MAC_BYTES + 1)
        counted, mac = held[:COUNT_BYTES], held[COUNT_BYTES:]
        return int.from_bytes(counted, "big") if hmac.compare_digest(mac, self._mac(counted)) else 0

    def _mac(self, counted: bytes) -> bytes:
        return hmac.digest(self._key, counted, "sha256")
