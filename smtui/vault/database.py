"""The one connection of a session to its vault file: statements, transactions, and what is told of changed rows.

How it is opened stands in `opening`; every error of the library leaves as one of ours, see `refusals`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any

import apsw

from smtui.api.errors import VaultError
from smtui.vault import content, schema_check
from smtui.vault import path as vault_path
from smtui.vault.kdf import FileKeys
from smtui.vault.refusals import damaged, gone, ours, translated

if TYPE_CHECKING:
    from smtui.vault.digest import Digest

Bindings = Sequence[Any] | Mapping[str, Any]
Work = Callable[["Database", Sequence[int]], None]

MOST_OWED = 5000
# How much of the file is kept in memory, in KiB; more pays only where one transaction changes it all over.
CACHE, LARGE_CACHE = "cache_size = -16384", "cache_size = -65536"


class Database:
    """An open vault file. Several threads may use it; a transaction keeps the others waiting."""

    def __init__(self, path: Path, keys: FileKeys, connection: apsw.Connection, *, read_only: bool) -> None:
        self.path = path
        self.keys = keys
        self.read_only = read_only
        self.connection = connection
        self._identity = vault_path.hold(path, keys.salt)
        self._lock = RLock()
        self._depth = 0
        self._durable: bool | None = None
        self._digest: Digest | None = None
        self._content = content.ContentChanges()
        self._schema: Any = None
        self.has_undecodable = False
        """Whether `each` met a text that is no UTF-8."""
        self._owed: dict[tuple[Work, int], None] = {}

    def __repr__(self) -> str:
        return f"<Database {self.path}>"

    # Every call of an operation passes here some twenty times.

    def run(self, sql: str, bindings: Bindings = ()) -> None:
        with self._lock:
            try:
                self.connection.execute(sql, bindings)
            except apsw.Error as error:
                raise ours(error) from None

    def row(self, sql: str, bindings: Bindings = ()) -> tuple[Any, ...] | None:
        """The first row of the answer, or None."""
        with self._lock:
            try:
                return next(self.connection.execute(sql, bindings), None)
            except apsw.Error as error:
                raise ours(error) from None
            except UnicodeDecodeError:
                return next(self._rows_with_bytes(sql, bindings), None)

    def rows(self, sql: str, bindings: Bindings = ()) -> list[tuple[Any, ...]]:
        with self._lock:
            try:
                return self.connection.execute(sql, bindings).fetchall()
            except apsw.Error as error:
                raise ours(error) from None
            except UnicodeDecodeError:
                return list(self._rows_with_bytes(sql, bindings))

    def run_for_each(self, sql: str, bindings: Iterable[Bindings]) -> None:
        """Runs a statement once for each."""
        with self._lock, translated():
            self.connection.executemany(sql, bindings)

    def each(self, sql: str, bindings: Bindings = ()) -> Iterator[tuple[Any, ...]]:
        """The rows one by one, for more of them than memory should hold; nothing else is asked meanwhile."""
        with self._lock, translated():
            given = 0
            try:
                for row in self.connection.execute(sql, bindings):
                    given += 1
                    yield row
            except UnicodeDecodeError:
                self.has_undecodable = True
                yield from islice(self._rows_with_bytes(sql, bindings), given, None)

    def is_undecodable(self, table: str) -> bool:
        """Whether a text of a table is no UTF-8."""
        try:
            for _ in self.connection.execute(f'SELECT * FROM "{table}"'):
                pass
        except UnicodeDecodeError:
            return True
        return False

    def _rows_with_bytes(self, sql: str, bindings: Bindings) -> Iterator[tuple[Any, ...]]:
        """The same rows, where a text that is no UTF-8 is bytes. Raises VaultDamagedError for what is no question."""
        if not sql.startswith("SELECT"):
            raise damaged()
        with translated():
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

    def last_id(self) -> int:
        """The row number of the newest insert."""
        return self.connection.last_insert_rowid()

    def change_count(self) -> int:
        """A number that differs after another connection has changed the content of the file, see `content`."""
        return content.count(self) - self._content.own

    @contextmanager
    def transaction(self, *, durable: bool = True) -> Iterator[None]:
        """All or nothing. The outermost one waits for the disk if `durable`; one inside another can fail alone."""
        with self._lock:
            depth = self._depth
            if depth == 1 and len(self._owed) > MOST_OWED:
                self.pay()
            begin, commit, undo = self._outermost(durable) if depth == 0 else _inner(depth)
            self.run(begin)
            self._depth, mark = depth + 1, self._digest.pending if self._digest else 0
            content_mark = self._content.pending
            try:
                if depth == 0:
                    self.must_be_ours()
                    self._schema_must_be_ours()
                yield
                if depth == 0:
                    self.pay()
                    self._content.settle(self)
                    if self._digest:
                        self._digest.settle(self, durable=durable)
                self._depth = depth
                self.run(commit)
            except BaseException:
                self._depth = depth
                if depth == 0:
                    self._owed.clear()
                # Where SQLite has undone everything already (a full disk), there is nothing left to undo.
                if self.connection.in_transaction:
                    self.run(undo)
                if self._digest:
                    self._digest.back_to(mark)
                self._content.pending = content_mark
                raise
            if depth == 0:
                self._content.commit()
                if self._digest:
                    self._digest.on_disk()

    def keep(self, digest: Digest) -> None:
        """From now on `digest` is told of every row that changes, which happens inside transactions alone."""
        changed, content_changes = digest.changed, self._content

        def told(change: Any) -> None:
            assert self._depth, "a row was changed outside a transaction"
            try:
                table, old, new = change.table_name, change.old, change.new
            except UnicodeDecodeError:
                raise damaged() from None
            changed(table, old, new)
            if not content_changes.pending:
                content_changes.see(table, old, new)

        self._digest = digest
        self.connection.preupdate_hook(told)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All that is read inside is of one moment, and no writer is kept waiting; of the transaction, inside one."""
        with self._lock:
            if self._depth:
                self.pay()
                if self._digest:
                    self._digest.settle(self, durable=False)
                yield
                return
            self.run("BEGIN")
            try:
                self.row("SELECT count(*) FROM sqlite_master")
                yield
            finally:
                if self.connection.in_transaction:
                    self.run("ROLLBACK")

    @contextmanager
    def large_cache(self) -> Iterator[None]:
        """Keeps more of the file in memory meanwhile."""
        self.run(f"PRAGMA {LARGE_CACHE}")
        try:
            yield
        finally:
            self.run(f"PRAGMA {CACHE}")

    def interrupt(self) -> None:
        """Ends the statement that another thread is running here; it fails, and its transaction is undone."""
        with contextlib.suppress(apsw.Error):
            self.connection.interrupt()

    def owe(self, work: Work, row: int) -> None:
        """Has `work` done for a row before the transaction ends: for many rows at once where there are many."""
        self._owed[work, row] = None

    def pay(self) -> None:
        """Does what is owed. Within an inner transaction, which may be undone, it stays owed as well."""
        by_work: dict[Work, list[int]] = {}
        for work, row in self._owed:
            by_work.setdefault(work, []).append(row)
        for work, rows in by_work.items():
            work(self, rows)
        if self._depth <= 1:
            self._owed.clear()

    @property
    def in_transaction(self) -> bool:
        return self._depth > 0

    def settle(self) -> None:
        """Moves what is in the log into the file, which then is the whole vault."""
        self.row("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Closes the file; what is in the log is moved into it first, so that one file is left."""
        with self._lock, contextlib.suppress(VaultError):
            if not self.read_only and vault_path.identity(self.path) == self._identity:
                self.settle()
        self.drop()

    def drop(self) -> None:
        """Lets go of the file. What the disk refuses now stays in the log, for whoever opens the file next."""
        with contextlib.suppress(apsw.Error):
            self.connection.close()
        vault_path.let_go(self._identity)
        self._identity = None

    def _outermost(self, durable: bool) -> tuple[str, str, str]:
        if self._durable != durable:
            self.run(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            self._durable = durable
        return "BEGIN" if self.read_only else "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"

    def must_be_ours(self) -> None:
        """Refuses to go on in a file that no longer has the vault's path: what is written there is lost."""
        if vault_path.identity(self.path) != self._identity:
            raise gone()


    def trust_schema(self) -> None:
        """The schema was found to be ours: from now on no transaction begins in another one."""
        self._schema = self.row("PRAGMA schema_version")

    def _schema_must_be_ours(self) -> None:
        """Looks at the schema again where another program has changed it since. Raises VaultDamagedError."""
        if self._schema is not None and self._schema != (found := self.row("PRAGMA schema_version")):
            with translated():
                schema_check.refuse_foreign_schema(self.path, self.connection)
            self._schema = found


def _decode(value: Any, is_text: int) -> Any:
    if not is_text:
        return value
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value


def _inner(depth: int) -> tuple[str, str, str]:
    return f"SAVEPOINT s{depth}", f"RELEASE s{depth}", f"ROLLBACK TO s{depth}; RELEASE s{depth}"
