"""One keyed sum over all rows of a vault, which reveals an older page or row that was put back.

Each row has a keyed digest. The vault stores their sum and updates it in the transaction that changes the rows: those
of every table, of the word index, and the statements that made the tables. The row of the sum itself is added while a
later audit event has the sum, see `audit_tail`. An older page adds rows that the sum does not contain, or lacks some
that it contains. An older copy of the whole file fits its own sum: see `lineage` for that.
So does the older copy of a page that is all that later transactions wrote: the last audit events, if they are reads.

SQLite compares indexes with their tables. Unused pages hold no data.

SQLite reports each row that changes, except changes it rolls back. So no statement can be missed, and a write by
another program shows as a difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import blake2b
from typing import Any

from smtui.vault.audit_tail import SUM_BYTES, AuditTail, DigestState, read_tail
from smtui.vault.sqlite_errors import detect_damage
from smtui.vault.statements import Statements

TABLE = "digest"
EVENTS = "audit_events"
EVENT_COLUMNS = 7
"""How many columns of an audit event the digest covers; those after them are the state of the digest."""
PURPOSE = "smtui digest"
MODULUS = 1 << 8 * SUM_BYTES
# SQLite keeps its last row numbers in a table of its own and does not report their changes. They only grow.
_NUMBERS = "(SELECT coalesce(sum(seq), 0) FROM sqlite_sequence)"
_NUMBERED = frozenset({"keys", "secrets", "versions"})
"""The tables whose last row numbers SQLite keeps (AUTOINCREMENT)."""

SLICE = 100
"""How many rows are read between two calls of `progress`: one or two milliseconds of work."""

Row = tuple[Any, ...]
Progress = Callable[[int], None]
Mark = tuple[int, int]


class Digest:
    """Keeps the stored sum up to date with an open file. `on_commit` is called once changes are on disk."""

    def __init__(self, key: bytes, on_commit: Callable[[], None] = lambda: None) -> None:
        self._keyed = _make_hash(key)
        self._on_commit = on_commit
        self._counted = False
        self._kept: AuditTail | None = None
        """The newest event and the state after the last transaction, if nobody has written to the file since."""
        self.words_pending = True
        """Whether the word index may hold back changes."""
        self.reset()

    def __repr__(self) -> str:
        return "<Digest>"

    def reset(self) -> None:
        """Forgets the transaction, which is committed or rolled back."""
        self._base: AuditTail | None = None
        self._newest: AuditTail | None = None
        self._pending = 0
        self._touched = self._has_new_numbers = False
        self._event = 0
        self._written: tuple[int, DigestState] | None = None
        self._pending_when_written = 0
        self._prepared: tuple[Row, int] | None = None

    def forget_tail(self) -> None:
        """Forgets the newest event of the file: another connection has written to it."""
        self._kept = None

    def get_tail(self, database: Statements) -> AuditTail:
        """The newest event as this transaction has left it, and the state of the digest before this transaction."""
        if self._base is None:
            self._base = self._newest = self._kept or read_tail(database)
        if self._newest is None:
            newest = read_tail(database)
            self._newest = AuditTail(newest.id, newest.latest, newest.chain, self._base.state, self._base.outdated)
        return self._newest

    def count_commits(self, database: Statements) -> int:
        """The same as `count_commits` outside a transaction, without a statement if nobody else has written since."""
        return (self._kept or read_tail(database)).state.commits

    def observe(self, table: str, old: Row | None, new: Row | None) -> None:
        """Takes an inserted, deleted or changed row into account."""
        if table == TABLE:
            return
        if table == EVENTS:
            old, new = old and old[:EVENT_COLUMNS], new and new[:EVENT_COLUMNS]
            if old == new:
                return
            if old is not None:
                self._kept = self._newest = None
        elif old is None and table in _NUMBERED:
            self._has_new_numbers = True
        self._touched = True
        if old is not None:
            self._pending -= _hash_row(self._keyed, table, old)
        if new is not None:
            prepared = self._prepared
            self._pending += prepared[1] if prepared and prepared[0] == new else _hash_row(self._keyed, table, new)

    @property
    def mark(self) -> Mark:
        """What `roll_back` needs when a savepoint that begins now is rolled back."""
        return self._pending, self._event

    def roll_back(self, mark: Mark) -> None:
        """Restores an earlier moment, after the changes since then were rolled back."""
        self._pending, self._event = mark
        self._written = self._newest = None

    def begin_events(self, last: int, latest: int, chain: bytes) -> None:
        """Says that audit events up to this one are about to be inserted after those of `get_tail`."""
        assert self._base is not None
        self._event = last
        self._newest = AuditTail(last, latest, chain, self._base.state, self._base.outdated)

    def compute_state(self, database: Statements, row: Row, *, durable: bool) -> DigestState:
        """The state that the audit event `row` must carry if the transaction ends with its insertion.

        Call `begin_events` first.
        """
        hashed = _hash_row(self._keyed, EVENTS, row)
        self._prepared = row, hashed
        state = self._make_state(database, self._pending + hashed, durable=durable)
        self._written, self._pending_when_written = (self._event, state), self._pending + hashed
        return state

    def _make_state(self, database: Statements, pending: int, *, durable: bool) -> DigestState:
        if self._base is None:
            self._base = self._kept or read_tail(database)
        base, outdated = self._base.state, self._base.outdated
        numbers = max(base.numbers, _sum_numbers(database)) if self._has_new_numbers else base.numbers
        if self._event and outdated is None:
            pending += self._hash_digest_row(self._base.format_row())
        elif not self._event and outdated is not None:
            pending -= self._hash_digest_row(outdated)
        return DigestState((base.sum + pending) % MODULUS, numbers, base.commits + durable)

    def _hash_digest_row(self, row: Row) -> int:
        return _hash_row(self._keyed, TABLE, row)

    def write(self, database: Statements, *, durable: bool) -> None:
        """Stores the new state with the newest event of the transaction, and counts the commit if it is `durable`."""
        if self.words_pending:
            _flush_word_index(database)
            self.words_pending = False
        if not self._touched:
            return
        self._counted = durable
        if self._written and self._written[0] == self._event and self._pending == self._pending_when_written:
            return  # the event was the last row
        state = self._make_state(database, self._pending, durable=durable)
        if self._written != (self._event, state):
            if self._event:
                database.run("UPDATE audit_events SET sum = ?, numbers = ?, commits = ? WHERE id = ?",
                             (*state.to_columns(), self._event))
            else:
                _write_row(database, state)
            self._written, self._pending_when_written = (self._event, state), self._pending

    def confirm(self) -> None:
        """Notes that the commit after `write` is done."""
        if self._touched:
            self._kept = self._make_tail()
        self.reset()
        if self._counted:
            self._counted = False
            self._on_commit()


    def _make_tail(self) -> AuditTail | None:
        """What `read_tail` would answer after the commit; None if it is not known."""
        newest, base = self._newest, self._base
        if newest is None or base is None or self._written is None or self._written[0] != newest.id or not self._event:
            return None
        return AuditTail(newest.id, newest.latest, newest.chain, self._written[1], base.outdated or base.format_row())


def _sum_numbers(database: Statements) -> int:
    with detect_damage():
        (numbers,) = database.fetch_row(f"SELECT {_NUMBERS}") or (0,)
        return int(numbers)


def _write_row(database: Statements, state: DigestState) -> None:
    database.run(f"UPDATE {TABLE} SET sum = ?, numbers = ?, commits = ?,"
                 " event = (SELECT coalesce(max(id), 0) FROM audit_events)", state.to_columns())


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


def start(database: Statements, key: bytes, *, missing: int = 0, missing_numbers: int = 0) -> Digest:
    """Stores the sum of all rows, in the transaction that made the tables. Returns what keeps it up to date.

    `missing` and `missing_numbers` are differences to preserve, see `find_difference` and `find_number_difference`.
    """
    database.run(f"INSERT INTO {TABLE} SELECT 1, zeroblob({SUM_BYTES}), 0, 0, coalesce(max(id), 0) FROM audit_events"
                 " WHERE true ON CONFLICT DO NOTHING")
    commits = read_tail(database).state.commits
    total = (sum_rows(database, key) + missing) % MODULUS
    _write_row(database, DigestState(total, _sum_numbers(database) + missing_numbers, commits))
    return Digest(key)


def find_difference(
    database: Statements, key: bytes, progress: Progress = lambda rows: None, *, before_format_4: bool = False
) -> int:
    """The stored sum minus the sum of all rows, modulo `MODULUS`; 0 if every row is as it was last written."""
    stored = _read_sum_before_format_4(database) if before_format_4 else _read_sum(database, key)
    return (stored - sum_rows(database, key, progress)) % MODULUS


def _read_sum(database: Statements, key: bytes) -> int:
    """The stored sum, without the outdated row of `digest` that it may contain."""
    tail = read_tail(database)
    return tail.state.sum - (_hash_row(_make_hash(key), TABLE, tail.outdated) if tail.outdated else 0)


def _read_sum_before_format_4(database: Statements) -> int:
    with detect_damage():
        ((total,),) = database.fetch_rows(f"SELECT sum FROM {TABLE}")
        return int.from_bytes(total, "big")


def has_valid_row_numbers(database: Statements) -> bool:
    """Whether SQLite's row numbers continue where they ended."""
    return find_number_difference(database) == 0


