"""The rows of secrets and their tags."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any

from smtui.api.errors import DamagedSecretError
from smtui.api.record import make_field, record
from smtui.vault import binding
from smtui.vault.binding import BoundRows
from smtui.vault.columns import make_row_reader
from smtui.vault.database import Database
from smtui.vault.tokenizer import list_words

COLUMNS = ("id, region, name, suffix, description, type, owning_service, created_at, changed_at, accessed_on,"
           " delete_at, kms_key_id, primary_region")


@record
class Secret:
    """One secret without its values. Times are in milliseconds, see `schema`."""

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
    is_damaged: bool = False
    """Whether a stand-in replaces an invalid value of its row, see `columns`."""
    bound_rows: BoundRows | None = make_field(default=None, compare=False, repr=False)
    """Its labels, versions and policy when it was found, if they were verified."""

    @property
    def is_replica(self) -> bool:
        return self.primary_region is not None

    @property
    def is_scheduled(self) -> bool:
        """Whether it is scheduled for deletion."""
        return self.delete_at is not None


WITHOUT_TAGS = ""
"""The key in the row that says that a secret had tags once, which no tag can have.

The service answers `Tags: []` for such a secret, and no `Tags` for one that never had any.
"""
_INSERT = f"INSERT INTO secrets ({COLUMNS.removeprefix('id, ')}) VALUES ({', '.join('?' * COLUMNS.count(','))})"
_read_fields = attrgetter(*COLUMNS.split(", ")[1:])

_read = make_row_reader("secrets", COLUMNS)
_read_tag = make_row_reader("tags", "secret, key, value")
_read_words = make_row_reader("secrets", "id, name, description")


def read_row(found: tuple[Any, ...], bound_rows: BoundRows | None = None) -> Secret:
    """Makes a secret from its row."""
    sound = _read(found)
    return Secret(*(*sound, sound is not found, bound_rows))


def find_by_name(database: Database, region: str, name: str) -> Secret | None:
    """The secret of this name in a Region, or None."""
    found = database.fetch_row(f"SELECT {COLUMNS} FROM secrets WHERE region = ? AND name = ?", (region, name))
    return read_row(found) if found else None


_FIND_VERIFIED = f"SELECT {COLUMNS}, bound, {binding.MEMBERS} FROM secrets WHERE region = ? AND name = ?"
_COLUMN_COUNT = COLUMNS.count(",") + 1


def find_verified(database: Database, region: str, name: str) -> Secret | None:
    """The secret of this name in a Region with its `bound_rows`, or None.

    Raises DamagedSecretError if its labels, versions or policy are not those that were stored last.
    """
    found = database.fetch_row(_FIND_VERIFIED, (region, name))
    if found is None:
        return None
    rows = BoundRows(*found[-3:])
    if database.binding:
        database.binding.verify(database, found[0], found[_COLUMN_COUNT], rows)
    return read_row(found[:_COLUMN_COUNT], rows)


def require_verified(database: Database, *secrets: int) -> None:
    """Verifies secrets (their rows) before their labels, versions or policy change. Raises DamagedSecretError."""
    if database.binding:
        database.binding.require(database, secrets)


def is_intact(database: Database, secret: Secret) -> bool:
    """Whether the labels, versions and policy of a secret are those that were stored last."""
    try:
        require_verified(database, secret.id)
    except DamagedSecretError:
        return False
    return True


def find_by_row(database: Database, row: int) -> Secret | None:
    found = database.fetch_row(f"SELECT {COLUMNS} FROM secrets WHERE id = ?", (row,))
    return read_row(found) if found else None


def has_any_named(database: Database, region: str, names: Sequence[str]) -> bool:
    """Whether a Region has a secret of one of these names, in any state."""
    return database.fetch_row(
        "SELECT 1 FROM secrets WHERE region = ? AND name IN (SELECT value FROM json_each(?)) LIMIT 1",
        (region, json.dumps(names)),
    ) is not None


def list_states(database: Database, region: str, names: Sequence[str]) -> Iterator[tuple[str, bool, bool]]:
    """The existing secrets among these names: name, whether scheduled for deletion, whether it has a value."""
    yield from database.fetch_rows(
        "SELECT name, delete_at IS NOT NULL,"
        " EXISTS (SELECT 1 FROM labels WHERE secret = secrets.id AND label = 'AWSCURRENT')"
        " FROM secrets WHERE region = ? AND name IN (SELECT value FROM json_each(?))",
        (region, json.dumps(names)),
    )


def make_secret(
    *, region: str, name: str, suffix: str, description: str | None, type: str | None, kms_key_id: str | None,
    now: int, owning_service: str | None = None, primary_region: str | None = None,
) -> Secret:
    """A secret without a row yet."""
    return Secret(0, region, name, suffix, description, type, owning_service, now, now, 0, None, kms_key_id,
                  primary_region)


def insert(database: Database, secrets: Sequence[Secret]) -> list[Secret]:
    """Adds secrets and answers them with their rows, which are consecutive."""
    written = [_read_fields(secret) for secret in secrets]
    database.run_many(_INSERT, written)
    first = database.get_last_id() - len(written) + 1
    return [Secret(row, *columns) for row, columns in enumerate(written, first)]


def is_region_full(database: Database, region: str, most: int) -> bool:
    """Whether a Region has `most` secrets. Counts only if the vault ever had that many."""
    newest = database.fetch_row("SELECT max(id) FROM secrets")
    if newest is None or (newest[0] or 0) < most:
        return False
    counted = database.fetch_row(
        "SELECT count(*) FROM (SELECT 1 FROM secrets WHERE region = ? LIMIT ?)", (region, most))
    return counted == (most,)


def count_by_region(database: Database) -> dict[str, int]:
    """The number of secrets in each Region that has any."""
    return {region: count for region, count in
            database.fetch_rows("SELECT region, count(*) FROM secrets GROUP BY region ORDER BY region")
            if isinstance(region, str)}


def count_listed(database: Database, region: str, *, include_scheduled: bool) -> int:
    """The number of secrets in a Region, with or without those that are scheduled for deletion."""
    found = database.fetch_row(
        "SELECT (SELECT count(*) FROM secrets WHERE region = :region)"
        " - (SELECT count(*) FROM secrets WHERE delete_at IS NOT NULL AND region = :region AND NOT :all)",
        {"region": region, "all": include_scheduled},
    )
    return int(found[0]) if found else 0


def touch_changed(database: Database, secret: Secret, now: int) -> None:
    if secret.changed_at != now:
        database.run("UPDATE secrets SET changed_at = ? WHERE id = ?", (now, secret.id))


def touch_accessed(database: Database, secret: Secret, day: int) -> None:
    """Stores the day of an access (midnight, milliseconds), once a day."""
    if secret.accessed_on != day and not secret.is_damaged:
        database.run("UPDATE secrets SET accessed_on = ? WHERE id = ?", (day, secret.id))


def set_description(database: Database, secret: Secret, *, description: str | None, type: str | None) -> None:
    database.run("UPDATE secrets SET description = ?, type = ? WHERE id = ?", (description, type, secret.id))


def set_key(database: Database, secret: Secret, kms_key_id: str | None) -> Secret:
    """Sets the key for new versions; None is the AWS managed key."""
    database.run("UPDATE secrets SET kms_key_id = ? WHERE id = ?", (kms_key_id, secret.id))
    from dataclasses import replace

    return replace(secret, kms_key_id=kms_key_id)


def promote_replica(database: Database, secret: Secret) -> None:
    """Makes a replica a standalone secret."""
    database.run("UPDATE secrets SET primary_region = NULL WHERE id = ?", (secret.id,))


def schedule_deletion(database: Database, secret: Secret, delete_at: int | None) -> None:
    database.run("UPDATE secrets SET delete_at = ? WHERE id = ?", (delete_at, secret.id))


def delete(database: Database, secret: Secret) -> None:
    """Deletes the secret with its versions, labels and tags; SQLite overwrites their content (secure_delete)."""
    _note_words(database)
    database.run("DELETE FROM words WHERE rowid = ?", (secret.id,))
    database.run("DELETE FROM secrets WHERE id = ?", (secret.id,))


def _note_words(database: Database) -> None:
    """Notes that the word index holds back changes until it is told to write them."""
    if database.digest:
        database.digest.words_pending = True


def has_overdue(database: Database, now: int) -> bool:
    """Whether the recovery window of a secret is over."""
    return database.fetch_row("SELECT 1 FROM secrets WHERE delete_at <= ? LIMIT 1", (now,)) is not None


def list_overdue(database: Database, now: int) -> list[Secret]:
    """The secrets whose recovery window is over, except damaged ones."""
    found = database.fetch_rows(f"SELECT {COLUMNS} FROM secrets WHERE delete_at <= ?", (now,))
    return [secret for secret in map(read_row, found) if not secret.is_damaged]


def read_tags(database: Database, secret: Secret) -> dict[str, str]:
    """The tags of a secret, in the order in which their keys were first attached."""
    return read_tags_of(database, [secret.id]).get(secret.id, {})


def read_tags_of(database: Database, rows: Sequence[int]) -> dict[int, dict[str, str]]:
    """The tags of several secrets by row.

    A secret that never had a tag is left out; one whose last tag was removed has an empty dictionary.
    """
    found: dict[int, dict[str, str]] = {}
    for secret, key, value in map(_read_tag, database.fetch_rows(
        "SELECT secret, key, value FROM tags WHERE secret IN (SELECT value FROM json_each(?)) ORDER BY id",
        (json.dumps(rows),),
    )):
        tags = found.setdefault(secret, {})
        if key != WITHOUT_TAGS:
            tags[key] = value
    return found


def add_tags(database: Database, tags: Iterable[tuple[Secret, Mapping[str, str]]]) -> None:
    """Attaches tags to each secret; an existing key gets the new value."""
    database.run_many(
        "INSERT INTO tags (secret, key, value) VALUES (?, ?, ?)"
        " ON CONFLICT (secret, key) DO UPDATE SET value = excluded.value",
        [(secret.id, key, value) for secret, new in tags for key, value in new.items()],
    )


def remove_tags(database: Database, secret: Secret, keys: Iterable[str]) -> None:
    """Removes tags. A secret without further tags gets the row `WITHOUT_TAGS`."""
    for key in keys:
        database.run("DELETE FROM tags WHERE secret = ? AND key = ?", (secret.id, key))
        database.run("INSERT INTO tags (secret, key, value) SELECT :secret, :key, ''"
                     " WHERE NOT EXISTS (SELECT 1 FROM tags WHERE secret = :secret)",
                     {"secret": secret.id, "key": WITHOUT_TAGS})


def index_words(database: Database, row: int) -> None:
    """Updates the word index for a secret's name, description and tags before the transaction ends."""
    database.defer(_index_words, row)


def _index_words(database: Database, rows: Sequence[int]) -> None:
    """Indexes rows. A deleted secret is left out; rows after the newest indexed one need no replacement."""
    newest = database.fetch_row("SELECT rowid FROM words ORDER BY rowid DESC LIMIT 1") or (0,)
    about = database.fetch_rows(
        "SELECT id, name, coalesce(description, '') FROM secrets WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(rows),),
    )
    tagged = read_tags_of(database, rows)
    indexed = [
        (row, *(" ".join(list_words(text)) for text in (name, description, _format_tags(tagged.get(row, {})))))
        for row, name, description in map(_read_words, about)
    ]
    _note_words(database)
    insert = "INTO words (rowid, name, description, tags) VALUES (?, ?, ?, ?)"
    database.run_many(f"INSERT OR REPLACE {insert}", [each for each in indexed if each[0] <= newest[0]])
    database.run_many(f"INSERT {insert}", [each for each in indexed if each[0] > newest[0]])


def _format_tags(tags: Mapping[str, str]) -> str:
    return " ".join(f"{key} {value}" for key, value in tags.items())
