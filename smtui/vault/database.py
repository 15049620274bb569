"""The one connection of a session to its vault file, and the only module that knows APSW.

The file is an SQLCipher 4 database under a raw key; the order of settings matters and is kept in `_connect`. Every
error of the library leaves as one of ours, without the statement that caused it: that statement may hold the key.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any

import apsw

from smtui.ambient import seconds_awake
from smtui.api.errors import (
    VaultBusyError,
    VaultDamagedError,
    VaultError,
    VaultFullError,
    VaultLockedError,
    VaultMissingError,
    VaultPathError,
    VaultReadOnlyError,
    WrongPassphraseError,
)
from smtui.vault import path as vault_path
from smtui.vault import threshold
from smtui.vault.kdf import FileKeys

if TYPE_CHECKING:
    from smtui.vault.digest import Digest

Bindings = Sequence[Any] | Mapping[str, Any]
Work = Callable[["Database", Sequence[int]], None]

BUSY_MILLISECONDS = 5000
MOST_OWED = 1000
SETTINGS = ("cache_size = -16384", "temp_store = MEMORY", "foreign_keys = ON", "secure_delete = ON",
            "trusted_schema = OFF")
WRONG = "Wrong passphrase, or the first page of the vault is damaged."
_IN_MEMORY = 2
_ALTERED = (apsw.SQLITE_IOERR_DATA, apsw.SQLITE_IOERR_CORRUPTFS, apsw.SQLITE_IOERR_SHORT_READ)


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
        self._owed: dict[tuple[Work, int], None] = {}

    def __repr__(self) -> str:
        return f"<Database {self.path}>"

    # Every call of an operation passes here some twenty times.

    def run(self, sql: str, bindings: Bindings = ()) -> None:
        with self._lock:
            try:
                self.connection.execute(sql, bindings)
            except apsw.Error as error:
                raise _ours(error) from None

    def row(self, sql: str, bindings: Bindings = ()) -> tuple[Any, ...] | None:
        """The first row of the answer, or None."""
        with self._lock:
            try:
                return next(self.connection.execute(sql, bindings), None)
            except apsw.Error as error:
                raise _ours(error) from None

    def rows(self, sql: str, bindings: Bindings = ()) -> list[tuple[Any, ...]]:
        with self._lock:
            try:
                return self.connection.execute(sql, bindings).fetchall()
            except apsw.Error as error:
                raise _ours(error) from None

    def run_for_each(self, sql: str, bindings: Iterable[Bindings]) -> None:
        """Runs a statement once for each."""
        with self._lock, translated():
            self.connection.executemany(sql, bindings)

    def each(self, sql: str, bindings: Bindings = ()) -> Iterator[tuple[Any, ...]]:
        """The rows one by one, for more of them than memory should hold; nothing else is asked meanwhile."""
        with self._lock, translated():
            yield from self.connection.execute(sql, bindings)

    def last_id(self) -> int:
        """The row number of the newest insert."""
        return self.connection.last_insert_rowid()

    def change_count(self) -> int:
        """A number that differs after another connection has changed the file."""
        found = self.row("PRAGMA data_version")
        return int(found[0]) if found else 0

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
            try:
                if depth == 0:
                    self.must_be_ours()
                yield
                if depth == 0:
                    self.pay()
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
                raise
            if depth == 0 and self._digest:
                self._digest.on_disk()

    def keep(self, digest: Digest) -> None:
        """From now on `digest` is told of every row that changes, which happens inside transactions alone."""
        def told(change: Any) -> None:
            assert self._depth, "a row was changed outside a transaction"
            digest.changed(change.table_name, change.old, change.new)

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
            raise _gone()


def _inner(depth: int) -> tuple[str, str, str]:
    return f"SAVEPOINT s{depth}", f"RELEASE s{depth}", f"ROLLBACK TO s{depth}; RELEASE s{depth}"


def create_empty(path: Path, keys: FileKeys) -> Database:
    """A new file with nothing in it. Raises VaultExistsError or VaultPathError."""
    vault_path.create(path)
    with _unless_it_fails(path):
        return Database(path, keys, _connect(path, keys, apsw.SQLITE_OPEN_READWRITE), read_only=False)


def open_file(path: Path, keys: FileKeys, *, read_only: bool = False) -> Database:
    """Raises WrongPassphraseError where the keys do not fit, or any other VaultError.

    For reading only, a file that could be written is opened like any other and told to take no change: so SQLite
    takes its own files away again. One that cannot be written is opened as it is.
    """
    try:
        vault_path.must_be_writable(path)
    except VaultReadOnlyError:
        if not read_only:
            raise
        return _open_unwritable(path, keys)
    connection = _connect(path, keys, apsw.SQLITE_OPEN_READWRITE)
    if read_only:
        connection.pragma("query_only", True)
    return Database(path, keys, connection, read_only=read_only)


def _open_unwritable(path: Path, keys: FileKeys) -> Database:
    try:
        return Database(path, keys, _connect(path, keys, apsw.SQLITE_OPEN_READONLY), read_only=True)
    except (VaultPathError, VaultReadOnlyError, VaultMissingError):
        return _open_immutable(path, keys)


def _open_immutable(path: Path, keys: FileKeys) -> Database:
    """Where not even SQLite's own files can be made beside the vault, the file alone is all there is to read."""
    log = path.with_name(path.name + "-wal")
    if log.exists() and log.stat().st_size:
        raise VaultReadOnlyError(f"{path} was not closed in order, and what is in {log.name} cannot be recovered here.",
                                 hint="Open it once where it can be written.")
    uri = f"{path.absolute().as_uri()}?immutable=1"
    connection = _connect(uri, keys, apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)
    return Database(path, keys, connection, read_only=True)


