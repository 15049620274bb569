"""The rows of versions, their sealed values, and which label is on which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from smtui.vault.columns import UNREADABLE, read_columns
from smtui.vault.database import Database
from smtui.vault.envelope import Envelope
from smtui.vault.refusals import damaged_row

COLUMNS = "id, secret, version_id, created_at, accessed_on, form, key, wrapped, sealed"


@dataclass(frozen=True, slots=True)
class Version:
    """One version: written once, its labels alone move. `form` is 'string' or 'binary', `key` the key's row.

    A rotation begins with an `empty` one, which has its id and its label, and waits for its value.
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
    damaged: bool = False
    """Whether something in its row was no value for its column, and is replaced by a stand-in."""

    @property
    def envelope(self) -> Envelope:
        return Envelope(self.wrapped, self.sealed)

    @property
    def empty(self) -> bool:
        return not self.sealed


_read = read_columns("versions", COLUMNS)
_read_label = read_columns("labels", "label, version")


def read(found: tuple[Any, ...]) -> Version:
    sound = _read(found)
    return Version(*sound) if sound is found else replace(Version(*sound), damaged=True)


def by_id(database: Database, secret: int, version_id: str) -> Version | None:
    found = database.row(f"SELECT {COLUMNS} FROM versions WHERE secret = ? AND version_id = ?", (secret, version_id))
    return read(found) if found else None


def by_row(database: Database, row: int) -> Version:
    found = database.row(f"SELECT {COLUMNS} FROM versions WHERE id = ?", (row,))
    if found is None:
        raise damaged_row()
    return read(found)


def count(database: Database, secret: int) -> int:
    found = database.row("SELECT count(*) FROM versions WHERE secret = ?", (secret,))
    return int(found[0]) if found else 0


def rows(database: Database, secret: int) -> dict[str, int]:
    """The row of each VersionId that has a value, in the order of their making."""
    return {_as_text(version_id): row for version_id, row in database.rows(
        "SELECT version_id, id FROM versions WHERE secret = ? AND sealed <> x'' ORDER BY id", (secret,)
    )}


@dataclass(frozen=True, slots=True)
class New:
    """A version that has no row yet."""

    secret: int
    version_id: str
    created_at: int
    form: str
    key: int
    envelope: Envelope


def insert(database: Database, new: Sequence[New]) -> range:
    """The rows of new versions, which follow each other."""
    database.run_for_each(
        "INSERT INTO versions (secret, version_id, created_at, form, key, wrapped, sealed)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(each.secret, each.version_id, each.created_at, each.form, each.key, each.envelope.wrapped,
          each.envelope.sealed) for each in new],
    )
    return range(database.last_id() - len(new) + 1, database.last_id() + 1)


def fill(database: Database, version: Version, *, form: str, key: int, envelope: Envelope) -> None:
    """The value an empty version has waited for."""
    database.run("UPDATE versions SET form = ?, key = ?, wrapped = ?, sealed = ? WHERE id = ?",
                 (form, key, envelope.wrapped, envelope.sealed, version.id))


def reseal(database: Database, version: Version, key: int, envelope: Envelope) -> None:
    """The same value under another key."""
    database.run("UPDATE versions SET key = ?, wrapped = ?, sealed = ? WHERE id = ?",
                 (key, envelope.wrapped, envelope.sealed, version.id))


def touch_accessed(database: Database, version: Version, day: int) -> None:
    """Notes the day of an access, once a day."""
    if version.accessed_on != day and not version.damaged:
        database.run("UPDATE versions SET accessed_on = ? WHERE id = ?", (day, version.id))


def labels(database: Database, secret: int) -> dict[str, int]:
    """Each label of a secret with the row of the version that carries it."""
    return dict(map(_read_label, database.rows("SELECT label, version FROM labels WHERE secret = ?", (secret,))))


def label(database: Database, new: Iterable[tuple[int, str, int]]) -> None:
    """Puts labels that a secret does not have yet on versions: each the secret's row, the label, the version's row."""
    database.run_for_each("INSERT INTO labels (secret, label, version) VALUES (?, ?, ?)", new)


def save_labels(database: Database, secret: int, before: Mapping[str, int], after: Mapping[str, int]) -> None:
    for gone in before.keys() - after.keys():
        database.run("DELETE FROM labels WHERE secret = ? AND label = ?", (secret, gone))
    label(database, [(secret, each, version) for each, version in after.items() if each not in before])
    for moved, version in after.items():
        if before.get(moved, version) != version:
            database.run("UPDATE labels SET version = ? WHERE secret = ? AND label = ?", (version, secret, moved))


def labelled_ids(database: Database, secrets: Sequence[int]) -> dict[int, dict[str, list[str]]]:
    """For each secret VersionId to its sorted labels; versions and secrets without any are left out."""
    found: dict[int, dict[str, list[str]]] = {}
    for secret, version_id, label in database.rows(
        "SELECT l.secret, v.version_id, l.label FROM labels l JOIN versions v ON v.id = l.version"
        f" WHERE l.secret IN ({', '.join('?' * len(secrets))}) ORDER BY v.id, l.label", tuple(secrets),
    ):
        version, text = _as_text(version_id), _as_text(label)
        found.setdefault(secret, {}).setdefault(version, []).append(text)
    return found


def page(database: Database, secret: int, *, after: int, limit: int, deprecated: bool) -> list[Version]:
    """Versions in the order of their making, from the one after row `after`."""
    only = "" if deprecated else "AND id IN (SELECT version FROM labels WHERE secret = :secret)"
    return [read(found) for found in database.rows(
        f"SELECT {COLUMNS} FROM versions WHERE secret = :secret AND id > :after {only} ORDER BY id LIMIT :limit",
        {"secret": secret, "after": after, "limit": limit},
    )]


def drop(database: Database, secret: int, version_ids: Iterable[str]) -> None:
    for version_id in version_ids:
        database.run("DELETE FROM versions WHERE secret = ? AND version_id = ?", (secret, version_id))


def drop_outdated(database: Database, secret: int, *, keep: int, made_before: int) -> None:
    """Removes deprecated versions, oldest first, while there are more than `keep`; younger ones stay."""
    surplus = count(database, secret) - keep
    if surplus > 0:
        database.run(
            "DELETE FROM versions WHERE id IN (SELECT id FROM versions WHERE secret = :secret AND created_at <= :before"
            " AND id NOT IN (SELECT version FROM labels WHERE secret = :secret) ORDER BY id LIMIT :surplus)",
            {"secret": secret, "before": made_before, "surplus": surplus},
        )


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else UNREADABLE
