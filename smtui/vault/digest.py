"""One number over everything that stands in a vault, by which an older page or row that was put back is found.

Every row has a keyed digest. Their sum stands in the vault itself and is brought up to date in the transaction that
changes the rows: those of every table, of the word index, and the statements that made the tables. A page from
another moment brings rows that the sum does not have, or lacks some that it has; the page of the sum put back does
not fit the rows. All of them together are the whole file as it once was: that is what `lineage` is for.

Indexes hold nothing but what their tables hold, and are compared with them by SQLite. Unused pages hold nothing.

SQLite tells of each row as it is changed (not of changes it takes back, hence the marks). So no statement is
forgotten, and another program that writes into the file is noticed as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import blake2b
from typing import Any

from smtui.vault.database import Database
from smtui.vault.refusals import well_formed

TABLE = "digest"
PURPOSE = "smtui digest"
SUM_BYTES = 32
MODULUS = 1 << 8 * SUM_BYTES
# The row numbers SQLite gave out last are in a table of its own, of which it tells nothing. They only grow.
_NUMBERS = "(SELECT coalesce(sum(seq), 0) FROM sqlite_sequence)"

SLICE = 100
"""How many rows are read between two calls of `progress`: one or two milliseconds of work."""

Row = tuple[Any, ...]
Progress = Callable[[int], None]


class Digest:
    """Keeps the sum in step with an open file. `committed` is called once changes are on disk."""

    def __init__(self, key: bytes, committed: Callable[[], None] = lambda: None) -> None:
        self._keyed = _keyed(key)
        self._committed = committed
        self._pending = 0
        self._touched = False
        self._counted = False

    def __repr__(self) -> str:
        return "<Digest>"

    def changed(self, table: str, old: Row | None, new: Row | None) -> None:
        """A row goes, comes, or becomes another."""
        if table == TABLE:
            return
        self._touched = True
        if old is not None:
            self._pending -= _of_row(self._keyed, table, old)
        if new is not None:
            self._pending += _of_row(self._keyed, table, new)

    @property
    def pending(self) -> int:
        """What is to be added to the sum: a mark to go back to."""
        return self._pending

    def back_to(self, mark: int) -> None:
        """The changes since the mark were undone."""
        self._pending = mark

    def settle(self, database: Database, *, durable: bool) -> None:
        """Adds what is pending to the sum, and counts the change if it is going to wait for the disk."""
        _write_words(database)
        if not self._touched:
            return
        total = (_stored(database)[0] + self._pending) % MODULUS
        database.run(
            f"UPDATE {TABLE} SET sum = ?, numbers = max(numbers, {_NUMBERS}), commits = commits + ?",
            (total.to_bytes(SUM_BYTES, "big"), durable),
        )
        self._pending, self._counted = 0, durable

    def on_disk(self) -> None:
        """The commit after `settle` is done."""
        self._touched = False
        if self._counted:
            self._counted = False
            self._committed()


def _keyed(key: bytes) -> blake2b:
    """A hash that has taken in the key and nothing else."""
    return blake2b(key=key, digest_size=SUM_BYTES)


def _of_row(keyed: blake2b, table: str, row: Row) -> int:
    """The digest of a row, a number. No two rows encode alike: bytes stand behind the rest, and their lengths in it."""
    content = [value for value in row if type(value) is bytes]
    shape = [(len(value),) if type(value) is bytes else value for value in row] if content else list(row)
    hashed = keyed.copy()
    hashed.update(ascii((table, shape)).encode())
    for value in content:
        hashed.update(value)
    return int.from_bytes(hashed.digest(), "big")


def start(database: Database, key: bytes, *, missing: int = 0) -> None:
    """Takes the sum of what is there, in the transaction that made the tables, and keeps it from then on."""
    total = (sum_of_all(database, key) + missing) % MODULUS
    database.run(
        f"INSERT INTO {TABLE} VALUES (1, ?, {_NUMBERS}, 0)"
        " ON CONFLICT (one) DO UPDATE SET sum = excluded.sum",
        (total.to_bytes(SUM_BYTES, "big"),),
    )
    database.keep(Digest(key))


def missing(database: Database, key: bytes, progress: Progress = lambda rows: None) -> int:
    """What the sum of all rows lacks of the sum that is stored; 0 where everything is as it was left."""
    return (_stored(database)[0] - sum_of_all(database, key, progress)) % MODULUS


def numbers_fit(database: Database) -> bool:
    """Whether SQLite's row numbers go on where they ended."""
    return database.row(f"SELECT numbers = {_NUMBERS} FROM {TABLE}") == (1,)


def commits(database: Database) -> int:
    """How many changes were committed since the sum is kept; those of mere reads do not count."""
    return _stored(database)[1]


def present(database: Database) -> bool:
    return database.row("SELECT 1 FROM sqlite_schema WHERE name = ?", (TABLE,)) is not None


def sum_of_all(database: Database, key: bytes, progress: Progress = lambda rows: None) -> int:
    """Reads every row there is. `progress` is called with the number of rows read, after every `SLICE` of them."""
    _write_words(database)
    total, keyed = 0, _keyed(key)
    for seen, (table, row) in enumerate(_everything(database)):
        total += _of_row(keyed, table, row)
        if seen % SLICE == 0:
            progress(seen)
    return total % MODULUS


def count_of_all(database: Database) -> int:
    """How many rows `sum_of_all` reads, the few of the schema aside."""
    return sum((database.row(f'SELECT count(*) FROM "{table}"') or (0,))[0] for table in _tables(database))


def _tables(database: Database) -> list[str]:
    """Every table of ours, and those in which the word index is kept."""
    return [table for (table,) in database.rows(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'shadow')"
        f" AND name NOT LIKE 'sqlite~_%' ESCAPE '~' AND name <> '{TABLE}' ORDER BY name"
    )]


def _everything(database: Database) -> Iterator[tuple[str, Row]]:
    for table in _tables(database):
        for row in database.each(f'SELECT * FROM "{table}"'):
            yield table, row
    for row in database.each("SELECT type, name, tbl_name, sql FROM sqlite_schema"):
        yield "sqlite_schema", row


def _stored(database: Database) -> tuple[int, int]:
    """The sum and the number of changes."""
    with well_formed():
        (total, commits), = database.rows(f"SELECT sum, commits FROM {TABLE}")
        return int.from_bytes(total, "big"), int(commits)


def _write_words(database: Database) -> None:
    """A savepoint makes the word index write what it has held back until then."""
    if database.in_transaction:
        database.run("SAVEPOINT words; RELEASE words")
