"""Refuses a file whose schema is not exactly ours, before a row of it is read.

Somebody may have added a trigger, a view, a table or an index, or changed a definition, so that reads and writes do
something else. Every statement of the file's schema must be one that `schema` makes for its format, and none may be
missing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import apsw

from smtui.api.errors import VaultDamagedError, VaultFormatError
from smtui.vault.schema import MIGRATIONS
from smtui.vault.statements import Statements

# "smtu": distinguishes a vault from any other encrypted database.
APPLICATION_ID = 0x736D7475
# The result of `hash_schema` for each format. If a future SQLite stores the statements differently, they are compared
# with what it stores for ours.
SCHEMA_HASHES = {
    1: "ecbd6ed8260286b98c0cbc32ce76a5832d270ae1cce6e7b53827980b9d70cebd",
    2: "cd8e1e7ebdf4538913e2b46eadc1285eea3ffb6c773649110fbaae25bd85e7a4",
    3: "80904def28248fc9a8da708c35af9fd964851c01f3eb1981733ae3c97a72ee39",
    4: "4c26e0f5b7deb60eeda6da7e397fcd1ed29abbdb57ad550bdc3590a95827b9a7",
}
_SCHEMA = ("SELECT type, name, tbl_name, sql FROM main.sqlite_schema"
           " UNION ALL SELECT 'temporary ' || type, name, tbl_name, sql FROM temp.sqlite_schema")
MAX_NAME_LENGTH = 40
"""Characters of a foreign name in an error message."""
Entry = tuple[str, str, str, str]


def refuse_foreign_schema(path: Path | str, connection: apsw.Connection) -> None:
    """Raises VaultFormatError for a database of another program or a newer format, else VaultDamagedError for one
    whose schema is not ours.
    """
    with connection:
        application, present = connection.pragma("application_id"), connection.pragma("user_version")
        if application != APPLICATION_ID or present < 1:
            raise VaultFormatError(f"{path} opens with this passphrase, but is not a vault of smtui.")
        if present > len(MIGRATIONS):
            raise VaultFormatError(
                f"{path} was created by a newer smtui (format {present}); this one reads up to format "
                f"{len(MIGRATIONS)}.", hint="Install a newer smtui. The vault was not changed.",
            )
        difference = next(find_differences(connection, present), None)
    if difference is not None:
        raise VaultDamagedError(
            f"{path} is damaged, or was created by someone else: {difference} Nothing in it was read.",
            hint="Open a backup of it. If someone sent it to you, do not use it.",
        )


def find_differences(connection: apsw.Connection, present: int) -> Iterator[str]:
    """A sentence for each difference from the schema of format `present`."""
    try:
        found = _list_entries(connection)
    except UnicodeDecodeError:
        yield "a statement of its schema is not text."
        return
    if hash_schema(found) == SCHEMA_HASHES[present]:
        return
    ours = _list_expected(present)
    for kind, name, table, _ in sorted(set(found) - ours):
        known = any((kind, name, table) == each[:3] for each in ours)
        yield (f"its {kind} {name} is not defined as smtui defines it." if known else
               f"it holds the {kind[:MAX_NAME_LENGTH]} {name[:MAX_NAME_LENGTH]}, which smtui does not create.")
    for kind, name, *_ in sorted(ours - set(found)):
        if not any((kind, name) == each[:2] for each in found):
            yield f"it lacks the {kind} {name}."
    if len(found) != len(set(found)):
        yield "a statement of its schema is duplicated."


def hash_schema(entries: list[Entry]) -> str:
    """SHA-256 of a schema, independent of the order of its statements."""
    return hashlib.sha256(ascii(sorted(entries)).encode()).hexdigest()


def _list_entries(connection: apsw.Connection) -> list[Entry]:
    """Every object of the schema, temporary ones included, with its statement in single spaces."""
    return [(str(kind), str(name), str(table), " ".join(str(sql or "").split()))
            for kind, name, table, sql in connection.execute(_SCHEMA)]


@cache
def _list_expected(present: int) -> frozenset[Entry]:
    """The entries that this build of SQLite stores for our statements."""
    empty = Statements(apsw.Connection(":memory:"))
    for migration in MIGRATIONS[:present]:
        migration(empty)
    return frozenset(_list_entries(empty.connection))
