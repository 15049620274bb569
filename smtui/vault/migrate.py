"""Reads the format of a vault, refuses a newer one and migrates an older one.

An automatic backup precedes a migration. All migrations run in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from smtui.api.errors import VaultFormatError
from smtui.system.ambient import Ambient
from smtui.vault import backup, digest
from smtui.vault.database import Database
from smtui.vault.keystore import KeyStore
from smtui.vault.schema import MIGRATIONS
from smtui.vault.schema_check import APPLICATION_ID

Migrations = Sequence[Callable[[Database], None]]


def bring_up_to_date(database: Database, migrations: Migrations = MIGRATIONS) -> None:
    """Migrates an older vault. Raises VaultFormatError for a newer format or another program's database."""
    application, present = _read_pragma(database, "application_id"), _read_pragma(database, "user_version")
    if application != APPLICATION_ID:
        raise VaultFormatError(f"{database.path} opens with this passphrase, but is not a vault of smtui.")
    if present > len(migrations):
        raise VaultFormatError(
            f"{database.path} was created by a newer smtui (format {present}); this one reads up to format "
            f"{len(migrations)}.", hint="Install a newer smtui. The vault was not changed.",
        )
    if present < len(migrations):
        if database.read_only:
            raise VaultFormatError(f"{database.path} has an older format and must be opened once for writing.")
        backup.backup(database, database.path.with_name(f"{database.path.name}.format-{present}.backup"), force=True)
        with database.transaction():
            _migrate(database, migrations)


def create_tables(database: Database, migrations: Migrations = MIGRATIONS) -> None:
    """Creates the tables of the newest format in an empty file. The digest starts later, once its key exists."""
    database.run(f"PRAGMA application_id = {APPLICATION_ID}")
    _run(database, migrations)


def _migrate(database: Database, migrations: Migrations) -> None:
    """Runs the migrations and preserves a difference of the digest: a new format must not hide an alteration."""
    missing = digest.find_difference(database, _digest_key(database)) if digest.has_digest(database) else 0
    _run(database, migrations)
    database.observe(digest.start(database, _digest_key(database), missing=missing))


def _run(database: Database, migrations: Migrations) -> None:
    """Runs the migrations from the present format, which another process may have changed meanwhile."""
    for migration in migrations[_read_pragma(database, "user_version") :]:
        migration(database)
    database.run(f"PRAGMA user_version = {len(migrations)}")


def _digest_key(database: Database) -> bytes:
    return KeyStore(database, database.keys.root, Ambient()).derive(digest.PURPOSE)


def read_format(database: Database) -> int:
    """The format number of the file."""
    return _read_pragma(database, "user_version")


def _read_pragma(database: Database, name: str) -> int:
    found = database.fetch_row(f"PRAGMA {name}")
    return int(found[0]) if found else 0