def _connect(path: Path | str, keys: FileKeys, flags: int) -> apsw.Connection:
    with translated(opening=True):
        connection = _let_in(path, keys, flags)
        try:
            connection.set_busy_timeout(BUSY_MILLISECONDS)
            for setting in SETTINGS:
                connection.execute(f"PRAGMA {setting}").fetchall()
            _must_have_taken(connection)
        except BaseException:
            connection.close()
            raise
    return connection


def _let_in(path: Path | str, keys: FileKeys, flags: int) -> apsw.Connection:
    """Tries until nobody is in the way; who waits holds nothing, and knows nothing of a file that may be replaced."""
    until = seconds_awake() + BUSY_MILLISECONDS / 1000
    while True:
        try:
            with threshold.crossing(Path(path)):
                return _opened(path, keys, flags)
        except apsw.BusyError:
            if seconds_awake() > until:
                raise
        time.sleep(threshold.LOOK)


def _opened(path: Path | str, keys: FileKeys, flags: int) -> apsw.Connection:
    """A connection that holds SQLite's lock on the file, if it may write, and that does not wait for it."""
    connection = apsw.Connection(str(path), flags=flags)
    try:
        # Otherwise every join is planned anew for every binding.
        connection.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)
        connection.execute("PRAGMA cipher = 'sqlcipher'")
        connection.execute("PRAGMA legacy = 4")
        connection.execute(f"PRAGMA key = \"x'{keys.page.hex()}{keys.salt.hex()}'\"")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
        if flags & apsw.SQLITE_OPEN_READWRITE:
            connection.execute("PRAGMA journal_mode = WAL").fetchall()
            # From the first reading through a log on, the lock is kept.
            connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
    except BaseException:
        connection.close()
        raise
    return connection


def _must_have_taken(connection: apsw.Connection) -> None:
    """Spilled temporary files would not be encrypted: the setting against them must be in force."""
    if connection.pragma("temp_store") != _IN_MEMORY:
        raise VaultError("This build of SQLite cannot keep its temporary data in memory, so the vault is not opened.")
    if not hasattr(connection, "preupdate_hook"):
        raise VaultError("This build of SQLite cannot tell which rows change, so the vault is not opened.")


@contextmanager
def _unless_it_fails(path: Path) -> Iterator[None]:
    """Takes a file just made away again if it could not be filled."""
    try:
        yield
    except BaseException:
        with contextlib.suppress(OSError):
            path.unlink()
        raise


@contextmanager
def translated(*, opening: bool = False) -> Iterator[None]:
    """Every error of the library as one of ours."""
    try:
        yield
    except apsw.Error as error:
        raise _ours(error, opening) from None


@contextmanager
def well_formed() -> Iterator[None]:
    """Our code stumbles over rows of another table, whose page was put where these should be: that is damage."""
    try:
        yield
    except (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise _damaged() from error


def _ours(error: apsw.Error, opening: bool = False) -> VaultError:
    match error:
        case apsw.NotADBError() if opening:
            return WrongPassphraseError(WRONG)
        case apsw.BusyError() | apsw.LockedError():
            return VaultBusyError("Another process is writing to the vault and did not finish in time.",
                                  hint="Try again; if it stays, look for another smtui that is running.")
        case apsw.NotADBError() | apsw.CorruptError():
            return _damaged()
        case apsw.FullError():
            return VaultFullError("The disk is full. Nothing was changed.")
        case apsw.ReadOnlyError() if getattr(error, "extendedresult", 0) == apsw.SQLITE_READONLY_DBMOVED:
            return _gone()
        case apsw.ReadOnlyError():
            return VaultReadOnlyError("The vault cannot be written.", hint="Open it with --read-only.")
        case apsw.CantOpenError():
            return VaultPathError("The vault, or a file SQLite needs beside it, cannot be opened.",
                                  hint="The disk may be full, or the folder not yours to write in.")
        case apsw.ConnectionClosedError():
            return VaultLockedError("The vault is locked.")
        case apsw.InterruptError():
            return VaultError("This was stopped. Nothing was changed.")
        case apsw.IOError():
            return _disk_error(error)
    return VaultError(f"The vault's database refused a step ({type(error).__name__}). Nothing was changed.")


def _disk_error(error: apsw.Error) -> VaultError:
    if getattr(error, "extendedresult", 0) in _ALTERED:
        return _damaged()
    return VaultFullError(vault_path.REFUSED)


def _gone() -> VaultMissingError:
    return VaultMissingError(
        "The vault was moved, removed or replaced while it was open. Nothing was changed.",
        hint="If its passphrase was changed by another program, open it again.",
    )


def _damaged() -> VaultDamagedError:
    return VaultDamagedError("The vault is damaged: a page of it was altered or cut off.",
                             hint="Run smtui check, and open a backup.")
