"""The one connection of a session to its vault file: transactions and observation of changed rows.

`opening` opens it. Every error of APSW is raised as one of ours, see `sqlite_errors`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import get_ident
from typing import TYPE_CHECKING, Any, Protocol

import apsw

from smtui.api.errors import VaultError
from smtui.system.ambient import read_monotonic_clock
from smtui.vault import content, schema_check
from smtui.vault import path as vault_path
from smtui.vault.kdf import FileKeys
from smtui.vault.sqlite_errors import make_damaged_error, make_locked_error, make_moved_error, map_errors
from smtui.vault.statements import Statements

if TYPE_CHECKING:
    from smtui.vault.binding import SecretBinding
    from smtui.vault.digest import Digest


class FileCheck(Protocol):
    """Looks at the file before each transaction, see `file_watch`."""

    def is_unchanged(self, status: tuple[int, ...]) -> bool:
        """Whether nobody has written to the file, whose status this is, since the last `check`."""

    def check(self) -> bool:
        """Whether anyone has written to the file since the last call. Raises VaultError if that did damage."""


DeferredWork = Callable[["Database", Sequence[int]], None]

MAX_DEFERRED = 5000
SHORTEST_WAIT = 0.001
"""Seconds: SQLite waits no shorter for another connection's lock. Meanwhile the file may have been replaced."""
PAUSE_STEPS = 2000
"""Steps of SQLite's virtual machine between two pauses: about a millisecond of work."""
# How much of the file SQLite keeps in memory, in KiB. More pays off only if one transaction changes much of the file.
CACHE, LARGE_CACHE = "cache_size = -16384", "cache_size = -65536"


