"""The rows of KMS-like keys and their aliases.

A key's row outlives it: what it sealed still names it. A key that is deleted for good has no wrapped material left,
and with it went every value it sealed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from smtui.vault.columns import UNREADABLE, read_columns
from smtui.vault.database import Database
from smtui.vault.refusals import damaged_row

Manager = Literal["AWS", "CUSTOMER"]
State = Literal["Enabled", "Disabled", "PendingDeletion"]

COLUMNS = "k.id, k.region, k.key_id, k.manager, k.description, k.created_at, k.enabled, k.delete_at, k.wrapped"
_LIVING = "length(k.wrapped) > 0"


@dataclass(frozen=True, slots=True)
class Key:
    """One key as it lies in the file: its material is wrapped. `manager` in KMS's words; times in milliseconds."""

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
    def shredded(self) -> bool:
        """Whether it was deleted for good."""
        return not self.wrapped

    @property
    def state(self) -> State:
        if self.delete_at is not None:
            return "PendingDeletion"
        return "Enabled" if self.enabled else "Disabled"

    @property
    def usable(self) -> bool:
        return self.state == "Enabled" and not self.shredded


@dataclass(frozen=True, slots=True)
class Alias:
    region: str
    name: str
    key: int
    created_at: int


_read = read_columns("keys", COLUMNS.replace("k.", ""))
_read_alias = read_columns("aliases", "region, alias, key, created_at")


def by_row(database: Database, row: int) -> Key:
    found = database.row(f"SELECT {COLUMNS} FROM keys k WHERE k.id = ?", (row,))
    if found is None:
        raise damaged_row()
    return Key(*_read(found))


def is_there(database: Database, row: int) -> bool:
    return database.row("SELECT 1 FROM keys WHERE id = ?", (row,)) is not None


def by_id(database: Database, region: str, key_id: str) -> Key | None:
    found = database.row(f"SELECT {COLUMNS} FROM keys k WHERE k.key_id = ? AND k.region = ? AND {_LIVING}",
                         (key_id, region))
    return Key(*_read(found)) if found else None


def by_alias(database: Database, region: str, alias: str) -> Key | None:
    found = database.row(
        f"SELECT {COLUMNS} FROM aliases a JOIN keys k ON k.id = a.key WHERE a.region = ? AND a.alias = ?",
        (region, alias),
    )
    return Key(*_read(found)) if found else None


def of_region(database: Database, region: str) -> list[Key]:
    """Its living keys in the order of their making. One whose id is none can be asked about by nobody."""
    keys = (Key(*_read(found)) for found in database.rows(
        f"SELECT {COLUMNS} FROM keys k WHERE k.region = ? AND {_LIVING} ORDER BY k.id", (region,)
    ))
    return [key for key in keys if key.key_id != UNREADABLE]


def insert(
    database: Database, *, region: str, key_id: str, manager: Manager, description: str, now: int, wrapped: bytes
) -> int:
    database.run(
        "INSERT INTO keys (region, key_id, manager, description, created_at, wrapped) VALUES (?, ?, ?, ?, ?, ?)",
        (region, key_id, manager, description, now, wrapped),
    )
    return database.last_id()


def describe(database: Database, key: Key, description: str) -> None:
    database.run("UPDATE keys SET description = ? WHERE id = ?", (description, key.row))


def set_state(database: Database, key: Key, *, enabled: bool, delete_at: int | None = None) -> None:
    database.run("UPDATE keys SET enabled = ?, delete_at = ? WHERE id = ?", (enabled, delete_at, key.row))


def any_overdue(database: Database, now: int) -> bool:
    """Whether the waiting period of some key has passed."""
    return database.row(f"SELECT 1 FROM keys k WHERE k.delete_at <= ? AND {_LIVING} LIMIT 1", (now,)) is not None


def overdue(database: Database, now: int) -> list[Key]:
    """Keys whose waiting period has passed; none of which that cannot be read."""
    found = database.rows(f"SELECT {COLUMNS} FROM keys k WHERE k.delete_at <= ? AND {_LIVING}", (now,))
    return [key for key in (Key(*_read(row)) for row in found) if key.delete_at is not None]


def shred(database: Database, key: Key) -> None:
    """Deletes a key for good: nobody can open again what it sealed."""
    database.run("UPDATE keys SET wrapped = x'' WHERE id = ?", (key.row,))
    database.run("DELETE FROM aliases WHERE key = ?", (key.row,))


def sealed_under(database: Database, key: Key) -> tuple[int, int]:
    """How many versions lie under a key, and of how many secrets."""
    found = database.row("SELECT count(*), count(DISTINCT secret) FROM versions WHERE key = ?", (key.row,))
    return found if found else (0, 0)


def seals(database: Database, region: str) -> dict[str, tuple[int, int]]:
    """How many versions lie under each key of a Region, and of how many secrets, by the key's id."""
    return {key_id: (versions, secrets) for key_id, versions, secrets in database.rows(
        "SELECT k.key_id, count(*), count(DISTINCT v.secret) FROM versions v JOIN keys k ON k.id = v.key"
        " WHERE k.region = ? GROUP BY v.key", (region,),
    )}


def names_under(database: Database, key: Key, most: int) -> list[str]:
    """The names of secrets with a version under a key, in order."""
    return [name for (name,) in database.rows(
        "SELECT DISTINCT s.name FROM versions v JOIN secrets s ON s.id = v.secret WHERE v.key = ?"
        " ORDER BY s.name LIMIT ?", (key.row, most),
    )]


def aliases(database: Database, region: str) -> list[Alias]:
    return [Alias(*_read_alias(found)) for found in database.rows(
        "SELECT region, alias, key, created_at FROM aliases WHERE region = ? ORDER BY alias", (region,)
    )]


def point(database: Database, *, region: str, alias: str, key: int, now: int) -> None:
    """Makes an alias, or turns one that is there to another key."""
    database.run(
        "INSERT INTO aliases (region, alias, key, created_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (region, alias) DO UPDATE SET key = excluded.key",
        (region, alias, key, now),
    )


def drop_alias(database: Database, region: str, alias: str) -> None:
    database.run("DELETE FROM aliases WHERE region = ? AND alias = ?", (region, alias))
