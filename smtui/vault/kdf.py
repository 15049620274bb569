"""From a passphrase to the keys of a file.

The first 16 bytes of a vault are its salt, and the first of those names the profile of the derivation. What a profile
costs stands here, in code, and nowhere in the file: nobody can lower it by editing.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from smtui.ambient import Ambient
from smtui.api.errors import VaultError, VaultFormatError

SALT_BYTES = 16
KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Profile:
    """What one Argon2id derivation costs. `memory_cost` is in KiB."""

    memory_cost: int
    iterations: int
    lanes: int


PROFILES = {
    1: Profile(memory_cost=64 * 1024, iterations=3, lanes=4),
    2: Profile(memory_cost=256 * 1024, iterations=3, lanes=4),
}
NEWEST_PROFILE = 1


def new_salt(ambient: Ambient, profile: int = NEWEST_PROFILE) -> bytes:
    return bytes([profile]) + ambient.random_bytes(SALT_BYTES - 1)


def known_profile(salt: bytes) -> Profile:
    """Raises VaultFormatError before any work is done for a profile that this version does not know."""
    profile = PROFILES.get(salt[0]) if len(salt) == SALT_BYTES else None
    if profile is None:
        raise VaultFormatError("This is not a vault, or one made by a newer smtui.")
    return profile


class FileKeys:
    """The master key of a file and the two made of it: `page` opens the file, `root` wraps the keys inside it."""

    __slots__ = ("master", "page", "root", "salt")

    def __init__(self, salt: bytes, master: bytearray) -> None:
        self.salt = salt
        self.master = master
        self.page = _expand(master, salt, b"smtui page key")
        self.root = _expand(master, salt, b"smtui root key")

    def __repr__(self) -> str:
        return "<FileKeys>"

    @classmethod
    def from_passphrase(cls, passphrase: str | bytes | bytearray, salt: bytes) -> FileKeys:
        """Raises VaultError for an empty passphrase. A bytearray that is handed in stays the caller's to wipe."""
        profile = known_profile(salt)
        typed = bytearray(_encoded(passphrase))
        if not typed:
            raise VaultError("The passphrase is empty.")
        master = bytearray(KEY_BYTES)
        Argon2id(
            salt=salt, length=KEY_BYTES, iterations=profile.iterations, lanes=profile.lanes,
            memory_cost=profile.memory_cost,
        ).derive_into(typed, master)  # type: ignore[arg-type]  # any buffer is taken; the stub says bytes
        _zero(typed)
        return cls(salt, master)

    @classmethod
    def from_key(cls, key: bytes) -> FileKeys:
        """From the 48 bytes of `unlock_key`."""
        if len(key) != KEY_BYTES + SALT_BYTES:
            raise VaultError("The stored key is not one of a vault.")
        return cls(bytes(key[KEY_BYTES:]), bytearray(key[:KEY_BYTES]))

    def unlock_key(self) -> bytes:
        """Master key and salt: all it takes to open the file."""
        return bytes(self.master) + self.salt

    def wipe(self) -> None:
        for key in (self.master, self.page, self.root):
            _zero(key)


def _encoded(passphrase: str | bytes | bytearray) -> bytes | bytearray:
    """UTF-8 of the NFC form, so that the same passphrase from another keyboard is the same; never cut or trimmed."""
    if isinstance(passphrase, str):
        return unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogatepass")
    if passphrase.isascii():
        return passphrase
    try:
        return unicodedata.normalize("NFC", passphrase.decode()).encode()
    except UnicodeDecodeError:
        return passphrase


def _expand(master: bytearray, salt: bytes, purpose: bytes) -> bytearray:
    return bytearray(HKDF(SHA256(), KEY_BYTES, salt=salt, info=purpose).derive(bytes(master)))


def _zero(key: bytearray) -> None:
    key[:] = bytes(len(key))
