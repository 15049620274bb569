"""The material of KMS-like keys: 32 random bytes each, at rest only wrapped by the root key.

Besides the keys of the Regions there is `smtui/internal`, from which the vault derives what it needs for itself (the
trail's chain, page tokens). All survive a change of passphrase, which wraps them anew.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from smtui.ambient import Ambient
from smtui.vault import envelope, keys
from smtui.vault.database import Database
from smtui.vault.keys import Key, Manager

AWS_MANAGED = "alias/aws/secretsmanager"
INTERNAL = "smtui/internal"


def _bound_to(key_id: str) -> bytes:
    return envelope.associated("kms key", key_id)


class KeyStore:
    """Makes keys, unwraps them, and remembers their material while the vault is unlocked."""

    def __init__(self, database: Database, root: bytearray, ambient: Ambient) -> None:
        self._database = database
        self._root = root
        self._ambient = ambient
        self._materials: dict[int, bytearray] = {}

    def __repr__(self) -> str:
        return "<KeyStore>"

    def managed(self, region: str) -> Key:
        """The AWS managed key of a Region, made now if this is its first use."""
        return keys.by_alias(self._database, region, AWS_MANAGED) or self.make(region, alias=AWS_MANAGED)

    def material(self, key: Key) -> bytearray:
        """Raises DecryptionFailure where it was shredded."""
        if key.shredded:
            self.drop(key)
        if key.row not in self._materials:
            unwrapped = envelope.unwrap(key.wrapped, self._root, _bound_to(key.key_id))
            self._materials[key.row] = bytearray(unwrapped)
        return self._materials[key.row]

    def derived(self, purpose: str) -> bytes:
        """32 bytes of the vault's own for one purpose, the same in every session."""
        internal = keys.by_alias(self._database, "", INTERNAL)
        assert internal is not None, "made with the vault"
        return HKDF(SHA256(), 32, salt=None, info=purpose.encode()).derive(bytes(self.material(internal)))

    def make(self, region: str, *, alias: str | None = None, manager: Manager = "AWS", description: str = "") -> Key:
        key_id, now = self._ambient.new_uuid(), int(self._ambient.now().timestamp() * 1000)
        material = self._ambient.random_bytes(envelope.KEY_BYTES)
        wrapped = envelope.wrap(material, self._root, _bound_to(key_id), self._ambient.random_bytes)
        row = keys.insert(self._database, region=region, key_id=key_id, manager=manager, description=description,
                          now=now, wrapped=wrapped)
        if alias is not None:
            keys.point(self._database, region=region, alias=alias, key=row, now=now)
        return keys.by_row(self._database, row)

    def drop(self, key: Key) -> None:
        """Zeroes what is held of one key."""
        material = self._materials.pop(key.row, bytearray())
        material[:] = bytes(len(material))

    def forget(self) -> None:
        """Unwraps keys anew from now on: one made in a transaction that was undone is no more."""
        self._materials = {}

    def wipe(self) -> None:
        """Zeroes what is held, once nobody can be using it any more."""
        for material in self._materials.values():
            material[:] = bytes(len(material))
        self._materials.clear()


def rewrap(database: Database, old_root: bytearray, new_root: bytearray, ambient: Ambient) -> None:
    """Wraps every key under another root key: the part of a passphrase change that lies inside the file."""
    for row, key_id, wrapped in database.rows("SELECT id, key_id, wrapped FROM keys WHERE length(wrapped) > 0"):
        material = envelope.unwrap(wrapped, old_root, _bound_to(key_id))
        again = envelope.wrap(material, new_root, _bound_to(key_id), ambient.random_bytes)
        database.run("UPDATE keys SET wrapped = ? WHERE id = ?", (again, row))
