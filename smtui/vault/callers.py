"""The rows of callers: who may sign requests to the endpoint, each with an ARN and an encrypted secret access key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, cast

from smtui.rules import access_keys
from smtui.system.ambient import Ambient
from smtui.vault import envelope
from smtui.vault.database import Database
from smtui.vault.keystore import KeyStore
from smtui.vault.sqlite_errors import make_damaged_row_error

Identity = Literal["admin", "none"]
PURPOSE = "smtui caller keys"
_COLUMNS = "SELECT name, access_key_id, arn, identity, secret_key, created_at FROM callers"


@dataclass(frozen=True, slots=True, repr=False)
class StoredCaller:
    """A row. `sealed` is the encrypted secret access key; `created_at` is in milliseconds since 1970."""

    name: str
    access_key_id: str
    arn: str
    identity: Identity
    sealed: bytes
    created_at: int


def create_caller(
    database: Database, keys: KeyStore, ambient: Ambient, *, name: str, arn: str, identity: Identity, now: int
) -> StoredCaller:
    """Stores a caller with a new key pair, inside a transaction."""
    key_id = access_keys.generate_key_id(access_keys.LONG_TERM, ambient.pick_characters)
    secret = access_keys.generate_secret_key(ambient.pick_characters).encode()
    sealed = envelope.wrap(secret, keys.derive(PURPOSE), _bind(name, key_id, arn, identity), ambient.random_bytes)
    made = StoredCaller(name, key_id, arn, identity, sealed, now)
    database.run("INSERT INTO callers (name, access_key_id, arn, identity, secret_key, created_at)"
                 " VALUES (?, ?, ?, ?, ?, ?)", (name, key_id, arn, identity, sealed, now))
    return made


def remove_caller(database: Database, name: str) -> None:
    database.run("DELETE FROM callers WHERE name = ?", (name,))


def find_by_name(database: Database, name: str) -> StoredCaller | None:
    """The caller of this name. Raises InternalServiceError for a damaged row."""
    return _parse(database.fetch_row(f"{_COLUMNS} WHERE name = ?", (name,)))


def find_by_key(database: Database, access_key_id: str) -> StoredCaller | None:
    """The caller with this access key. Raises InternalServiceError for a damaged row."""
    return _parse(database.fetch_row(f"{_COLUMNS} WHERE access_key_id = ?", (access_key_id,)))


def list_callers(database: Database) -> Iterator[StoredCaller]:
    """All callers by name. Damaged rows are left out."""
    for row in database.fetch_rows(f"{_COLUMNS} ORDER BY name"):
        if _is_valid(row):
            yield cast("StoredCaller", _parse(row))


def unseal_secret_key(keys: KeyStore, caller: StoredCaller) -> str:
    """The secret access key. Raises DecryptionFailure if the row was altered or belongs to another caller."""
    bound_to = _bind(caller.name, caller.access_key_id, caller.arn, caller.identity)
    return envelope.unwrap(caller.sealed, keys.derive(PURPOSE), bound_to).decode()


def _bind(name: str, access_key_id: str, arn: str, identity: str) -> bytes:
    """What a secret access key is bound to, so that nobody gives a key to another caller, or a caller other rights."""
    return envelope.encode_associated_data("caller", name, access_key_id, arn, identity)


def _is_valid(row: Any) -> bool:
    return (all(isinstance(each, str) for each in row[:4]) and row[3] in ("admin", "none")
            and isinstance(row[4], bytes) and isinstance(row[5], int))


def _parse(row: Any) -> StoredCaller | None:
    if row is None:
        return None
    if not _is_valid(row):
        raise make_damaged_row_error()
    return StoredCaller(*row)
