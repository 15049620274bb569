"""The rollback note: what this machine remembers of one vault, in a small file outside it; see `lineage`.

The file is named after the vault, not its path. It is encrypted and authenticated with a key derived from the open
vault, because it names secrets and nobody else may write one.

It has two slots, written in turn, so that one is whole when a write is interrupted. Writes do not wait for the disk:
after a power failure the note may be older than the vault, never newer. A folder lock serialises the processes.

Its limits: it knows nothing on a machine that never opened the vault, or after it was removed. A vault opens without
a note, and where none can be written.
"""

from __future__ import annotations

import errno
import hmac
import json
import os
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from smtui.system.folder_lock import lock_folder
from smtui.system.private_files import FILE_MODE, make_folder

NONCE_BYTES = 12
LENGTH_BYTES = 4
HEAD_BYTES = 32
SLOT_BYTES = 64 * 1024
PADDED_TO = 4096
"""Bytes. Padding hides the length of a note."""
# The old format of a note: the number of changes, and its MAC.
COUNT_BYTES, MAC_BYTES = 8, 32

Content = dict[str, Any]


class RollbackNote:
    """The note about one vault, a JSON object.

    `name` identifies the vault (32 hexadecimal digits), `key` (32 bytes) encrypts the note, `old_key` authenticates the
    old format, `entropy` returns random bytes.
    """

    def __init__(
        self, folder: Path, name: str, *, key: bytes, old_key: bytes, entropy: Callable[[int], bytes]
    ) -> None:
        self._path = folder / "seen" / name
        self._name = name.encode()
        self._cipher: AESGCM | None = AESGCM(key)
        self._old_key = old_key
        self._entropy = entropy
        self._cached: tuple[list[bytes], Content] = [b"", b""], {}
        self._encoded = "", ""
        """The events that were written last, and their JSON without its quotes."""
        self.damaged = False
        """Whether the file is not a note of this vault, or was truncated or altered."""

    def __repr__(self) -> str:
        return f"<RollbackNote {self._path}>"

    def read(self) -> Content:
        """The content of the note; empty if there is no valid note."""
        try:
            descriptor = self._open(os.O_RDONLY)
        except OSError as error:
            self.damaged = error.errno in _NO_FILE
            return {}
        try:
            return self._read_content(descriptor)
        except OSError:
            return {}
        finally:
            os.close(descriptor)

    def update(self, change: Callable[[Content], Content | None]) -> None:
        """Replaces the content by the result of `change`, unless that is None. Other processes wait meanwhile.

        Raises OSError, and ValueError for a content that is too long.
        """
        if self._cipher is None:
            return
        try:
            self._update(change)
        except FileNotFoundError:  # the folder is missing
            make_folder(self._path.parent)
            self._update(change)

    def _update(self, change: Callable[[Content], Content | None]) -> None:
        with lock_folder(self._path.parent):
            descriptor = self._open(os.O_RDWR | os.O_CREAT)
            try:
                held = self._read_content(descriptor)
                content = change(held)
                if content is not None:
                    self._write(descriptor, {**content, "turn": int(held.get("turn", 0)) + 1})
            finally:
                os.close(descriptor)

    def close(self) -> None:
        """Drops the key; the note can no longer be read or changed here."""
        self._cipher, self._old_key, self._cached, self._encoded = None, b"", ([b"", b""], {}), ("", "")

    def forget(self) -> None:
        """Removes the note."""
        with suppress(OSError):
            self._path.unlink()

    def _open(self, flags: int) -> int:
        """Opens the file itself, never through a link. Raises OSError."""
        descriptor = os.open(self._path, flags | _NO_OTHER, FILE_MODE)
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1:
            os.close(descriptor)
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        return descriptor

    def _write(self, descriptor: int, content: Content) -> None:
        sealed = self._seal(content)
        if len(sealed) > SLOT_BYTES:
            raise ValueError("too long for a note")
        if os.fstat(descriptor).st_size == COUNT_BYTES + MAC_BYTES:
            os.truncate(descriptor, 0)
            self._cached = [b"", b""], {}
        slot = content["turn"] % 2
        os.lseek(descriptor, slot * SLOT_BYTES, os.SEEK_SET)
        os.write(descriptor, sealed)
        heads = self._cached[0]
        self._cached = [sealed[:HEAD_BYTES] if number == slot else heads[number] for number in (0, 1)], content
        self.damaged = False

    def _read_content(self, descriptor: int) -> Content:
        """The content of the newer valid slot.

        Each slot begins with a length and a random nonce, so unchanged beginnings mean an unchanged note.
        """
        heads = [_read_at(descriptor, slot * SLOT_BYTES, HEAD_BYTES) for slot in (0, 1)]
        if heads != self._cached[0]:
            held = _read_at(descriptor, 0, 2 * SLOT_BYTES)
            found = self._read_old_format(held) if len(held) == COUNT_BYTES + MAC_BYTES else max(
                (self._decrypt(held[:SLOT_BYTES]), self._decrypt(held[SLOT_BYTES:])),
                key=lambda content: int(content.get("turn", 0)),
            )
            self.damaged = bool(held) and not found
            self._cached = heads, found
        return self._cached[1]

    def _encode_content(self, content: Content) -> str:
        """JSON of a content. A change appends to the events, which are long, so their beginning is not encoded again.
        """
        events = content.get("events")
        if not isinstance(events, str):
            return _encode(content)
        before, encoded = self._encoded
        if not events.startswith(before):
            before = encoded = ""
        encoded += _encode(events[len(before):])[1:-1]
        self._encoded = events, encoded
        others = _encode({name: value for name, value in content.items() if name != "events"})
        return f'{{"events":"{encoded}",{others[1:]}'

    def _seal(self, content: Content) -> bytes:
        plain = self._encode_content(content).encode()
        plain += b" " * (-len(plain) % PADDED_TO)
        nonce = self._entropy(NONCE_BYTES)
        assert self._cipher is not None, "closed"
        sealed = nonce + self._cipher.encrypt(nonce, plain, self._name)
        return len(sealed).to_bytes(LENGTH_BYTES, "big") + sealed

    def _decrypt(self, slot: bytes) -> Content:
        """The content of a slot; empty if it is not valid."""
        if self._cipher is None:
            return {}
        length = int.from_bytes(slot[:LENGTH_BYTES], "big")
        sealed = slot[LENGTH_BYTES : LENGTH_BYTES + length]
        try:
            content = json.loads(self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], self._name))
        except (InvalidTag, ValueError):
            return {}
        return content if isinstance(content, dict) else {}

    def _read_old_format(self, held: bytes) -> Content:
        """The number of changes that an earlier version noted."""
        counted, mac = held[:COUNT_BYTES], held[COUNT_BYTES:]
        if not hmac.compare_digest(mac, hmac.digest(self._old_key, counted, "sha256")):
            return {}
        return {"commits": int.from_bytes(counted, "big")}


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _read_at(descriptor: int, offset: int, size: int) -> bytes:
    os.lseek(descriptor, offset, os.SEEK_SET)
    return os.read(descriptor, size)


# Errors for a link, a folder or a pipe in the place of the note.
_NO_FILE = (errno.EINVAL, errno.ELOOP, errno.ENXIO)
_NO_OTHER = sum(getattr(os, flag, 0) for flag in ("O_NOFOLLOW", "O_CLOEXEC", "O_NONBLOCK", "O_BINARY"))
