"""The rows of KMS-like keys and their aliases.

A key's row stays after its permanent deletion, because versions refer to it. Its wrapped material is then empty, and
no value that it encrypted can be read again.
"""

from __future__ import annotations

from typing import Any, Literal

from smtui.api.record import record
from smtui.vault import key_attributes
from smtui.vault.columns import UNREADABLE, make_row_reader
from smtui.vault.database import Database
from smtui.vault.sqlite_errors import make_damaged_row_error

Manager = Literal["AWS", "CUSTOMER"]
State = Literal["Enabled", "Disabled", "PendingDeletion"]

COLUMNS = "k.id, k.region, k.key_id, k.manager, k.description, k.created_at, k.enabled, k.delete_at, k.wrapped"
_LIVING = "length(k.wrapped) > 0"


@record
class StoredKey:
    """One key as stored, its material wrapped. `manager` is KMS's KeyManager; times are in milliseconds."""

    row: int
    region: str
    key_id: str
    manager: Manager
    description: str
    created_at: int
    enabled: bool
    delete_at: int | None
    wrapped: bytes

    def __repr__(self) -> str:
        return f"<Key {self.key_id}>"

    @property
    def is_shredded(self) -> bool:
        """Whether it was deleted permanently."""
        return not self.wrapped

    @property
    def state(self) -> State:
        """KMS's KeyState."""
        if self.delete_at is not None:
            return "PendingDeletion"
        return "Enabled" if self.enabled else "Disabled"

    @property
    def is_usable(self) -> bool:
        """Whether it can encrypt and decrypt."""
        return self.state == "Enabled" and not self.is_shredded


@record
class Alias:
    """An alias and the row of its key."""

    region: str
    name: str
    key: int
    created_at: int


_read = make_row_reader("keys", COLUMNS.replace("k.", ""))
_read_alias = make_row_reader("aliases", "region, alias, key, created_at")


def get_by_row(database: Database, row: int) -> StoredKey:
    """The key of a row. Raises InternalServiceError if there is none."""
    found = database.fetch_row(f"SELECT {COLUMNS} FROM keys k WHERE k.id = ?", (row,))
    return read_row(found)


def read_row(found: tuple[Any, ...] | None) -> StoredKey:
    """Makes a key from its row. Raises InternalServiceError for a missing row."""
    if found is None or found[0] is None:
        raise make_damaged_row_error()
    return StoredKey(*_read(found))


def has_key(database: Database, row: int) -> bool:
    """Whether a key has this row."""
    return database.fetch_row("SELECT 1 FROM keys WHERE id = ?", (row,)) is not None


def find_by_id(database: Database, region: str, key_id: str) -> StoredKey | None:
    """The key with this id in a Region, unless it was deleted permanently."""
    found = database.fetch_row(f"SELECT {COLUMNS} FROM keys k WHERE k.key_id = ? AND k.region = ? AND {_LIVING}",
                               (key_id, region))
    return StoredKey(*_read(found)) if found else None


def find_by_alias(database: Database, region: str, alias: str) -> StoredKey | None:
    """The key that an alias of a Region points to."""
    found = database.fetch_row(
        f"SELECT {COLUMNS} FROM aliases a JOIN keys k ON k.id = a.key WHERE a.region = ? AND a.alias = ?",
        (region, alias),
    )
    return StoredKey(*_read(found)) if found else None


def list_in_region(database: Database, region: str) -> list[StoredKey]:
    """The keys of a Region in order of creation, except deleted ones and those whose id is damaged."""
    keys = (StoredKey(*_read(found)) for found in database.fetch_rows(
        f"SELECT {COLUMNS} FROM keys k WHERE k.region = ? AND {_LIVING} ORDER BY k.id", (region,)
    ))
    return [key for key in keys if key.key_id != UNREADABLE]


def insert(
    database: Database, *, region: str, key_id: str, manager: Manager, description: str, now: int, wrapped: bytes
) -> int:
    """Adds a key and returns its row. `now` is in milliseconds."""
    database.run(
        "INSERT INTO keys (region, key_id, manager, description, created_at, wrapped) VALUES (?, ?, ?, ?, ?, ?)",
        (region, key_id, manager, description, now, wrapped),
    )
    return database.get_last_id()


def set_description(database: Database, key: StoredKey, description: str) -> None:
    database.run("UPDATE keys SET description = ? WHERE id = ?", (description, key.row))


def set_state(database: Database, key: StoredKey, *, enabled: bool, delete_at: int | None = None) -> None:
    """Enables or disables a key; `delete_at` (milliseconds) schedules its deletion."""
    database.run("UPDATE keys SET enabled = ?, delete_at = ? WHERE id = ?", (enabled, delete_at, key.row))


def has_overdue(database: Database, now: int) -> bool:
    """Whether the waiting period of a key is over."""
    return database.fetch_row(f"SELECT 1 FROM keys k WHERE k.delete_at <= ? AND {_LIVING} LIMIT 1", (now,)) is not None


def list_overdue(database: Database, now: int) -> list[StoredKey]:
    """The keys whose waiting period is over, except damaged ones."""
    found = database.fetch_rows(f"SELECT {COLUMNS} FROM keys k WHERE k.delete_at <= ? AND {_LIVING}", (now,))
    return [key for key in (StoredKey(*_read(row)) for row in found) if key.delete_at is not None]


def shred(database: Database, key: StoredKey) -> None:
    """Deletes a key permanently: nobody can decrypt again what it encrypted."""
    database.run("UPDATE keys SET wrapped = x'' WHERE id = ?", (key.row,))
    database.run("DELETE FROM aliases WHERE key = ?", (key.row,))
    key_attributes.remove_all(database, key.row)


def count_versions(database: Database, key: StoredKey) -> tuple[int, int]:
    """How many versions a key encrypts, and of how many secrets."""
    found = database.fetch_row("SELECT count(*), count(DISTINCT secret) FROM versions WHERE key = ?", (key.row,))
    return found if found else (0, 0)


def count_versions_by_key(database: Database, region: str) -> dict[str, tuple[int, int]]:
    """The same for each key of a Region that encrypts a version, by key id."""
    return {key_id: (versions, secrets) for key_id, versions, secrets in database.fetch_rows(
        "SELECT k.key_id, count(*), count(DISTINCT v.secret) FROM versions v JOIN keys k ON k.id = v.key"
        " WHERE k.region = ? GROUP BY v.key", (region,),
    )}


def list_secret_names(database: Database, key: StoredKey, most: int) -> list[str]:
    """The names of up to `most` secrets with a version under a key, in order."""
    return [name for (name,) in database.fetch_rows(
        "SELECT DISTINCT s.name FROM versions v JOIN secrets s ON s.id = v.secret WHERE v.key = ?"
        " ORDER BY s.name LIMIT ?", (key.row, most),
    )]


def list_aliases(database: Database, region: str) -> list[Alias]:
    return [Alias(*_read_alias(found)) for found in database.fetch_rows(
        "SELECT region, alias, key, created_at FROM aliases WHERE region = ? ORDER BY alias", (region,)
    )]


def point_alias(database: Database, *, region: str, alias: str, key: int, now: int) -> None:
    """Creates an alias, or points an existing one to another key."""
    database.run(
        "INSERT INTO aliases (region, alias, key, created_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (region, alias) DO UPDATE SET key = excluded.key",
        (region, alias, key, now),
    )


def remove_alias(database: Database, region: str, alias: str) -> None:
    database.run("DELETE FROM aliases WHERE region = ? AND alias = ?", (region, alias))
