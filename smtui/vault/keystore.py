"""The material of KMS-like keys: 32 random bytes each, stored only wrapped by the root key.

Besides the keys of the Regions there is `smtui/internal`, from which the vault derives keys for its own purposes, such
as the chain of the audit log. A passphrase change wraps all of them again.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from smtui.system.ambient import Ambient
from smtui.vault import envelope, keys
from smtui.vault.database import Database
from smtui.vault.keys import Manager, StoredKey

AWS_MANAGED = "alias/aws/secretsmanager"
INTERNAL = "smtui/internal"


def _encode_associated_data(key_id: str) -> bytes:
    return envelope.encode_associated_data("kms key", key_id)


class KeyStore:
    """Creates and unwraps keys, and keeps their material while the vault is unlocked."""

    def __init__(self, database: Database, root: bytearray, ambient: Ambient) -> None:
        self._database = database
        self._root = root
        self._ambient = ambient
        self._materials: dict[int, bytearray] = {}
        self._ciphers: dict[int, AESGCM] = {}

    def __repr__(self) -> str:
        return "<KeyStore>"

    def get_aws_managed(self, region: str) -> StoredKey:
        """The AWS managed key of a Region, created at its first use."""
        return keys.find_by_alias(self._database, region, AWS_MANAGED) or self.create_key(region, alias=AWS_MANAGED)

    def get_material(self, key: StoredKey) -> bytearray:
        """The 32 bytes of a key. Raises DecryptionFailure if it was deleted permanently."""
        if key.is_shredded:
            self.forget_key(key)
        if key.row not in self._materials:
            unwrapped = envelope.unwrap(key.wrapped, self._root, _encode_associated_data(key.key_id))
            self._materials[key.row] = bytearray(unwrapped)
        return self._materials[key.row]

    def get_cipher(self, key: StoredKey) -> AESGCM:
        """The opened key. Raises DecryptionFailure if it was deleted permanently."""
        material = self.get_material(key)
        if key.row not in self._ciphers:
            self._ciphers[key.row] = AESGCM(material)
        return self._ciphers[key.row]

    def derive(self, purpose: str) -> bytes:
        """32 bytes for one purpose of the vault itself, the same in every session."""
        internal = keys.find_by_alias(self._database, "", INTERNAL)
        assert internal is not None, "made with the vault"
        return HKDF(SHA256(), 32, salt=None, info=purpose.encode()).derive(bytes(self.get_material(internal)))

    def create_key(
        self, region: str, *, alias: str | None = None, manager: Manager = "AWS", description: str = ""
    ) -> StoredKey:
        """Creates a key in a Region, with an alias if one is given."""
        key_id, now = self._ambient.create_uuid(), int(self._ambient.now().timestamp() * 1000)
        material = self._ambient.random_bytes(envelope.KEY_BYTES)
        wrapped = envelope.wrap(material, self._root, _encode_associated_data(key_id), self._ambient.random_bytes)
        row = keys.insert(self._database, region=region, key_id=key_id, manager=manager, description=description,
                          now=now, wrapped=wrapped)
        if alias is not None:
            keys.point_alias(self._database, region=region, alias=alias, key=row, now=now)
        return keys.get_by_row(self._database, row)

    def forget_key(self, key: StoredKey) -> None:
        """Overwrites the material of one key with zeros."""
        self._ciphers.pop(key.row, None)
        material = self._materials.pop(key.row, bytearray())
        material[:] = bytes(len(material))

    def forget_keys(self) -> None:
        """Drops all material and unwraps keys again when used: a key of a rolled back transaction does not exist."""
        self._materials = {}
        self._ciphers = {}

    def wipe(self) -> None:
        """Overwrites all material with zeros. Call it when no thread uses the store."""
        for material in self._materials.values():
            material[:] = bytes(len(material))
        self._materials.clear()
        self._ciphers.clear()


def rewrap_keys(database: Database, old_root: bytearray, new_root: bytearray, ambient: Ambient) -> None:
    """Wraps every key under another root key, for a change of passphrase."""
    for row, key_id, wrapped in database.fetch_rows("SELECT id, key_id, wrapped FROM keys WHERE length(wrapped) > 0"):
        material = envelope.unwrap(wrapped, old_root, _encode_associated_data(key_id))
        again = envelope.wrap(material, new_root, _encode_associated_data(key_id), ambient.random_bytes)
        database.run("UPDATE keys SET wrapped = ? WHERE id = ?", (again, row))
