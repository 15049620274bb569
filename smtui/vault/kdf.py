"""Derives the keys of a file from a passphrase.

The first 16 bytes of a vault are its salt, and the first of those is the number of the key derivation profile. The
cost of a profile is fixed here, in code, so nobody can lower it by editing a file.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from smtui.api.errors import VaultError, VaultFormatError
from smtui.system.ambient import Ambient

SALT_BYTES = 16
KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Profile:
    """The cost of one Argon2id derivation. `memory_cost` is in KiB."""

    memory_cost: int
    iterations: int
    lanes: int


PROFILES = {
    1: Profile(memory_cost=64 * 1024, iterations=3, lanes=4),
    2: Profile(memory_cost=256 * 1024, iterations=3, lanes=4),
}
NEWEST_PROFILE = 1


def generate_salt(ambient: Ambient, profile: int = NEWEST_PROFILE) -> bytes:
    """16 bytes: the profile number and 15 random bytes."""
    return bytes([profile]) + ambient.random_bytes(SALT_BYTES - 1)


def find_profile(salt: bytes) -> Profile:
    """The profile that a salt names. Raises VaultFormatError for one that this version does not know."""
    profile = PROFILES.get(salt[0]) if len(salt) == SALT_BYTES else None
    if profile is None:
        raise VaultFormatError("This is not a vault, or one created by a newer smtui.")
    return profile


class FileKeys:
    """The master key of a file and the two derived from it: `page` opens the file, `root` wraps the keys inside it."""

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
        """Derives the keys from a passphrase and the file's salt. The caller wipes a bytearray passphrase.

        Raises VaultError for an empty passphrase, VaultFormatError for an unknown profile.
        """
        profile = find_profile(salt)
        typed = bytearray(_encode(passphrase))
        if not typed:
            raise VaultError("The passphrase is empty.")
        master = bytearray(KEY_BYTES)
        Argon2id(
            salt=salt, length=KEY_BYTES, iterations=profile.iterations, lanes=profile.lanes,
            memory_cost=profile.memory_cost,
        ).derive_into(typed, master)  # type: ignore[arg-type]  # any buffer is taken; the stub says bytes
        _overwrite(typed)
        return cls(salt, master)

    @classmethod
    def from_key(cls, key: bytes) -> FileKeys:
        """Restores the keys from the 48 bytes of `unlock_key`. Raises VaultError for another length."""
        if len(key) != KEY_BYTES + SALT_BYTES:
            raise VaultError("The stored key does not belong to a vault.")
        return cls(bytes(key[KEY_BYTES:]), bytearray(key[:KEY_BYTES]))

    def unlock_key(self) -> bytes:
        """Master key and salt, 48 bytes: enough to open the file."""
        return bytes(self.master) + self.salt

    def wipe(self) -> None:
        """Overwrites the keys with zeros."""
        for key in (self.master, self.page, self.root):
            _overwrite(key)


def _encode(passphrase: str | bytes | bytearray) -> bytes | bytearray:
    """UTF-8 of the NFC form, so that a passphrase is the same on every keyboard. It is never truncated or trimmed."""
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


def _overwrite(key: bytearray) -> None:
    key[:] = bytes(len(key))
