"""Changes the passphrase of a vault: a new file replaces the old one.

After an interruption exactly one passphrase opens the file. The change needs exclusive access to the vault: a
process that waits meanwhile finds that its open file has lost the path, and writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable

import apsw

from smtui.api.errors import VaultBusyError
from smtui.vault import backup
from smtui.vault.backup import Progress, ignore_progress
from smtui.vault.database import Database
from smtui.vault.install_file import install_file, remove_files
from smtui.vault.kdf import FileKeys
from smtui.vault.sqlite_errors import map_errors

SUFFIX = ".resealing"


def reseal(
    database: Database, keys: FileKeys, rewrap: Callable[[Database], None], progress: Progress = ignore_progress
) -> None:
    """Replaces the file by one under `keys`, after `rewrap` changed the copy, and closes `database`.

    Raises VaultBusyError while another process has the vault open; the vault then stays open and unchanged.
    """
    def fill(copy: Database) -> None:
        database.check_identity()
        backup.copy_pages(database, copy, progress)
        rewrap(copy)

    _lock_exclusively(database)
    try:
        install_file(database.path, SUFFIX, keys, fill, replace=True, on_installed=database.drop)
    except BaseException:
        _unlock(database)
        raise


def remove_leftovers(database: Database) -> None:
    """Removes what an interrupted change left beside an open vault. The open file proves that no change is running."""
    if not database.read_only and database.fetch_row("PRAGMA journal_mode") == ("wal",):
        remove_files(database.path.with_name(database.path.name + SUFFIX))
        database.path.with_name(database.path.name + "-journal").unlink(missing_ok=True)


def _lock_exclusively(database: Database) -> None:
    """Takes SQLite's exclusive lock. Only a sole user can leave WAL mode, and the lock is kept afterwards.

    Others may have changed pages that were read before. SQLite would notice by the log, which no longer exists, so the
    page cache is dropped.
    """
    try:
        with map_errors():
            database.connection.pragma("locking_mode", "EXCLUSIVE")
            database.connection.execute("PRAGMA journal_mode = DELETE").fetchall()
            database.connection.execute("BEGIN EXCLUSIVE; COMMIT")
            database.connection.file_control("main", apsw.SQLITE_FCNTL_RESET_CACHE, 0)
    except VaultBusyError:
        _unlock(database)
        raise VaultBusyError("Another process has the vault open, so its passphrase cannot be changed now.",
                             hint="Close the other smtui and try again.") from None


def _unlock(database: Database) -> None:
    with map_errors():
        database.connection.pragma("locking_mode", "NORMAL")
        database.connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
        database.connection.pragma("journal_mode", "WAL")