class Database(Statements):
    """An open vault file. Several threads may use it; a transaction makes the others wait."""

    def __init__(self, path: Path, keys: FileKeys, connection: apsw.Connection, *, read_only: bool) -> None:
        super().__init__(connection)
        self.path = path
        self._path_text = str(path)
        self.keys = keys
        self.read_only = read_only
        self._identity = vault_path.register_open(path, keys.salt)
        self.is_durable: bool | None = None
        """Whether the outermost transaction waits for the disk."""
        self.digest: Digest | None = None
        self.binding: SecretBinding | None = None
        self._watch: FileCheck | None = None
        self._journal = path.with_name(f"{path.name}-journal")
        self._content = content.ContentChanges()
        self._schema: Any = None
        self._data_version: int | None = None
        """SQLite's number of the state of the file after the last transaction of this connection."""
        self._deferred: dict[tuple[DeferredWork, int], None] = {}

    def __repr__(self) -> str:
        return f"<Database {self.path}>"

    def change_count(self, *, includes_own: bool = False) -> int:
        """A number that differs after another connection, or any, has changed the content of the file.

        What content is, see `content`.
        """
        self.check_identity()
        return content.count_changes(self) - (0 if includes_own else self._content.own)

    @contextmanager
    def transaction(self, *, durable: bool = True) -> Iterator[None]:
        """Commits everything inside together, or nothing. A nested transaction can fail without the outer one.

        The outermost one waits for the disk if it is `durable`.
        """
        with self._lock:
            depth = self._depth
            if depth == 1 and len(self._deferred) > MAX_DEFERRED:
                self.flush()
            if depth == 0:
                self.check_identity()
            begin, commit, undo = self._begin_outermost(durable) if depth == 0 else _make_savepoint_statements(depth)
            begun = read_monotonic_clock()
            self.run(begin)
            self._owner = get_ident()
            self._depth, mark = depth + 1, self.digest.mark if self.digest else None
            content_mark = self._content.pending
            try:
                if depth == 0:
                    if read_monotonic_clock() - begun >= SHORTEST_WAIT:
                        self.check_identity()
                    self._notice_others()
                yield
                if depth == 0:
                    self._write_last_rows(durable)
                self._depth = depth
                self.run(commit)
            except BaseException:
                self._depth = depth
                self._take_back(undo, mark, content_mark)
                raise
            if depth == 0:
                self._data_version = self.connection.data_version()
                self._content.commit()
                if self.binding:
                    self.binding.reset()
                if self.digest:
                    self.digest.confirm()

    def write_owed_rows(self) -> None:
        """Writes deferred work, the MACs of changed secrets and the count of changes.

        Before an audit event, so that the event is the last row. Inside a nested transaction that has to wait, because
        it can be rolled back.
        """
        if self._depth > 1:
            return
        self.flush()
        if self.binding:
            self.binding.write(self)
        self._content.write(self)

    def _write_last_rows(self, durable: bool) -> None:
        """Writes everything that the outermost transaction owes, and the digest."""
        self.write_owed_rows()
        if self.digest:
            self.digest.write(self, durable=durable)

    def _take_back(self, undo: str, mark: tuple[int, int] | None, content_mark: bool) -> None:
        """Takes a failed transaction back: its rows, and what digest and content have noted since the marks."""
        if self._depth == 0:
            self._deferred.clear()
            if self.binding:
                self.binding.reset()
        # After some errors (a full disk) SQLite has already rolled back.
        if self.connection.in_transaction:
            self.run(undo)
        if self.digest and mark:
            if self._depth == 0:
                self.digest.reset()
            else:
                self.digest.roll_back(mark)
        self._content.roll_back(content_mark)

    def observe(self, digest: Digest, binding: SecretBinding | None = None) -> None:
        """Reports every row that changes to `digest` and `binding` from now on. Rows change only inside transactions.

        Without `binding` the labels, versions and policies of secrets must not change.
        """
        observe_row, content_changes = digest.observe, self._content
        observe_secret = binding.observe if binding else None

        def observe_change(change: Any) -> None:
            assert self._depth, "a row was changed outside a transaction"
            try:
                table, old, new = change.table_name, change.old, change.new
            except UnicodeDecodeError:
                raise make_damaged_error() from None
            observe_row(table, old, new)
            if observe_secret is not None:
                observe_secret(table, old, new)
            if not content_changes.pending:
                content_changes.observe(table, old, new)

        self.digest, self.binding = digest, binding
        self.connection.preupdate_hook(observe_change)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Makes all reads inside see one state, without blocking writers; inside a transaction, its own state."""
        with self._lock:
            if self._depth:
                self.flush()
                if self.binding:
                    self.binding.write(self, nested=self._depth > 1)
                if self.digest:
                    self.digest.write(self, durable=False)
                yield
                return
            self.run("BEGIN")
            try:
                self.fetch_row("SELECT count(*) FROM sqlite_master")
                yield
            finally:
                if self.connection.in_transaction:
                    self.run("ROLLBACK")

    @contextmanager
    def enlarge_cache(self) -> Iterator[None]:
        """Keeps more of the file in memory inside the block."""
        self.run(f"PRAGMA {LARGE_CACHE}")
        try:
            yield
        finally:
            self.run(f"PRAGMA {CACHE}")

    def pause_often(self, pause: Callable[[], None]) -> None:
        """Calls `pause` after every `PAUSE_STEPS` steps of SQLite from now on, in the thread that uses the connection.

        SQLite counts the steps of its virtual machine; a row that is read takes about ten. An exception of `pause`
        ends the statement.
        """
        def pause_and_continue() -> bool:
            pause()
            return False

        self.connection.set_progress_handler(pause_and_continue, PAUSE_STEPS)

    def interrupt(self) -> None:
        """Cancels the statement that another thread runs here; it fails, and its transaction is rolled back."""
        with contextlib.suppress(apsw.Error):
            self.connection.interrupt()

    def defer(self, work: DeferredWork, row: int) -> None:
        """Calls `work` for this row before the transaction ends, together with all other rows deferred to it."""
        self._deferred[work, row] = None

    def flush(self) -> None:
        """Runs the deferred work. Inside a nested transaction it stays deferred, because that can be rolled back."""
        by_work: dict[DeferredWork, list[int]] = {}
        for work, row in self._deferred:
            by_work.setdefault(work, []).append(row)
        for work, rows in by_work.items():
            work(self, rows)
        if self._depth <= 1:
            self._deferred.clear()

    def checkpoint(self) -> None:
        """Moves the content of the write-ahead log into the file, which then holds the whole vault."""
        self.fetch_row("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self, *, keeps_log: bool = False) -> None:
        """Closes the file after moving the write-ahead log into it, so that one file remains.

        With `keeps_log`, for a file that is refused, file and log stay as others left them, unless this connection has
        written to them.
        """
        with self._lock, contextlib.suppress(VaultError):
            if keeps_log and _has_log_of_others(self.path, self.connection):
                _keep_log(self.connection)
            elif self._may_write_file():
                self.checkpoint()
        self.drop()

    def _may_write_file(self) -> bool:
        """Whether the log may be moved into the file. Otherwise SQLite does not do so on closing either."""
        with contextlib.suppress(VaultError):
            self.check_identity()
            return not self.read_only
        _keep_log(self.connection)
        return False

    def drop(self) -> None:
        """Closes the connection without an error. What the disk refuses stays in the log for the next session."""
        with contextlib.suppress(apsw.Error):
            self.connection.close()
        vault_path.unregister_open(self._identity)
        self._identity = None

    def _begin_outermost(self, durable: bool) -> tuple[str, str, str]:
        if self.is_durable != durable:
            self.run(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            self.is_durable = durable
        return "BEGIN" if self.read_only else "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"

    def check_identity(self) -> None:
        """Raises VaultMissingError if another file has taken the vault's path, or an older copy was written into it.

        What would be written now would be lost. Raises VaultLockedError if another thread has just closed the file.
        """
        if self._identity is None:
            raise make_locked_error()
        status = vault_path.read_status(self._path_text)
        if status[:2] != self._identity:
            raise make_moved_error()
        if self._watch is None or self._watch.is_unchanged(status):
            return
        if self._journal.exists():
            self._roll_back_interrupted_write()
        if self._watch.check():
            self._drop_cache()

    def _roll_back_interrupted_write(self) -> None:
        """Lets SQLite roll back a write of ours that failed half-way, so that the file can be read alone again."""
        self.fetch_row("SELECT count(*) FROM sqlite_master")

    def _drop_cache(self) -> None:
        """Drops pages that were read before another program wrote to the file. Without effect in a transaction."""
        with self._lock, map_errors():
            self.connection.file_control("main", apsw.SQLITE_FCNTL_RESET_CACHE, 0)

    def watch(self, watch: FileCheck) -> None:
        """Checks the file with `watch` before every transaction from now on."""
        self._watch = watch

    def trust_schema(self) -> None:
        """Remembers the schema, which was found to be ours. No transaction begins with another one."""
        self._schema = self.fetch_row("PRAGMA schema_version")

    def _notice_others(self) -> None:
        """Forgets what is remembered of the file if anyone has written to it since the last transaction.

        Checks the schema again if it has changed. Raises VaultDamagedError.
        """
        if not self.read_only and self._data_version == self.connection.data_version():
            return  # a transaction that may write has begun to read the file, any other has not
        if self.digest:
            self.digest.forget_tail()
        if self._schema is not None and self._schema != (found := self.fetch_row("PRAGMA schema_version")):
            with map_errors():
                schema_check.refuse_foreign_schema(self.path, self.connection)
            self._schema = found


def _make_savepoint_statements(depth: int) -> tuple[str, str, str]:
    return f"SAVEPOINT s{depth}", f"RELEASE s{depth}", f"ROLLBACK TO s{depth}; RELEASE s{depth}"


def _keep_log(connection: apsw.Connection) -> None:
    """Makes SQLite leave the log as it is on closing."""
    with contextlib.suppress(apsw.Error):
        connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)


def _has_log_of_others(path: Path, connection: apsw.Connection) -> bool:
    """Whether there is a log to which the connection has not written."""
    with contextlib.suppress(OSError, apsw.Error):
        return Path(f"{path}-wal").stat().st_size > 0 and not connection.total_changes()
    return False
