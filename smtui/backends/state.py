"""What an unlocked vault holds: the open file, its keys, the engine and the rollback note.

`Vault` and its parts (`maintenance`, `audit`, `scheduler`, `alerts`, `key_usage`) share one `VaultState`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from smtui.api.arn import format_principal_arn, is_account, is_region
from smtui.api.errors import VaultError, VaultLockedError
from smtui.backends.forked import lock_in_children, prevent_finalization
from smtui.engine.call import Caller
from smtui.engine.client import LocalClient
from smtui.engine.pipeline import Engine
from smtui.engine.purge import Purge
from smtui.system.ambient import Ambient
from smtui.system.settings import get_state_path
from smtui.vault import binding, digest
from smtui.vault.binding import SecretBinding
from smtui.vault.database import Database
from smtui.vault.digest import Digest
from smtui.vault.file_watch import FileWatch
from smtui.vault.kdf import FileKeys
from smtui.vault.keystore import KeyStore
from smtui.vault.lineage import Lineage
from smtui.vault.opening import open_file
from smtui.vault.permissions import Permissions
from smtui.vault.rollback_note import RollbackNote
from smtui.vault.sqlite_errors import detect_damage


class VaultState:
    """The open file and everything made from its keys. After `close()`, `database` and `engine` raise VaultLockedError.

    `path`, `url` and `is_read_only` describe the file; `account_id` (12 digits) and `region_name` come from its `meta`
    table.
    """

    def __init__(self, database: Database, keys: FileKeys, ambient: Ambient, purge: Purge) -> None:
        self.path = database.path
        self.url = self.path.absolute().as_uri()
        self.is_read_only = database.read_only
        self.ambient = ambient
        self.purge = purge
        self.file_keys = keys
        self.recovery_code_due = False
        self._database: Database | None = database
        lock_in_children(self)
        with detect_damage():
            self._load(database)

    def _load(self, database: Database) -> None:
        self.key_store = KeyStore(database, self.file_keys.root, self.ambient)
        meta = dict(database.fetch_rows("SELECT name, value FROM meta"))
        self.account_id: str = meta["account_id"]
        self.region_name: str = meta["region_name"]
        assert is_account(self.account_id), "create_vault writes 12 digits"
        assert is_region(self.region_name), "create_vault writes a Region"
        name = self.key_store.derive("smtui name")[:16].hex()
        self.permissions = Permissions(get_state_path(), name, self.key_store.derive("smtui command permissions"))
        self._engine = Engine(database, self.key_store, self.ambient, self.account_id, self.purge, self.permissions)
        self.note = RollbackNote(
            get_state_path(), name, key=self.key_store.derive("smtui note"),
            old_key=self.key_store.derive("smtui seen"), entropy=self.ambient.random_bytes,
        )
        self.favorites_note = RollbackNote(
            get_state_path() / "favorites", name, key=self.key_store.derive("smtui favorites"),
            old_key=self.key_store.derive("smtui favorites"), entropy=self.ambient.random_bytes,
        )
        self.lineage = Lineage(database, self.note)
        digest_key = self.key_store.derive(digest.PURPOSE)
        database.observe(Digest(digest_key, on_commit=self.lineage.record),
                         SecretBinding(self.key_store.derive(binding.PURPOSE)))
        database.watch(FileWatch(self.path, self.file_keys, digest_key, self.note,
                                 is_complete=self.lineage.gap is None))

    @property
    def is_locked(self) -> bool:
        return self._database is None

    @property
    def database(self) -> Database:
        """The open file. Raises VaultLockedError."""
        if self._database is None:
            raise VaultLockedError("The vault is locked.")
        return self._database

    @property
    def checked_database(self) -> Database:
        """The open file, for reads outside a transaction.

        Raises VaultLockedError, or VaultMissingError if another file or an older copy has replaced it.
        """
        database = self.database
        if not database.in_transaction:
            database.check_identity()
        return database

    @property
    def engine(self) -> Engine:
        """The engine over the open file. Raises VaultLockedError."""
        _ = self.database
        return self._engine

    def get_engine(self) -> Engine:
        """The same as `engine`, for clients: after a change of passphrase they use the new engine."""
        return self.engine

    def now_milliseconds(self) -> int:
        """The time by the vault's clock, in milliseconds since 1970 (UTC)."""
        return int(self.ambient.now().timestamp() * 1000)

    def owner(self, service: str | None = None) -> Caller:
        """The root user of the vault's account; with `service`, an AWS service that calls on its behalf."""
        return Caller(format_principal_arn(self.account_id), service=service)

    def call_as_owner(self, operation: str, params: dict[str, Any]) -> None:
        """Runs an operation in the home Region as the vault's owner. Raises ClientError or VaultError."""
        self.engine.call(operation, params, region=self.region_name, caller=self.owner())

    def make_client(
        self, kind: type[LocalClient], region_name: str | None, caller: Caller | str | None,
        on_success: Callable[[str, dict[str, Any], str], None], *, record_reads: bool = True,
    ) -> LocalClient:
        """A client of one Region, by default the home Region, for one caller, by default the owner.

        Raises VaultLockedError, and for text that is not a Region name InvalidRegionError, or ValidationException from
        a raw client.
        """
        _ = self.database
        region = self.region_name if region_name is None else region_name
        if not is_region(region):
            raise kind.make_region_error(region)
        if caller is None:
            caller = self.owner()
        elif isinstance(caller, str):
            caller = Caller(caller)
        return kind(self.get_engine, region, caller, self.ambient.create_uuid, on_success,
                    endpoint_url=self.url, record_reads=record_reads)

    def replace_keys(self, keys: FileKeys) -> None:
        """Opens the file again after it was replaced by one under `keys`.

        Raises VaultLockedError, with the vault locked, where the new file cannot be opened.
        """
        self._database = None
        self.key_store.wipe()
        self.file_keys.wipe()
        self.file_keys = keys
        try:
            self._database = open_file(self.path, keys)
            self._load(self._database)
        except VaultError as error:
            self.close()
            raise VaultLockedError("The passphrase was changed, but the vault could not be reopened and is locked.",
                                   hint=str(error)) from None

    def interrupt(self) -> None:
        """Cancels the statement that another thread runs, if the vault is open."""
        database = self._database
        if database is not None:
            database.interrupt()

    def close(self) -> None:
        """Wipes the keys and closes the file, unchanged if it is an older one that nobody accepted.

        A second call does nothing.
        """
        database, self._database = self._database, None
        if database is not None:
            database.close(keeps_log=self.lineage.gap is not None)
            self._wipe()

    def abandon(self) -> None:
        """Locks the vault in a forked child process: wipes its copy of the keys and leaves the file to the parent."""
        database, self._database = self._database, None
        if database is not None:
            prevent_finalization(database.connection)
            self._wipe()

    def _wipe(self) -> None:
        self.note.close()
        self.favorites_note.close()
        self.key_store.wipe()
        self.file_keys.wipe()
