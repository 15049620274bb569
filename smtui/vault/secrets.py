"""The rows of secrets and their tags."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any

from smtui.vault.columns import read_columns
from smtui.vault.database import Database
from smtui.vault.wording import words

COLUMNS = ("id, region, name, suffix, description, type, owning_service, created_at, changed_at, accessed_on,"
           " delete_at, kms_key_id, primary_region")


@dataclass(frozen=True, slots=True)
class Secret:
    """One secret without its values. Times in milliseconds, see schema."""

    id: int
    region: str
    name: str
    suffix: str
    description: str | None
    type: str | None
    owning_service: str | None
    created_at: int
    changed_at: int
    accessed_on: int
    delete_at: int | None
    kms_key_id: str | None
    primary_region: str | None
    damaged: bool = False
    """Whether something in its row was no value for its column, and is replaced by a stand-in."""

    @property
    def is_replica(self) -> bool:
        return self.primary_region is not None

    @property
    def scheduled(self) -> bool:
        """Whether its deletion is planned."""
        return self.delete_at is not None


_INSERT = f"INSERT INTO secrets ({COLUMNS.removeprefix('id, ')}) VALUES ({', '.join('?' * COLUMNS.count(','))})"
_WRITTEN = attrgetter(*COLUMNS.split(", ")[1:])

_read = read_columns("secrets", COLUMNS)
_read_tag = read_columns("tags", "secret, key, value")
_read_words = read_columns("secrets", "id, name, description")


def read(found: tuple[Any, ...]) -> Secret:
    """A secret from its row."""
    sound = _read(found)
    return Secret(*sound) if sound is found else replace(Secret(*sound), damaged=True)


def by_name(database: Database, region: str, name: str) -> Secret | None:
    found = database.row(f"SELECT {COLUMNS} FROM secrets WHERE region = ? AND name = ?", (region, name))
    return read(found) if found else None


def by_row(database: Database, row: int) -> Secret | None:
    found = database.row(f"SELECT {COLUMNS} FROM secrets WHERE id = ?", (row,))
    return read(found) if found else None


def any_named(database: Database, region: str, names: Sequence[str]) -> bool:
    """Whether a Region has a secret of one of these names, whatever its state."""
    return database.row(
        "SELECT 1 FROM secrets WHERE region = ? AND name IN (SELECT value FROM json_each(?)) LIMIT 1",
        (region, json.dumps(names)),
    ) is not None


def states_of(database: Database, region: str, names: Sequence[str]) -> Iterator[tuple[str, bool, bool]]:
    """Of the names that are taken in a Region: the name, whether deletion is scheduled, whether there is a value."""
    yield from database.rows(
        "SELECT name, delete_at IS NOT NULL,"
        " EXISTS (SELECT 1 FROM labels WHERE secret = secrets.id AND label = 'AWSCURRENT')"
        " FROM secrets WHERE region = ? AND name IN (SELECT value FROM json_each(?))",
        (region, json.dumps(names)),
    )


def new(
    *, region: str, name: str, suffix: str, description: str | None, type: str | None, kms_key_id: str | None,
    now: int, owning_service: str | None = None, primary_region: str | None = None,
) -> Secret:
    """One that has no row yet."""
    return Secret(0, region, name, suffix, description, type, owning_service, now, now, 0, None, kms_key_id,
                  primary_region)


def insert(database: Database, secrets: Sequence[Secret]) -> list[Secret]:
    """New ones as they are once they have their rows, which follow each other."""
    written = [_WRITTEN(secret) for secret in secrets]
    database.run_for_each(_INSERT, written)
    first = database.last_id() - len(written) + 1
    return [Secret(row, *columns) for row, columns in enumerate(written, first)]


def full(database: Database, region: str, most: int) -> bool:
    """Whether a Region has `most` secrets. Counts them only where the vault ever had as many."""
    newest = database.row("SELECT max(id) FROM secrets")
    if newest is None or (newest[0] or 0) < most:
        return False
    counted = database.row("SELECT count(*) FROM (SELECT 1 FROM secrets WHERE region = ? LIMIT ?)", (region, most))
    return counted == (most,)


def by_region(database: Database) -> dict[str, int]:
    """How many secrets there are in each Region that has any."""
    return {region: count for region, count in
            database.rows("SELECT region, count(*) FROM secrets GROUP BY region ORDER BY region")
            if isinstance(region, str)}


def touch_changed(database: Database, secret: Secret, now: int) -> None:
    if secret.changed_at != now:
        database.run("UPDATE secrets SET changed_at = ? WHERE id = ?", (now, secret.id))


def touch_accessed(database: Database, secret: Secret, day: int) -> None:
    """Notes the day of an access, once a day."""
    if secret.accessed_on != day and not secret.damaged:
        database.run("UPDATE secrets SET accessed_on = ? WHERE id = ?", (day, secret.id))


def describe(database: Database, secret: Secret, *, description: str | None, type: str | None) -> None:
    database.run("UPDATE secrets SET description = ?, type = ? WHERE id = ?", (description, type, secret.id))


def set_key(database: Database, secret: Secret, kms_key_id: str | None) -> Secret:
    """Names the key of versions to come; None is the AWS managed one."""
    database.run("UPDATE secrets SET kms_key_id = ? WHERE id = ?", (kms_key_id, secret.id))
    return replace(secret, kms_key_id=kms_key_id)


def promote(database: Database, secret: Secret) -> None:
    """Makes a replica a secret of its own."""
    database.run("UPDATE secrets SET primary_region = NULL WHERE id = ?", (secret.id,))


def schedule_deletion(database: Database, secret: Secret, delete_at: int | None) -> None:
    database.run("UPDATE secrets SET delete_at = ? WHERE id = ?", (delete_at, secret.id))


def delete(database: Database, secret: Secret) -> None:
    """Removes the secret with its versions, labels and tags; the file keeps no trace of their pages' content."""
    database.run("DELETE FROM words WHERE rowid = ?", (secret.id,))
    database.run("DELETE FROM secrets WHERE id = ?", (secret.id,))


