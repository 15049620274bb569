"""The rows of policies and tags of KMS keys. A key without a policy row has the default policy of KMS."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from smtui.vault.database import Database
from smtui.vault.sqlite_errors import make_damaged_row_error


def read_policy(database: Database, key: int) -> str | None:
    """The policy of a key (its row), or None. Raises InternalServiceError for a damaged row."""
    found = database.fetch_row("SELECT policy FROM key_policies WHERE key = ?", (key,))
    if found is None:
        return None
    if not isinstance(found[0], str):
        raise make_damaged_row_error()
    return found[0]


def store_policy(database: Database, key: int, policy: str) -> None:
    database.run("INSERT OR REPLACE INTO key_policies (key, policy) VALUES (?, ?)", (key, policy))


def read_tags(database: Database, key: int) -> dict[str, str]:
    """The tags of a key, in the order of their keys."""
    return dict(database.fetch_rows("SELECT tag, value FROM key_tags WHERE key = ? ORDER BY tag", (key,)))


def add_tags(database: Database, key: int, tags: Mapping[str, str]) -> None:
    """Adds tags; one that exists gets the new value."""
    for tag, value in tags.items():
        database.run("INSERT OR REPLACE INTO key_tags (key, tag, value) VALUES (?, ?, ?)", (key, tag, value))


def remove_tags(database: Database, key: int, tags: Iterable[str]) -> None:
    for tag in tags:
        database.run("DELETE FROM key_tags WHERE key = ? AND tag = ?", (key, tag))


def remove_all(database: Database, key: int) -> None:
    """Removes policy and tags of a key that was deleted permanently."""
    database.run("DELETE FROM key_policies WHERE key = ?", (key,))
    database.run("DELETE FROM key_tags WHERE key = ?", (key,))
