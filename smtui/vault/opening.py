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
from smtui.vault.schema_check import refuse_foreign_schema

BUSY_MILLISECONDS = 5000
SETTINGS = (CACHE, "temp_store = MEMORY", "foreign_keys = ON", "secure_delete = ON",
            "trusted_schema = OFF", "cell_size_check = ON")
# Set before anything of the file is looked at. The schema is not to be believed, and can be changed by statements
# alone; we have no triggers and no views, so none is run. Without the last one, every join is planned anew for every
# binding.
CONFIGURATION = {
    apsw.SQLITE_DBCONFIG_DEFENSIVE: 1, apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA: 0,
    apsw.SQLITE_DBCONFIG_ENABLE_TRIGGER: 0, apsw.SQLITE_DBCONFIG_ENABLE_VIEW: 0,
    apsw.SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION: 0, apsw.SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER: 0,
    apsw.SQLITE_DBCONFIG_DQS_DDL: 0, apsw.SQLITE_DBCONFIG_DQS_DML: 0, apsw.SQLITE_DBCONFIG_ENABLE_QPSG: 1,
}
# What `PRAGMA temp_store` answers where temporary data stays in memory.
_IN_MEMORY = 2


def create_empty(path: Path, keys: FileKeys) -> Database:
    """A new file with nothing in it. Raises VaultExistsError or VaultPathError."""
    vault_path.create(path)
    with _unless_it_fails(path):
        return Database(path, keys, _connect(path, keys, apsw.SQLITE_OPEN_READWRITE), read_only=False)


def open_file(path: Path, keys: FileKeys, *, read_only: bool = False) -> Database:
    """Raises WrongPassphraseError where the keys do not fit, VaultDamagedError where the schema is not ours, or others.

    For reading only, a file that could be written is opened like any other and told to take no change: so SQLite
    takes its own files away again. One that cannot be written is opened as it is.
    """
    try:
        vault_path.must_be_writable(path)
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
    """Where not even SQLite's own files can be made beside the vault, the file alone is all there is to read."""
    log = path.with_name(path.name + "-wal")
    if log.exists() and log.stat().st_size:
        raise VaultReadOnlyError(f"{path} was not closed in order, and what is in {log.name} cannot be recovered here.",
                                 hint="Open it once where it can be written.")
    uri = f"{path.absolute().as_uri()}?immutable=1"
    return _open_vault(path, keys, apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI, read_only=True, name=uri)


def _open_vault(path: Path, keys: FileKeys, flags: int, *, read_only: bool, name: Path | str = "") -> Database:
    """A file whose schema is ours, by `name` where SQLite is to open it by another one than its path."""
    database = Database(path, keys, _connect(name or path, keys, flags), read_only=read_only)
    try:
        with translated():
            refuse_foreign_schema(path, database.connection)
        database.trust_schema()
    except BaseException:
        database.drop()
        raise
    return database


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
    # An absolute path is always a file: `:memory:` and `file:...` mean something else to SQLite.
    file = str(path) if flags & apsw.SQLITE_OPEN_URI else str(Path(path).absolute())
    connection = apsw.Connection(file, flags=flags)
    try:
        for name, on in CONFIGURATION.items():
            connection.config(name, on)
        connection.execute("PRAGMA cipher = 'sqlcipher'")
        connection.execute("PRAGMA legacy = 4")
        # Not kept as a prepared statement, which would hold the key in its text as long as the file is open.
        connection.execute(f"PRAGMA key = \"x'{keys.page.hex()}{keys.salt.hex()}'\"", can_cache=False)
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