def any_overdue(database: Database, now: int) -> bool:
    """Whether the recovery window of some secret has passed."""
    return database.row("SELECT 1 FROM secrets WHERE delete_at <= ? LIMIT 1", (now,)) is not None


def overdue(database: Database, now: int) -> list[Secret]:
    """Secrets whose recovery window has passed; none whose row is damaged."""
    found = database.rows(f"SELECT {COLUMNS} FROM secrets WHERE delete_at <= ?", (now,))
    return [secret for secret in map(read, found) if not secret.damaged]


def tags(database: Database, secret: Secret) -> dict[str, str]:
    """Its tags in the order in which their keys were first attached."""
    return tags_of(database, [secret.id]).get(secret.id, {})


def tags_of(database: Database, rows: Sequence[int]) -> dict[int, dict[str, str]]:
    """The tags of several secrets, by their rows; one without tags is left out."""
    found: dict[int, dict[str, str]] = {}
    for secret, key, value in map(_read_tag, database.rows(
        "SELECT secret, key, value FROM tags WHERE secret IN (SELECT value FROM json_each(?)) ORDER BY id",
        (json.dumps(rows),),
    )):
        found.setdefault(secret, {})[key] = value
    return found


def tag(database: Database, tags: Iterable[tuple[Secret, Mapping[str, str]]]) -> None:
    """Attaches tags to each secret; one that has the key already gets the value."""
    database.run_for_each(
        "INSERT INTO tags (secret, key, value) VALUES (?, ?, ?)"
        " ON CONFLICT (secret, key) DO UPDATE SET value = excluded.value",
        [(secret.id, key, value) for secret, new in tags for key, value in new.items()],
    )


def untag(database: Database, secret: Secret, keys: Iterable[str]) -> None:
    for key in keys:
        database.run("DELETE FROM tags WHERE secret = ? AND key = ?", (secret.id, key))


def index_words(database: Database, row: int) -> None:
    """Has the word index follow a secret's name, description and tags, before the transaction ends."""
    database.owe(_index_words, row)


def _index_words(database: Database, rows: Sequence[int]) -> None:
    """A row whose secret is gone again is left out; those behind the newest that is indexed replace nothing."""
    newest = database.row("SELECT rowid FROM words ORDER BY rowid DESC LIMIT 1") or (0,)
    about = database.rows(
        "SELECT id, name, coalesce(description, '') FROM secrets WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(rows),),
    )
    tagged = tags_of(database, rows)
    indexed = [
        (row, " ".join(words(name)), " ".join(words(description)), " ".join(words(_as_text(tagged.get(row, {})))))
        for row, name, description in map(_read_words, about)
    ]
    insert = "INTO words (rowid, name, description, tags) VALUES (?, ?, ?, ?)"
    database.run_for_each(f"INSERT OR REPLACE {insert}", [each for each in indexed if each[0] <= newest[0]])
    database.run_for_each(f"INSERT {insert}", [each for each in indexed if each[0] > newest[0]])


def _as_text(tags: Mapping[str, str]) -> str:
    return " ".join(f"{key} {value}" for key, value in tags.items())
