"""The rows of versions, their encrypted values, and the labels of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from smtui.api.record import record
from smtui.vault import keys
from smtui.vault.columns import UNREADABLE, make_row_reader
from smtui.vault.database import Database
from smtui.vault.envelope import Envelope
from smtui.vault.keys import StoredKey
from smtui.vault.secrets import require_verified
from smtui.vault.sqlite_errors import make_damaged_row_error

COLUMNS = "id, secret, version_id, created_at, accessed_on, form, key, wrapped, sealed"


@record
class StoredVersion:
    """One version. `form` is 'string' or 'binary', `key` is the row of the KMS key, times are in milliseconds.

    A rotation begins with an empty version, which has an id and a label but no value yet.
    """

    id: int
    secret: int
    version_id: str
    created_at: int
    accessed_on: int
    form: str
    key: int
    wrapped: bytes
    sealed: bytes
    is_damaged: bool = False
    """Whether a stand-in replaces an invalid value of its row, see `columns`."""

    @property
    def envelope(self) -> Envelope:
        return Envelope(self.wrapped, self.sealed)

    @property
    def is_empty(self) -> bool:
        return not self.sealed


_read = make_row_reader("versions", COLUMNS)
_read_label = make_row_reader("labels", "label, version")


def read_row(found: tuple[Any, ...]) -> StoredVersion:
    sound = _read(found)
    return StoredVersion(*(*sound, sound is not found))


def find_by_id(database: Database, secret: int, version_id: str) -> StoredVersion | None:
    found = database.fetch_row(
        f"SELECT {COLUMNS} FROM versions WHERE secret = ? AND version_id = ?", (secret, version_id))
    return read_row(found) if found else None


def get_by_row(database: Database, row: int) -> StoredVersion:
    """The version of a row. Raises InternalServiceError if there is none."""
    found = database.fetch_row(f"SELECT {COLUMNS} FROM versions WHERE id = ?", (row,))
    if found is None:
        raise make_damaged_row_error()
    return read_row(found)


_WITH_KEY = (f"SELECT {', '.join(f'v.{column}' for column in COLUMNS.split(', '))}, {keys.COLUMNS}"
             " FROM versions v LEFT JOIN keys k ON k.id = v.key WHERE ")
_COLUMN_COUNT = COLUMNS.count(",") + 1


def get_with_key(database: Database, row: int) -> tuple[StoredVersion, StoredKey]:
    """The version of a row and its key. Raises InternalServiceError if one is missing."""
    found = database.fetch_row(f"{_WITH_KEY} v.id = ?", (row,))
    if found is None:
        raise make_damaged_row_error()
    return read_row(found[:_COLUMN_COUNT]), keys.read_row(found[_COLUMN_COUNT:])


def count_versions(database: Database, secret: int) -> int:
    found = database.fetch_row("SELECT count(*) FROM versions WHERE secret = ?", (secret,))
    return int(found[0]) if found else 0


def count_made_after(database: Database, secret: int, moment: int) -> int:
    """The number of versions that were made after a moment (milliseconds)."""
    found = database.fetch_row("SELECT count(*) FROM versions WHERE secret = ? AND created_at > ?", (secret, moment))
    return int(found[0]) if found else 0


def list_rows(database: Database, secret: int) -> dict[str, int]:
    """The row of each VersionId with a value, in order of creation."""
    return {_to_text(version_id): row for version_id, row in database.fetch_rows(
        "SELECT version_id, id FROM versions WHERE secret = ? AND sealed <> x'' ORDER BY id", (secret,)
    )}


@record
class UnstoredVersion:
    """A version without a row yet."""

    secret: int
    version_id: str
    created_at: int
    form: str
    key: int
    envelope: Envelope


def insert_versions(database: Database, new: Sequence[UnstoredVersion]) -> range:
    """Adds versions and returns their rows, which are consecutive."""
    require_verified(database, *(each.secret for each in new))
    database.run_many(
        "INSERT INTO versions (secret, version_id, created_at, form, key, wrapped, sealed)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(each.secret, each.version_id, each.created_at, each.form, each.key, each.envelope.wrapped,
          each.envelope.sealed) for each in new],
    )
    return range(database.get_last_id() - len(new) + 1, database.get_last_id() + 1)


def fill_version(database: Database, version: StoredVersion, *, form: str, key: int, envelope: Envelope) -> None:
    """Stores the value of an empty version."""
    require_verified(database, version.secret)
    database.run("UPDATE versions SET form = ?, key = ?, wrapped = ?, sealed = ? WHERE id = ?",
                 (form, key, envelope.wrapped, envelope.sealed, version.id))


def reseal_version(database: Database, version: StoredVersion, key: int, envelope: Envelope) -> None:
    """Stores the same value, encrypted under another key."""
    require_verified(database, version.secret)
    database.run("UPDATE versions SET key = ?, wrapped = ?, sealed = ? WHERE id = ?",
                 (key, envelope.wrapped, envelope.sealed, version.id))


def touch_accessed(database: Database, version: StoredVersion, day: int) -> None:
    """Stores the day of an access (midnight, milliseconds), once a day."""
    if version.accessed_on != day and not version.is_damaged:
        database.run("UPDATE versions SET accessed_on = ? WHERE id = ?", (day, version.id))


def read_labels(database: Database, secret: int) -> dict[str, int]:
    """Each label of a secret with the row of its version."""
    return dict(map(_read_label, database.fetch_rows("SELECT label, version FROM labels WHERE secret = ?", (secret,))))


def add_labels(database: Database, new: Iterable[tuple[int, str, int]]) -> None:
    """Attaches labels that a secret does not have yet: rows of secret, label and version's row."""
    rows = list(new)
    require_verified(database, *(secret for secret, _, _ in rows))
    database.run_many("INSERT INTO labels (secret, label, version) VALUES (?, ?, ?)", rows)


