"""A vault under a new passphrase: written beside, synced, put in its place.

Whenever it is interrupted, exactly one passphrase opens the file. It needs the vault for itself: another process that
waits meanwhile finds that the file it has open lost its path, and writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from smtui.api.errors import VaultBusyError
from smtui.vault import backup
from smtui.vault import path as vault_path
from smtui.vault.backup import Progress, untold
from smtui.vault.database import Database, translated
from smtui.vault.kdf import FileKeys


def reseal(
    database: Database, keys: FileKeys, rewrap: Callable[[Database], None], progress: Progress = untold
) -> None:
    """Replaces the file by one under `keys`, after `rewrap` changed the copy; closes `database` when it succeeded.

    Raises VaultBusyError while another process has the vault open; the vault then stays as it was, and open.
    """
    _take_for_ourselves(database)
    try:
        beside = database.path.with_name(database.path.name + ".resealing")
        backup.write_beside(database, beside, keys, rewrap, progress)
        beside.replace(database.path)
        vault_path.sync_folder(database.path)
    except BaseException:
        _share_again(database)
        raise
    database.connection.close()


def _take_for_ourselves(database: Database) -> None:
    """Leaving the log behind is only possible for a sole user; the lock of the step after it is then kept."""
    try:
        with translated():
            database.connection.pragma("locking_mode", "EXCLUSIVE")
            database.connection.pragma("journal_mode", "DELETE")
            database.connection.execute("BEGIN EXCLUSIVE; COMMIT")
    except VaultBusyError:
        _share_again(database)
        raise VaultBusyError("Another process has the vault open, so its passphrase cannot be changed now.",
                             hint="Close the other smtui and try again.") from None


def _share_again(database: Database) -> None:
    with translated():
        database.connection.pragma("locking_mode", "NORMAL")
        database.connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
        database.connection.pragma("journal_mode", "WAL")
