"""The KMS-like keys of a vault: 32 random bytes each, at rest only wrapped by the root key.

Two kinds so far: `alias/aws/secretsmanager`, one a Region, made on first use; and `smtui/internal`, from which the
vault derives what it needs for itself (the trail's chain, page tokens). All survive a change of passphrase, which
wraps them anew.
"""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from smtui.ambient import Ambient
from smtui.vault import envelope
from smtui.vault.database import Database

AWS_MANAGED = "alias/aws/secretsmanager"
INTERNAL = "smtui/internal"


@dataclass(frozen=True, slots=True)
class Key:
    """One key, unwrapped; its bytes never show."""

    row: int
    region: str
    key_id: str
    alias: str
    material: bytearray

    def __repr__(self) -> str:
        return f"<Key {self.alias}>"


def _bound_to(key_id: str) -> bytes:
    return envelope.associated("kms key", key_id)


class KeyStore:
    """Finds, makes and remembers keys while the vault is unlocked."""

    def __init__(self, database: Database, root: bytearray, ambient: Ambient) -> None:
        self._database = database
        self._root = root
        self._ambient = ambient
        self._known: dict[int, Key] = {}

    def __repr__(self) -> str:
        return "<KeyStore>"

    def managed(self, region: str) -> Key:
        """The AWS managed key of a Region, made now if this is its first use."""
        return self._by_alias(region, AWS_MANAGED) or self.make(region, AWS_MANAGED)

    def by_row(self, row: int) -> Key:
        if row not in self._known:
            found = self._database.row("SELECT id, region, key_id, alias, wrapped FROM keys WHERE id = ?", (row,))
            assert found is not None, "versions reference their key"
            self._remember(found)
        return self._known[row]

    def derived(self, purpose: str) -> bytes:
        """32 bytes of the vault's own for one purpose, the same in every session."""
        internal = self._by_alias("", INTERNAL)
        assert internal is not None, "made with the vault"
        return HKDF(SHA256(), 32, salt=None, info=purpose.encode()).derive(bytes(internal.material))

    def make(self, region: str, alias: str) -> Key:
        key_id = self._ambient.new_uuid()
        material = self._ambient.entropy(envelope.KEY_BYTES)
        wrapped = envelope.wrap(material, self._root, _bound_to(key_id), self._ambient.entropy)
        self._database.run(
            "INSERT INTO keys (region, key_id, alias, created_at, wrapped) VALUES (?, ?, ?, ?, ?)",
            (region, key_id, alias, int(self._ambient.now().timestamp() * 1000), wrapped),
        )
        return Key(self._database.last_id(), region, key_id, alias, bytearray(material))

    def forget(self) -> None:
        """Reads keys anew from now on: one made in a transaction that was undone is no more."""
        self._known = {}

    def wipe(self) -> None:
        """Zeroes what is held, once nobody can be using it any more."""
        for key in self._known.values():
            key.material[:] = bytes(len(key.material))
        self._known.clear()

    def _by_alias(self, region: str, alias: str) -> Key | None:
        for key in self._known.values():
            if (key.region, key.alias) == (region, alias):
                return key
        found = self._database.row(
            "SELECT id, region, key_id, alias, wrapped FROM keys WHERE region = ? AND alias = ?", (region, alias)
        )
        return self._remember(found) if found else None

    def _remember(self, found: tuple[int, str, str, str, bytes]) -> Key:
        row, region, key_id, alias, wrapped = found
        material = bytearray(envelope.unwrap(wrapped, self._root, _bound_to(key_id)))
        self._known[row] = Key(row, region, key_id, alias, material)
        return self._known[row]


def rewrap(database: Database, old_root: bytearray, new_root: bytearray, ambient: Ambient) -> None:
    """Wraps every key under another root key: the part of a passphrase change that lies inside the file."""
    for row, key_id, wrapped in database.rows("SELECT id, key_id, wrapped FROM keys"):
        material = envelope.unwrap(wrapped, old_root, _bound_to(key_id))
        again = envelope.wrap(material, new_root, _bound_to(key_id), ambient.entropy)
        database.run("UPDATE keys SET wrapped = ? WHERE id = ?", (again, row))