def save_labels(database: Database, secret: int, before: Mapping[str, int], after: Mapping[str, int]) -> None:
    require_verified(database, secret)
    for gone in before.keys() - after.keys():
        database.run("DELETE FROM labels WHERE secret = ? AND label = ?", (secret, gone))
    add_labels(database, [(secret, each, version) for each, version in after.items() if each not in before])
    for moved, version in after.items():
        if before.get(moved, version) != version:
            database.run("UPDATE labels SET version = ? WHERE secret = ? AND label = ?", (version, secret, moved))


def read_labels_by_version_id(database: Database, secrets: Sequence[int]) -> dict[int, dict[str, list[str]]]:
    """For each secret, VersionId to sorted labels; versions and secrets without labels are left out."""
    found: dict[int, dict[str, list[str]]] = {}
    for secret, version_id, label in database.fetch_rows(
        "SELECT l.secret, v.version_id, l.label FROM labels l JOIN versions v ON v.id = l.version"
        f" WHERE l.secret IN ({', '.join('?' * len(secrets))}) ORDER BY v.id, l.label", tuple(secrets),
    ):
        version, text = _to_text(version_id), _to_text(label)
        found.setdefault(secret, {}).setdefault(version, []).append(text)
    return found


def list_page(database: Database, secret: int, *, after: int, limit: int, deprecated: bool) -> list[StoredVersion]:
    """Versions in order of creation, after row `after`."""
    only = "" if deprecated else "AND id IN (SELECT version FROM labels WHERE secret = :secret)"
    return [read_row(found) for found in database.fetch_rows(
        f"SELECT {COLUMNS} FROM versions WHERE secret = :secret AND id > :after {only} ORDER BY id LIMIT :limit",
        {"secret": secret, "after": after, "limit": limit},
    )]


def remove_versions(database: Database, secret: int, version_ids: Iterable[str]) -> None:
    require_verified(database, secret)
    for version_id in version_ids:
        database.run("DELETE FROM versions WHERE secret = ? AND version_id = ?", (secret, version_id))


def remove_outdated(database: Database, secret: int, *, keep: int, made_before: int) -> None:
    """Deletes deprecated versions, oldest first, while there are more than `keep`; versions made later stay.

    `made_before` is in milliseconds.
    """
    surplus = count_versions(database, secret) - keep
    if surplus > 0:
        require_verified(database, secret)
        database.run(
            "DELETE FROM versions WHERE id IN (SELECT id FROM versions WHERE secret = :secret AND created_at <= :before"
            " AND id NOT IN (SELECT version FROM labels WHERE secret = :secret) ORDER BY id LIMIT :surplus)",
            {"secret": secret, "before": made_before, "surplus": surplus},
        )


def _to_text(value: object) -> str:
    return value if isinstance(value, str) else UNREADABLE