def find_number_difference(database: Statements, *, before_format_4: bool = False) -> int | None:
    """The stored sum of SQLite's row numbers minus their sum; None if one of them is none."""
    numbers = _add_numbers(database)
    with detect_damage():
        if before_format_4:
            ((stored,),) = database.fetch_rows(f"SELECT numbers FROM {TABLE}")
        else:
            stored = read_tail(database).state.numbers
        return None if numbers is None else int(stored) - numbers


def _add_numbers(database: Statements) -> int | None:
    """The sum of SQLite's row numbers; None if one of them is none."""
    # Added here, because SQLite refuses a sum beyond 2^63 - 1.
    numbers = [number for (number,) in database.fetch_rows("SELECT seq FROM sqlite_sequence")]
    return sum(numbers) if all(type(number) is int for number in numbers) else None


def count_commits(database: Statements) -> int:
    """How many durable changes were committed since the sum exists; reads do not count."""
    return read_tail(database).state.commits


def has_digest(database: Statements) -> bool:
    """Whether the file has a digest, as every file since format 3."""
    return database.fetch_row("SELECT 1 FROM sqlite_schema WHERE name = ?", (TABLE,)) is not None


def sum_rows(database: Statements, key: bytes, progress: Progress = lambda rows: None) -> int:
    """Reads every row. `progress` is called with the number of rows read, after every `SLICE` of them."""
    _flush_word_index(database)
    total, keyed = 0, _make_hash(key)
    for seen, (table, row) in enumerate(_iterate_rows(database)):
        total += _hash_row(keyed, table, row[:EVENT_COLUMNS] if table == EVENTS else row)
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


def _flush_word_index(database: Statements) -> None:
    """Makes the word index write what it holds back; a savepoint does that."""
    if database.in_transaction:
        database.run("SAVEPOINT words; RELEASE words")
