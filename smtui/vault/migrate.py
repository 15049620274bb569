"""Reads the format of a vault, refuses a newer one and migrates an older one.

An automatic backup precedes a migration. All migrations run in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from smtui.api.errors import VaultFormatError
from smtui.system.ambient import Ambient
from smtui.vault import backup, binding, digest
from smtui.vault.binding import SecretBinding
from smtui.vault.database import Database
from smtui.vault.keystore import KeyStore
from smtui.vault.schema import MIGRATIONS
from smtui.vault.schema_check import APPLICATION_ID

Migrations = Sequence[Callable[[Database], None]]
_FORMAT_OF_POLICIES, FORMAT_OF_SHARED_POLICIES = 2, 4
"""The formats since which secrets have policies, and since which replicas have those of their primaries."""


REPLICAS_NAMED = 5
"""How many secrets a notice names."""


def bring_up_to_date(database: Database, migrations: Migrations = MIGRATIONS) -> list[str]:
    """Migrates an older vault. Returns sentences about what a person must know of the migration.

    Raises VaultFormatError for a newer format or another program's database.
    """
    application, present = _read_pragma(database, "application_id"), _read_pragma(database, "user_version")
    if application != APPLICATION_ID:
        raise VaultFormatError(f"{database.path} opens with this passphrase, but is not a vault of smtui.")
    if present > len(migrations):
        raise VaultFormatError(
            f"{database.path} was created by a newer smtui (format {present}); this one reads up to format "
            f"{len(migrations)}.", hint="Install a newer smtui. The vault was not changed.",
        )
    notices: list[str] = []
    if present < len(migrations):
        if database.read_only:
            raise VaultFormatError(f"{database.path} has an older format and must be opened once for writing.")
        kept = database.path.with_name(f"{database.path.name}.format-{present}.backup")
        backup.backup(database, kept, force=True)
        with database.transaction():
            if _FORMAT_OF_POLICIES <= _read_pragma(database, "user_version") < FORMAT_OF_SHARED_POLICIES:
                notices = _describe_dropped_policies(database, kept.name)
            _migrate(database, migrations)
    return notices


def create_tables(database: Database, migrations: Migrations = MIGRATIONS) -> None:
    """Creates the tables of the newest format in an empty file. The digest starts later, once its key exists."""
    database.run(f"PRAGMA application_id = {APPLICATION_ID}")
    _run(database, migrations)


def _migrate(database: Database, migrations: Migrations) -> None:
    """Runs the migrations and preserves a difference of the digest: a new format must not hide an alteration."""
    is_old = _read_pragma(database, "user_version") < FORMAT_OF_SHARED_POLICIES
    missing, missing_numbers = 0, 0
    if digest.has_digest(database):
        missing = digest.find_difference(database, _derive(database, digest.PURPOSE), before_format_4=is_old)
        missing_numbers = digest.find_number_difference(database, before_format_4=is_old) or 0
    elif _has_lost_events(database):
        missing = 1
    _run(database, migrations)
    bindings = SecretBinding(_derive(database, binding.PURPOSE))
    if is_old:
        bindings.start(database)
    database.observe(digest.start(database, _derive(database, digest.PURPOSE), missing=missing,
                                  missing_numbers=missing_numbers), bindings)


def _has_lost_events(database: Database) -> bool:
    """Whether the last events of an audit log of format 1 or 2, which has no digest, were cut off."""
    return database.fetch_row("SELECT 1 FROM sqlite_sequence WHERE name = 'trail'"
                              " AND seq <> (SELECT max(id) FROM trail)") is not None


def _describe_dropped_policies(database: Database, kept: str) -> list[str]:
    """A sentence if replicas have other policies than their primaries, which format 4 does not keep.

    `kept` is the name of the backup.
    """
    found = database.fetch_rows(
        "SELECT s.name, s.region FROM policies p JOIN secrets s ON s.id = p.secret"
        " LEFT JOIN secrets o ON o.region = s.primary_region AND o.name = s.name"
        " LEFT JOIN policies of ON of.secret = o.id"
        " WHERE s.primary_region IS NOT NULL AND of.policy IS NOT p.policy ORDER BY s.name, s.region")
    if not found:
        return []
    named = ", ".join(f"{name} in {region}" for name, region in found[:REPLICAS_NAMED])
    more = f" and {len(found) - REPLICAS_NAMED:,} more" if len(found) > REPLICAS_NAMED else ""
    return [f"Replicas now share the policy of their primary secret. The policies of these replicas were removed from "
            f"the vault and saved in {kept}: {named}{more}."]


def _run(database: Database, migrations: Migrations) -> None:
    """Runs the migrations from the present format, which another process may have changed meanwhile."""
    for migration in migrations[_read_pragma(database, "user_version") :]:
        migration(database)
    database.run(f"PRAGMA user_version = {len(migrations)}")


def _derive(database: Database, purpose: str) -> bytes:
    return KeyStore(database, database.keys.root, Ambient()).derive(purpose)


def read_format(database: Database) -> int:
    """The format number of the file."""
    return _read_pragma(database, "user_version")


def _read_pragma(database: Database, name: str) -> int:
    found = database.fetch_row(f"PRAGMA {name}")
    return int(found[0]) if found else 0
