"""One keyed sum over all rows of a vault, which reveals an older page or row that was put back.

Each row has a keyed digest. The vault stores their sum and updates it in the transaction that changes the rows: those
of every table, of the word index, and the statements that made the tables. An older page adds rows that the sum does
not contain, or lacks some that it contains. An older copy of the whole file fits its own sum: see `lineage` for that.

SQLite compares indexes with their tables. Unused pages hold no data.

SQLite reports each row that changes, except changes it rolls back. So no statement can be missed, and a write by
another program shows as a difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import blake2b
from typing import Any

from smtui.vault.sqlite_errors import detect_damage
from smtui.vault.statements import Statements

TABLE = "digest"
PURPOSE = "smtui digest"
SUM_BYTES = 32
MODULUS = 1 << 8 * SUM_BYTES
# SQLite keeps its last row numbers in a table of its own and does not report their changes. They only grow.
_NUMBERS = "(SELECT coalesce(sum(seq), 0) FROM sqlite_sequence)"

SLICE = 100
"""How many rows are read between two calls of `progress`: one or two milliseconds of work."""

Row = tuple[Any, ...]
Progress = Callable[[int], None]


class Digest:
    """Keeps the stored sum up to date with an open file. `on_commit` is called once changes are on disk."""

    def __init__(self, key: bytes, on_commit: Callable[[], None] = lambda: None) -> None:
        self._keyed = _make_hash(key)
        self._on_commit = on_commit
        self._pending = 0
        self._touched = False
        self._counted = False

    def __repr__(self) -> str:
        return "<Digest>"

    def observe(self, table: str, old: Row | None, new: Row | None) -> None:
        """Takes an inserted, deleted or changed row into account."""
        if table == TABLE:
            return
        self._touched = True
        if old is not None:
            self._pending -= _hash_row(self._keyed, table, old)
        if new is not None:
            self._pending += _hash_row(self._keyed, table, new)

    @property
    def pending(self) -> int:
        """What is to be added to the stored sum; restored when a savepoint is rolled back."""
        return self._pending

    def roll_back(self, mark: int) -> None:
        """Restores the `pending` of an earlier moment, after the changes since then were rolled back."""
        self._pending = mark

    def write(self, database: Statements, *, durable: bool) -> None:
        """Adds the pending change to the stored sum, and counts the commit if it is `durable`."""
        _flush_word_index(database)
        if not self._touched:
            return
        total = (_read_stored(database)[0] + self._pending) % MODULUS
        database.run(
            f"UPDATE {TABLE} SET sum = ?, numbers = max(numbers, {_NUMBERS}), commits = commits + ?",
            (total.to_bytes(SUM_BYTES, "big"), durable),
        )
        self._pending, self._counted = 0, durable

    def confirm(self) -> None:
        """Notes that the commit after `write` is done."""
        self._touched = False
        if self._counted:
            self._counted = False
            self._on_commit()


def _make_hash(key: bytes) -> blake2b:
    """A BLAKE2b hash with this key and no data yet."""
    return blake2b(key=key, digest_size=SUM_BYTES)


def _hash_row(keyed: blake2b, table: str, row: Row) -> int:
    """The digest of a row, as a number. No two rows encode alike: bytes follow the rest, which holds their lengths."""
    content = [value for value in row if type(value) is bytes]
    shape = [(len(value),) if type(value) is bytes else value for value in row] if content else list(row)
    hashed = keyed.copy()
    hashed.update(ascii((table, shape)).encode())
    for value in content:
        hashed.update(value)
    return int.from_bytes(hashed.digest(), "big")


def start(database: Statements, key: bytes, *, missing: int = 0) -> Digest:
    """Stores the sum of all rows, in the transaction that made the tables. Returns what keeps it up to date.

    `missing` is a difference to preserve, see `find_difference`.
    """
    total = (sum_rows(database, key) + missing) % MODULUS
    database.run(
        f"INSERT INTO {TABLE} VALUES (1, ?, {_NUMBERS}, 0)"
        " ON CONFLICT (one) DO UPDATE SET sum = excluded.sum",
        (total.to_bytes(SUM_BYTES, "big"),),
    )
    return Digest(key)


def find_difference(database: Statements, key: bytes, progress: Progress = lambda rows: None) -> int:
    """The stored sum minus the sum of all rows, modulo `MODULUS`; 0 if every row is as it was last written."""
    return (_read_stored(database)[0] - sum_rows(database, key, progress)) % MODULUS


def has_valid_row_numbers(database: Statements) -> bool:
    """Whether SQLite's row numbers continue where they ended."""
    # Added here, because SQLite refuses a sum beyond 2^63 - 1.
    numbers = [number for (number,) in database.fetch_rows("SELECT seq FROM sqlite_sequence")]
    return all(type(number) is int for number in numbers) and database.fetch_row(f"SELECT numbers FROM {TABLE}") == (
        sum(numbers),)


def count_commits(database: Statements) -> int:
    """How many durable changes were committed since the sum exists; reads do not count."""
    return _read_stored(database)[1]


def has_digest(database: Statements) -> bool:
    """Whether the file has a digest, as every file since format 3."""
    return database.fetch_row("SELECT 1 FROM sqlite_schema WHERE name = ?", (TABLE,)) is not None


def sum_rows(database: Statements, key: bytes, progress: Progress = lambda rows: None) -> int:
    """Reads every row. `progress` is called with the number of rows read, after every `SLICE` of them."""
    _flush_word_index(database)
    total, keyed = 0, _make_hash(key)
    for seen, (table, row) in enumerate(_iterate_rows(database)):
        total += _hash_row(keyed, table, row)
        if seen % SLICE == 0:
            progress(seen)
    return total % MODULUS


def count_rows(database: Statements) -> int:
    """How many rows `sum_rows` reads, except the few of the schema."""
    return sum((database.fetch_row(f'SELECT count(*) FROM "{table}"') or (0,))[0] for table in _list_tables(database))


def _list_tables(database: Statements) -> list[str]:
    """Every table of ours and of the word index."""
    return [table for (table,) in database.fetch_rows(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'shadow')"
        f" AND name NOT LIKE 'sqlite~_%' ESCAPE '~' AND name <> '{TABLE}' ORDER BY name"
    )]


def _iterate_rows(database: Statements) -> Iterator[tuple[str, Row]]:
    for table in _list_tables(database):
        for row in database.iterate(f'SELECT * FROM "{table}"'):
            yield table, row
    for row in database.iterate("SELECT type, name, tbl_name, sql FROM sqlite_schema"):
        yield "sqlite_schema", row


def _read_stored(database: Statements) -> tuple[int, int]:
    """The stored sum and the number of commits."""
    with detect_damage():
        (total, commits), = database.fetch_rows(f"SELECT sum, commits FROM {TABLE}")
        return int.from_bytes(total, "big"), int(commits)


def _flush_word_index(database: Statements) -> None:
    """Makes the word index write what it holds back; a savepoint does that."""
    if database.in_transaction:
        database.run("SAVEPOINT words; RELEASE words")
