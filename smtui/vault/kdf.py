"""Derives the keys of a file from a passphrase.

The first 16 bytes of a vault are its salt, and the first of those is the number of the key derivation profile. The
cost of a profile is fixed here, in code, so nobody can lower it by editing a file. `docs/vault-file.md` has the recipe
with test vectors.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from smtui.api.errors import KeyFileError, VaultError, VaultFormatError
from smtui.api.record import record
from smtui.system.ambient import Ambient

if TYPE_CHECKING:
    from smtui.vault.key_file import KeyFile

SALT_BYTES = 16
KEY_BYTES = 32
KEY_FILE_HINT = "Give it with --key-file PATH or $SMTUI_KEY_FILE. If it is lost, the recovery code opens the vault."


@record
class Profile:
    """The cost of one Argon2id derivation. `memory_cost` is in KiB."""

    memory_cost: int
    iterations: int
    lanes: int


WITH_KEY_FILE = 0x80
"""The bit in the number of a profile that says that the vault needs a key file besides the passphrase."""
PROFILES = {
    1: Profile(memory_cost=64 * 1024, iterations=3, lanes=4),
    2: Profile(memory_cost=256 * 1024, iterations=3, lanes=4),
    1 | WITH_KEY_FILE: Profile(memory_cost=64 * 1024, iterations=3, lanes=4),
    2 | WITH_KEY_FILE: Profile(memory_cost=256 * 1024, iterations=3, lanes=4),
}
DEFAULT_PROFILE = 1
NUMBER_BY_MEMORY = {64: 1, 256: 2}
"""The number of the profile for each memory in MiB."""
DEFAULT_MEMORY = 64


def choose_profile(memory: int, *, with_key_file: bool) -> int:
    """The number of the profile that takes `memory` MiB. Raises ValueError if there is none."""
    if memory not in NUMBER_BY_MEMORY:
        raise ValueError(f"kdf_memory must be {' or '.join(map(str, NUMBER_BY_MEMORY))} (MiB).")
    return NUMBER_BY_MEMORY[memory] | (WITH_KEY_FILE if with_key_file else 0)


def needs_key_file(salt: bytes) -> bool:
    """Whether a vault with this salt needs a key file besides the passphrase; False for an unknown profile."""
    return len(salt) == SALT_BYTES and salt[0] in PROFILES and bool(salt[0] & WITH_KEY_FILE)


def read_memory(salt: bytes) -> int:
    """The memory, in MiB, of the key derivation of a vault with this salt. Raises VaultFormatError."""
    find_profile(salt)
    return next(memory for memory, number in NUMBER_BY_MEMORY.items() if number == salt[0] & ~WITH_KEY_FILE)


def generate_salt(ambient: Ambient, profile: int = DEFAULT_PROFILE) -> bytes:
    """16 bytes: the profile number and 15 random bytes."""
    return bytes([profile]) + ambient.random_bytes(SALT_BYTES - 1)


def find_profile(salt: bytes) -> Profile:
    """The profile that a salt names. Raises VaultFormatError for one that this version does not know."""
    profile = PROFILES.get(salt[0]) if len(salt) == SALT_BYTES else None
    if profile is None:
        raise VaultFormatError("This is not a vault, or one created by a newer smtui.")
    return profile


class FileKeys:
    """The master key of a file and the two derived from it: `page` opens the file, `root` wraps the keys inside it.

    `key_file` is what the key file added, if it was read to derive these keys; a change of passphrase keeps it.
    """

    __slots__ = ("key_file", "master", "page", "root", "salt")

    def __init__(self, salt: bytes, master: bytearray, key_file: KeyFile | None = None) -> None:
        self.salt = salt
        self.master = master
        self.key_file = key_file
        self.page = _expand(master, salt, b"smtui page key")
        self.root = _expand(master, salt, b"smtui root key")

    def __repr__(self) -> str:
        return "<FileKeys>"

    @classmethod
    def from_passphrase(
        cls, passphrase: str | bytes | bytearray, salt: bytes, key_file: KeyFile | None = None
    ) -> FileKeys:
        """Derives the keys from a passphrase, the file's salt and, if its profile says so, the key file.

        The caller wipes a bytearray passphrase and the key file.

        Raises:
            VaultError: the passphrase is empty.
            VaultFormatError: the profile is unknown.
            KeyFileError: the profile needs a key file and none is given, or it needs none.
        """
        profile = find_profile(salt)
        if needs_key_file(salt) and key_file is None:
            raise KeyFileError("This vault needs its key file in addition to the passphrase.", hint=KEY_FILE_HINT)
        if key_file is not None and not needs_key_file(salt):
            raise KeyFileError("This vault has no key file.", hint="Open it with the passphrase alone.")
        typed = bytearray(_encode(passphrase))
        if not typed:
            raise VaultError("The passphrase is empty.")
        master = bytearray(KEY_BYTES)
        Argon2id(
            salt=salt, length=KEY_BYTES, iterations=profile.iterations, lanes=profile.lanes,
            memory_cost=profile.memory_cost,
        ).derive_into(typed, master)  # type: ignore[arg-type]  # any buffer is taken; the stub says bytes
        _overwrite(typed)
        if key_file is not None:
            _add_key_file(master, salt, key_file)
        return cls(salt, master, key_file.copy() if key_file else None)

    @classmethod
    def from_key(cls, key: bytes) -> FileKeys:
        """Restores the keys from the 48 bytes of `unlock_key`. Raises VaultError for another length."""
        if len(key) != KEY_BYTES + SALT_BYTES:
            raise VaultError("The stored key does not belong to a vault.")
        return cls(bytes(key[KEY_BYTES:]), bytearray(key[:KEY_BYTES]))

    def copy(self) -> FileKeys:
        """The same keys in buffers of their own."""
        return FileKeys(self.salt, bytearray(self.master), self.key_file.copy() if self.key_file else None)

    def unlock_key(self) -> bytes:
        """Master key and salt, 48 bytes: enough to open the file."""
        return bytes(self.master) + self.salt

    def wipe(self) -> None:
        """Overwrites the keys with zeros."""
        for key in (self.master, self.page, self.root):
            _overwrite(key)
        if self.key_file is not None:
            self.key_file.wipe()


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


def _add_key_file(master: bytearray, salt: bytes, key_file: KeyFile) -> None:
    """Replaces what Argon2id made of the passphrase by the master key, which takes the key file too."""
    material = master + key_file.digest
    HKDF(SHA256(), KEY_BYTES, salt=salt, info=b"smtui key file").derive_into(material, master)
    _overwrite(material)


def _expand(master: bytearray, salt: bytes, purpose: bytes) -> bytearray:
    return bytearray(HKDF(SHA256(), KEY_BYTES, salt=salt, info=purpose).derive(bytes(master)))


def _overwrite(key: bytearray) -> None:
    key[:] = bytes(len(key))
