"""The format of a vault: read first, refused if newer, brought up to date if older.

An older vault is copied beside itself before anything in it changes; then its migrations run in order, in one
transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from smtui.ambient import Ambient
from smtui.api.errors import VaultFormatError
from smtui.vault import backup, digest
from smtui.vault.database import Database
from smtui.vault.keystore import KeyStore
from smtui.vault.schema import MIGRATIONS
from smtui.vault.schema_check import APPLICATION_ID

Migrations = Sequence[Callable[[Database], None]]


def bring_up_to_date(database: Database, migrations: Migrations = MIGRATIONS) -> None:
    """Raises VaultFormatError for a newer format or a database that is none of ours."""
    application, present = _pragma(database, "application_id"), _pragma(database, "user_version")
    if application != APPLICATION_ID:
        raise VaultFormatError(f"{database.path} opens with this passphrase, but is not a vault of smtui.")
    if present > len(migrations):
        raise VaultFormatError(
            f"{database.path} was made by a newer smtui (format {present}); this one reads up to format "
            f"{len(migrations)}.", hint="Install a newer smtui. The vault was left as it is.",
        )
    if present < len(migrations):
        if database.read_only:
            raise VaultFormatError(f"{database.path} has an older format and must be opened once for writing.")
        backup.backup(database, database.path.with_name(f"{database.path.name}.format-{present}.backup"), force=True)
        with database.transaction():
            _migrate(database, migrations)


def make_new(database: Database, migrations: Migrations = MIGRATIONS) -> None:
    """Gives an empty file the tables of the newest format. The digest is started once its key is there."""
    database.run(f"PRAGMA application_id = {APPLICATION_ID}")
    _run(database, migrations)


def _migrate(database: Database, migrations: Migrations) -> None:
    """What the digest did not fit before, it does not fit afterwards: nothing is made good by a new format."""
    missing = digest.missing(database, _digest_key(database)) if digest.present(database) else 0
    _run(database, migrations)
    digest.start(database, _digest_key(database), missing=missing)


def _run(database: Database, migrations: Migrations) -> None:
    """From the format that is there now: another process may have been faster."""
    for migration in migrations[_pragma(database, "user_version") :]:
        migration(database)
    database.run(f"PRAGMA user_version = {len(migrations)}")


def _digest_key(database: Database) -> bytes:
    return KeyStore(database, database.keys.root, Ambient()).derived(digest.PURPOSE)


def format_of(database: Database) -> int:
    return _pragma(database, "user_version")


def _pragma(database: Database, name: str) -> int:
    found = database.row(f"PRAGMA {name}")
    return int(found[0]) if found else 0
