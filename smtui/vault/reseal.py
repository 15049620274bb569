"""A vault under a new passphrase: a new file in the place of the old one.

Whenever it is interrupted, exactly one passphrase opens the file. It needs the vault for itself: another process that
waits meanwhile finds that the file it has open lost its path, and writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable

import apsw

from smtui.api.errors import VaultBusyError
from smtui.vault import backup
from smtui.vault.backup import Progress, untold
from smtui.vault.database import Database
from smtui.vault.kdf import FileKeys
from smtui.vault.placing import place, remove
from smtui.vault.refusals import translated

SUFFIX = ".resealing"


def reseal(
    database: Database, keys: FileKeys, rewrap: Callable[[Database], None], progress: Progress = untold
) -> None:
    """Replaces the file by one under `keys`, after `rewrap` changed the copy; closes `database` when it succeeded.

    Raises VaultBusyError while another process has the vault open; the vault then stays as it was, and open.
    """
    def fill(copy: Database) -> None:
        database.must_be_ours()
        backup.copy_pages(database, copy, progress)
        rewrap(copy)

    _take_for_ourselves(database)
    try:
        place(database.path, SUFFIX, keys, fill, over=True, placed=database.drop)
    except BaseException:
        _share_again(database)
        raise


def clear_up(database: Database) -> None:
    """Takes away what an interrupted change left beside a vault that is open, and so is not being changed now."""
    if not database.read_only and database.row("PRAGMA journal_mode") == ("wal",):
        remove(database.path.with_name(database.path.name + SUFFIX))
        database.path.with_name(database.path.name + "-journal").unlink(missing_ok=True)


def _take_for_ourselves(database: Database) -> None:
    """Leaving the log behind is only possible for a sole user; the lock of the step after it is then kept.

    Pages that were read before may have been changed by others until then. SQLite looks for that in the log alone,
    which is gone, so they are forgotten.
    """
    try:
        with translated():
            database.connection.pragma("locking_mode", "EXCLUSIVE")
            database.connection.execute("PRAGMA journal_mode = DELETE").fetchall()
            database.connection.execute("BEGIN EXCLUSIVE; COMMIT")
            database.connection.file_control("main", apsw.SQLITE_FCNTL_RESET_CACHE, 0)
    except VaultBusyError:
        _share_again(database)
        raise VaultBusyError("Another process has the vault open, so its passphrase cannot be changed now.",
                             hint="Close the other smtui and try again.") from None


def _share_again(database: Database) -> None:
    with translated():
        database.connection.pragma("locking_mode", "NORMAL")
        database.connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
        database.connection.pragma("journal_mode", "WAL")
