"""Opens and creates vault files: cipher, SQLite settings in their order, waiting for other processes.

The file is an SQLCipher 4 database with a raw key. No error carries the text of a statement, which may hold the key.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from smtui.api.errors import VaultError, VaultMissingError, VaultPathError, VaultReadOnlyError
from smtui.system.ambient import read_monotonic_clock
from smtui.vault import folder_lock
from smtui.vault import path as vault_path
from smtui.vault.database import CACHE, Database
from smtui.vault.kdf import FileKeys
from smtui.vault.schema_check import refuse_foreign_schema
from smtui.vault.sqlite_errors import map_errors

BUSY_MILLISECONDS = 5000
SETTINGS = (CACHE, "temp_store = MEMORY", "foreign_keys = ON", "secure_delete = ON",
            "trusted_schema = OFF", "cell_size_check = ON")
# Set before anything of the file is read. The schema is not trusted and no trigger or view runs; ours has none.
# ENABLE_QPSG keeps a query plan for all bindings; without it SQLite plans every join again.
CONFIGURATION = {
    apsw.SQLITE_DBCONFIG_DEFENSIVE: 1, apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA: 0,
    apsw.SQLITE_DBCONFIG_ENABLE_TRIGGER: 0, apsw.SQLITE_DBCONFIG_ENABLE_VIEW: 0,
    apsw.SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION: 0, apsw.SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER: 0,
    apsw.SQLITE_DBCONFIG_DQS_DDL: 0, apsw.SQLITE_DBCONFIG_DQS_DML: 0, apsw.SQLITE_DBCONFIG_ENABLE_QPSG: 1,
}
# The answer of `PRAGMA temp_store` if temporary data stays in memory.
_IN_MEMORY = 2


def create_empty(path: Path, keys: FileKeys) -> Database:
    """Creates a new, empty file. Raises VaultExistsError or VaultPathError."""
    vault_path.create(path)
    with _remove_on_error(path):
        return Database(path, keys, _connect(path, keys, apsw.SQLITE_OPEN_READWRITE), read_only=False)


def open_file(path: Path, keys: FileKeys, *, read_only: bool = False) -> Database:
    """Opens a vault file whose schema is ours.

    A read-only session of a writable file opens it normally and refuses changes, so that SQLite removes its own files
    again. A file that cannot be written is opened read-only.

    Raises WrongPassphraseError if the keys do not fit, VaultDamagedError if the schema is not ours, or another
    VaultError.
    """
    try:
        vault_path.check_writable(path)
    except VaultReadOnlyError:
        if not read_only:
            raise
        return _open_unwritable(path, keys)
    database = _open_vault(path, keys, apsw.SQLITE_OPEN_READWRITE, read_only=read_only)
    if read_only:
        database.connection.pragma("query_only", True)
    return database


def _open_unwritable(path: Path, keys: FileKeys) -> Database:
    try:
        return _open_vault(path, keys, apsw.SQLITE_OPEN_READONLY, read_only=True)
    except (VaultPathError, VaultReadOnlyError, VaultMissingError):
        return _open_immutable(path, keys)


def _open_immutable(path: Path, keys: FileKeys) -> Database:
    """Opens the file alone, where SQLite cannot create its own files beside it."""
    log = path.with_name(path.name + "-wal")
    if log.exists() and log.stat().st_size:
        raise VaultReadOnlyError(f"{path} was not closed properly, and {log.name} cannot be recovered here.",
                                 hint="Open it once where it can be written.")
    return open_without_log(path, keys)


def open_without_log(path: Path, keys: FileKeys) -> Database:
    """Opens the file for reading as it is on disk: without its write-ahead log, and without any lock.

    Raises VaultError. While another connection writes to the file, rows may be missing or seem damaged.
    """
    uri = f"{path.absolute().as_uri()}?immutable=1"
    return _open_vault(path, keys, apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI, read_only=True, name=uri)


def _open_vault(path: Path, keys: FileKeys, flags: int, *, read_only: bool, name: Path | str = "") -> Database:
    """Opens a file and verifies its schema. `name` is what SQLite opens if it is not `path`, such as a URI."""
    database = Database(path, keys, _connect(name or path, keys, flags), read_only=read_only)
    try:
        with map_errors():
            refuse_foreign_schema(path, database.connection)
        database.trust_schema()
    except BaseException:
        database.drop()
        raise
    return database


def _connect(path: Path | str, keys: FileKeys, flags: int) -> apsw.Connection:
    with map_errors(opening=True):
        connection = _connect_when_free(path, keys, flags)
        try:
            connection.set_busy_timeout(BUSY_MILLISECONDS)
            for setting in SETTINGS:
                connection.execute(f"PRAGMA {setting}").fetchall()
            _check_settings(connection)
        except BaseException:
            connection.close()
            raise
    return connection


def _connect_when_free(path: Path | str, keys: FileKeys, flags: int) -> apsw.Connection:
    """Connects, and retries while another process is in the way. While it waits it holds nothing open."""
    until = read_monotonic_clock() + BUSY_MILLISECONDS / 1000
    while True:
        try:
            with folder_lock.hold(Path(path)):
                return _open_connection(path, keys, flags)
        except apsw.BusyError:
            if read_monotonic_clock() > until:
                raise
        time.sleep(folder_lock.POLL_SECONDS)


def _open_connection(path: Path | str, keys: FileKeys, flags: int) -> apsw.Connection:
    """A connection that holds SQLite's lock on the file, if writable, and does not wait for it."""
    # An absolute path is always a file; `:memory:` and `file:...` mean something else to SQLite.
    file = str(path) if flags & apsw.SQLITE_OPEN_URI else str(Path(path).absolute())
    connection = apsw.Connection(file, flags=flags)
    try:
        for name, on in CONFIGURATION.items():
            connection.config(name, on)
        connection.execute("PRAGMA cipher = 'sqlcipher'")
        connection.execute("PRAGMA legacy = 4")
        # Not cached: a prepared statement would hold the key in its text as long as the file is open.
        connection.execute(f"PRAGMA key = \"x'{keys.page.hex()}{keys.salt.hex()}'\"", can_cache=False)
        connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
        if flags & apsw.SQLITE_OPEN_READWRITE:
            connection.execute("PRAGMA journal_mode = WAL").fetchall()
            # SQLite keeps the lock from the first read through the write-ahead log.
            connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
    except BaseException:
        connection.close()
        raise
    return connection


def _check_settings(connection: apsw.Connection) -> None:
    """Verifies that temporary data stays in memory, because SQLite does not encrypt temporary files."""
    if connection.pragma("temp_store") != _IN_MEMORY:
        raise VaultError("This build of SQLite cannot keep its temporary data in memory, so the vault is not opened.")
    if not hasattr(connection, "preupdate_hook"):
        raise VaultError("This build of SQLite cannot tell which rows change, so the vault is not opened.")


@contextmanager
def _remove_on_error(path: Path) -> Iterator[None]:
    """Removes a new file if the block fails."""
    try:
        yield
    except BaseException:
        with contextlib.suppress(OSError):
            path.unlink()
        raise
