"""How a vault file is opened or made: the cipher, the settings and their order, and who has to wait.

The file is an SQLCipher 4 database under a raw key. No statement ever leaves in an error: it may hold the key.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from smtui.ambient import seconds_awake
from smtui.api.errors import VaultError, VaultMissingError, VaultPathError, VaultReadOnlyError
from smtui.vault import path as vault_path
from smtui.vault import threshold
from smtui.vault.database import CACHE, Database
from smtui.vault.kdf import FileKeys
from smtui.vault.refusals import translated

BUSY_MILLISECONDS = 5000
SETTINGS = (CACHE, "temp_store = MEMORY", "foreign_keys = ON", "secure_delete = ON",
            "trusted_schema = OFF")
# What `PRAGMA temp_store` answers where temporary data stays in memory.
_IN_MEMORY = 2


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
