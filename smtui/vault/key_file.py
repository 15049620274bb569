"""The key file: a second factor, which opens a vault only together with the passphrase.

Any file that never changes can be one. Its SHA-256 is used, so that its size does not matter.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from smtui.api.errors import KeyFileError
from smtui.system import private_files
from smtui.system.ambient import Ambient
from smtui.system.bounded_read import CHUNK, TooLargeError, open_for_reading, read_descriptor
from smtui.system.paths import expand_home
from smtui.system.private_files import NotPrivateError

DIGEST_BYTES = 32
NEW_BYTES = 64
"""The random bytes of a key file that smtui creates."""
MAX_BYTES = 64 * 1024 * 1024
INHERITED_DESCRIPTORS = ("/dev/fd/", "/dev/stdin", "/proc/self/fd/")
"""Paths of files that the shell has already opened."""


class KeyFile:
    """The SHA-256 of a key file's content, in a buffer that `wipe` overwrites."""

    __slots__ = ("digest",)

    def __init__(self, digest: bytes | bytearray) -> None:
        if len(digest) != DIGEST_BYTES:
            raise ValueError(f"expected {DIGEST_BYTES} bytes")
        self.digest = bytearray(digest)

    def __repr__(self) -> str:
        return "<KeyFile>"

    def copy(self) -> KeyFile:
        return KeyFile(self.digest)

    def wipe(self) -> None:
        self.digest[:] = bytes(DIGEST_BYTES)


def read_key_file(path: Path | str, vault: Path) -> KeyFile:
    """Reads a key file: a file of this user that nobody else can read, or a pipe, of at most 64 MiB.

    Args:
        path: the key file.
        vault: the vault that it is for. It is never read: its content changes, and closing it would drop its locks.

    Raises:
        KeyFileError: it is missing, empty, too large, open to others or not readable; or it is the vault itself.
    """
    try:
        if _is_same_file(expand_home(path), vault):
            raise KeyFileError("A vault cannot be its own key file: its content changes.", hint="Choose another file.")
        descriptor = open_for_reading(expand_home(path))
        try:
            if not str(path).startswith(INHERITED_DESCRIPTORS):
                private_files.require_private(descriptor, path)
            return KeyFile(_hash(descriptor))
        finally:
            os.close(descriptor)
    except NotPrivateError as error:
        raise KeyFileError(f"The key file {path} {error.reason}. It was not read.", hint=error.hint) from None
    except OSError as error:
        raise KeyFileError(f"Cannot read the key file {path}: {error.strerror}.") from None
    except ValueError:
        raise KeyFileError("The path of the key file is not valid.") from None


KeyFileSource = str | Path | KeyFile
"""The path of a key file; or one that was read already."""


@contextmanager
def load_key_file(source: KeyFileSource | None, vault: Path) -> Iterator[KeyFile | None]:
    """The key file of a vault for the length of the block; it is wiped afterwards if it was read here.

    Raises KeyFileError.
    """
    if source is None or isinstance(source, KeyFile):
        yield source
        return
    loaded = read_key_file(source, vault)
    try:
        yield loaded
    finally:
        loaded.wipe()


def _hash(descriptor: int) -> bytes:
    """The SHA-256 of a file to its end. Of a regular file no copy stays in memory. Raises OSError."""
    if not stat.S_ISREG(os.fstat(descriptor).st_mode) or not hasattr(os, "readv"):
        content = read_descriptor(descriptor, MAX_BYTES)
        _require_length(len(content))
        return hashlib.sha256(content).digest()
    digest, buffer, length = hashlib.sha256(), bytearray(CHUNK), 0
    try:
        while count := os.readv(descriptor, [buffer]):
            length += count
            _require_length(length)
            digest.update(memoryview(buffer)[:count])
    finally:
        buffer[:] = bytes(CHUNK)
    _require_length(length)
    return digest.digest()


def _require_length(length: int) -> None:
    """Raises OSError."""
    if not length:
        raise OSError(errno.EINVAL, "it is empty")
    if length > MAX_BYTES:
        raise TooLargeError(errno.EFBIG, f"larger than {MAX_BYTES:,} bytes")


def _is_same_file(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False  # one of them does not exist, which is reported elsewhere


def create_key_file(path: Path | str, ambient: Ambient) -> None:
    """Creates a key file (mode 0600) of 64 random bytes, and waits until it is on disk.

    Raises:
        KeyFileError: the path is taken, or the file cannot be written.
    """
    place = expand_home(path)
    try:
        with private_files.atomic_write(place, over=False) as file:
            file.write(ambient.random_bytes(NEW_BYTES))
    except FileExistsError:
        raise KeyFileError(f"{path} already exists. It was not changed.") from None
    except OSError as error:
        raise KeyFileError(f"Cannot create the key file {path}: {error.strerror}.") from None
