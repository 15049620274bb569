"""The statements of one connection: each runs alone or inside a transaction of `database`.

Every error of APSW is raised as one of ours, see `sqlite_errors`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from threading import RLock, get_ident
from typing import Any

import apsw

from smtui.vault.sqlite_errors import make_damaged_error, map_error, map_errors

Bindings = Sequence[Any] | Mapping[str, Any]


class Statements:
    """Runs statements and reads rows. Several threads may use it, one statement at a time."""

    def __init__(self, connection: apsw.Connection) -> None:
        self.connection = connection
        self._lock = RLock()
        self._depth = 0
        """How many transactions are open, one inside the other."""
        self._owner = 0
        """The thread that opened the outermost transaction."""
        self.has_undecodable = False
        """Whether `iterate` found a text that is not UTF-8."""

    @property
    def in_transaction(self) -> bool:
        """Whether the current thread is inside a transaction; one of another thread does not count."""
        return self._depth > 0 and self._owner == get_ident()

    # An operation calls these about twenty times, so they avoid context managers.

    def run(self, sql: str, bindings: Bindings = ()) -> None:
        """Runs a statement."""
        with self._lock:
            try:
                self.connection.execute(sql, bindings)
            except apsw.Error as error:
                raise map_error(error, connection=self.connection) from None

    def fetch_row(self, sql: str, bindings: Bindings = ()) -> tuple[Any, ...] | None:
        """The first row of the answer, or None."""
        with self._lock:
            try:
                return next(self.connection.execute(sql, bindings), None)
            except apsw.Error as error:
                raise map_error(error, connection=self.connection) from None
            except UnicodeDecodeError:
                return next(self._fetch_rows_with_bytes(sql, bindings), None)

    def fetch_rows(self, sql: str, bindings: Bindings = ()) -> list[tuple[Any, ...]]:
        """All rows of the answer."""
        with self._lock:
            try:
                return self.connection.execute(sql, bindings).fetchall()
            except apsw.Error as error:
                raise map_error(error, connection=self.connection) from None
            except UnicodeDecodeError:
                return list(self._fetch_rows_with_bytes(sql, bindings))

    def run_many(self, sql: str, bindings: Iterable[Bindings]) -> None:
        """Runs a statement once for each element of `bindings`."""
        with self._lock, map_errors(connection=self.connection):
            self.connection.executemany(sql, bindings)

    def iterate(self, sql: str, bindings: Bindings = ()) -> Iterator[tuple[Any, ...]]:
        """The rows one by one, for answers too large for memory. Other threads wait until the iteration ends."""
        with self._lock, map_errors(connection=self.connection):
            given = 0
            try:
                for row in self.connection.execute(sql, bindings):
                    given += 1
                    yield row
            except UnicodeDecodeError:
                self.has_undecodable = True
                yield from islice(self._fetch_rows_with_bytes(sql, bindings), given, None)

    def is_undecodable(self, table: str) -> bool:
        """Whether a text of the table is not UTF-8."""
        try:
            for _ in self.connection.execute(f'SELECT * FROM "{table}"'):
                pass
        except UnicodeDecodeError:
            return True
        return False

    def _fetch_rows_with_bytes(self, sql: str, bindings: Bindings) -> Iterator[tuple[Any, ...]]:
        """The same rows, with bytes for a text that is not UTF-8. Raises VaultDamagedError unless `sql` is a SELECT."""
        if not sql.startswith("SELECT"):
            raise make_damaged_error()
        with map_errors():
            cursor = self.connection.execute(sql, bindings)
            names = [f"c{number}" for number in range(len(cursor.description))]
            cursor.close(True)
            columns = ", ".join(
                f"CASE typeof({name}) WHEN 'text' THEN CAST({name} AS BLOB) ELSE {name} END, typeof({name}) = 'text'"
                for name in names
            )
            for row in self.connection.execute(f"WITH q ({', '.join(names)}) AS ({sql}) SELECT {columns} FROM q",
                                               bindings):
                yield tuple(map(_decode, row[::2], row[1::2]))

    def get_last_id(self) -> int:
        """The row number of the last insert."""
        return self.connection.last_insert_rowid()


def _decode(value: Any, is_text: int) -> Any:
    if not is_text:
        return value
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value
