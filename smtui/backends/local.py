"""The local vault as a context: clients, transactions, the audit log; `opening` creates and opens one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

from smtui.api.context import Capabilities
from smtui.api.errors import ClientError
from smtui.backends import former_names
from smtui.backends.maintenance import Maintenance, Passphrase
from smtui.backends.shared_commits import SharedCommits
from smtui.backends.state import VaultState
from smtui.backends.vault_parts import VaultParts
from smtui.engine.call import Caller
from smtui.engine.client import LocalAccessClient, LocalClient, LocalKeyClient, LocalRotationClient, RawClient
from smtui.engine.purge import CLOCK_TOLERANCE, Purge
from smtui.system.ambient import Ambient
from smtui.text.dates import format_duration
from smtui.vault import audit_log as vault_audit_log
from smtui.vault import secrets
from smtui.vault.database import Database
from smtui.vault.kdf import FileKeys
from smtui.vault.opening import open_file

if TYPE_CHECKING:
    from smtui.api.extension_types import AccessClient, RotationClient
    from smtui.api.kms_types import KeyClient
    from smtui.api.types import Client
    from smtui.vault.check import CheckFinding, CheckReport

__all__ = ["Caller", "CheckFinding", "CheckReport", "Passphrase", "Vault"]

CAPABILITIES = Capabilities()
"""A local vault can do everything."""


def __getattr__(name: str) -> Any:
    """What a check reports, by name: its module is imported when it is needed. Raises AttributeError."""
    if name not in ("CheckFinding", "CheckReport"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from smtui.vault import check

    return getattr(check, name)


READS_NOT_RECORDED = "This vault is open read-only: what you read will not be recorded in the audit log."


class Vault(VaultParts, SharedCommits):
    """An unlocked vault. Close it with `close()` or `with`; after that every call raises VaultLockedError.

    `client()` gives boto3's shape, `transaction()` makes several calls one. `maintenance` checks, backs up and
    changes the passphrase, `audit` holds the settings of the audit log, `scheduler` runs due rotations, `alerts` finds
    secrets that call for attention, `favorites` keeps favorite secrets, `callers` who may sign
    requests to the endpoint, `key_usage` counts what a KMS key encrypts, `kept_indexes` are lists of accounts.
    """

    colour = ""
    """An account may have one, to be told from others."""
    denials: Mapping[tuple[str, str, str], str] = MappingProxyType({})
    """None: the engine decides by the policy, which screens can read."""

    def __init__(
        self, database: Database, keys: FileKeys, ambient: Ambient, notices: tuple[str, ...] = (),
        purge: Purge | None = None,
    ) -> None:
        self._state = VaultState(database, keys, ambient, purge or Purge(ambient))
        self.path = self._state.path
        self.title = str(self.path)
        self.can = CAPABILITIES
        self.read_only = self._state.is_read_only
        self.account_id = self._state.account_id
        self.region_name = self._state.region_name
        self.maintenance = Maintenance(self._state)
        self._notices = (*notices, *self._make_opening_notices(database))

    def __repr__(self) -> str:
        return f"<smtui vault {self.path}{' (locked)' if self.locked else ''}>"

    def __enter__(self) -> Vault:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Wipes the keys and closes the file. A second call does nothing."""
        self._state.close()

    lock = close

    @property
    def locked(self) -> bool:
        return self._state.is_locked

    def reopen(self, *, read_only: bool | None = None, pause: Callable[[], None] | None = None) -> Vault:
        """Opens the same vault a second time, for another thread. `read_only` defaults to that of this vault.

        `pause` is called often while SQLite works, in the thread that uses the new vault; it can sleep, so that other
        threads run. Raises VaultError.
        """
        _ = self._state.checked_database
        keys = self._state.file_keys.copy()
        reading = self.read_only if read_only is None else read_only
        try:
            database = open_file(self.path, keys, read_only=reading)
            if pause is not None:
                database.pause_often(pause)
            return Vault(database, keys, self._state.ambient, purge=self._state.purge)
        except BaseException:
            keys.wipe()
            raise

    def unlock_key(self) -> bytes:
        """48 bytes that open this file without the passphrase, for the operating system's keyring."""
        _ = self._state.database
        return self._state.file_keys.unlock_key()

    @property
    def notices(self) -> tuple[str, ...]:
        """Sentences for a person to see once."""
        warning = self.maintenance.rollback_warning
        return (*self._notices, warning) if warning else self._notices

    def _make_opening_notices(self, database: Database) -> Iterator[str]:
        if self.read_only:
            yield READS_NOT_RECORDED
        if self._state.lineage.notice:
            yield self._state.lineage.notice
        behind = vault_audit_log.read_newest(database)[0] - self._state.now_milliseconds()
        if behind > CLOCK_TOLERANCE:
            yield (f"The clock of this machine is {format_duration(behind / 1000)} behind the latest time in the "
                   "vault: nothing scheduled for deletion is deleted until the clock is right. If it is right: "
                   "smtui audit --accept-clock")

    if not TYPE_CHECKING:  # Type checkers know the present names only.

        def __getattr__(self, name: str) -> Any:
            return former_names.find_attribute(self, name)

    # Clients

    def client(
        self, *, region_name: str | None = None, caller: Caller | str | None = None, record_reads: bool = True,
        raw: bool = False,
    ) -> Client:
        """A client with boto3's shape for one Region, by default the home Region and the vault's owner.

        Args:
            region_name: a Region, such as `us-east-1`.
            caller: a `Caller` or an IAM ARN.
            record_reads: False is for screens that refresh what they show: reads of metadata then leave no audit event.
                Changes and reads of a value are always recorded.
            raw: True is for servers that pass on requests in AWS JSON. No idempotency token is added, members that are
                null or unknown are ignored, blobs may be base64 text, and every refusal, of the Region too, is a
                ClientError in the words of the service: a fault of form a ValidationException, a value of a wrong JSON
                type a SerializationException.

        Raises:
            InvalidRegionError: `region_name` does not have the form of a Region.
            VaultLockedError: the vault is locked.
        """
        kind = RawClient if raw else LocalClient
        return cast("Client", self._make_client(kind, region_name, caller, record_reads=record_reads))

    def keys(
        self, *, region_name: str | None = None, caller: Caller | str | None = None, record_reads: bool = True
    ) -> KeyClient:
        """A client with boto3's shape for the KMS keys of one Region."""
        return cast("KeyClient", self._make_client(LocalKeyClient, region_name, caller, record_reads=record_reads))

    def access(
        self, *, region_name: str | None = None, caller: Caller | str | None = None, record_reads: bool = True
    ) -> AccessClient:
        """A client for one Region that answers who may do what, and why."""
        client = self._make_client(LocalAccessClient, region_name, caller, record_reads=record_reads)
        return cast("AccessClient", client)

    def rotations(
        self, *, region_name: str | None = None, caller: Caller | str | None = None, record_reads: bool = True
    ) -> RotationClient:
        """A client for the rotation functions and the running rotations of one Region."""
        made = self._make_client(LocalRotationClient, region_name, caller, record_reads=record_reads)
        return cast("RotationClient", made)

    def _make_client(
        self, kind: type[LocalClient], region_name: str | None, caller: Caller | str | None, *,
        record_reads: bool = True,
    ) -> LocalClient:
        return self._state.make_client(kind, region_name, caller, self._on_success, record_reads=record_reads)

    def owner(self, service: str | None = None) -> Caller:
        """The default caller: the root user of the account; with `service`, an AWS service on its behalf."""
        return self._state.owner(service)

    # Many calls at once

    def create_secrets(
        self, requests: Sequence[dict[str, Any]], *, region_name: str | None = None,
        caller: Caller | str | None = None,
    ) -> list[ClientError | None]:
        """Runs CreateSecret for each request, in a fraction of the time of single calls.

        Answers, in the order of the requests, with None or the error of one that was refused. Inside `transaction()`
        the caller decides whether to undo the others.
        """
        return self._make_client(LocalClient, region_name, caller).call_many("CreateSecret", requests)

    def look_up_names(
        self, names: Sequence[str], *, region_name: str | None = None
    ) -> tuple[set[str], dict[str, str]]:
        """Sorts names: those of secrets with a value, and those that cannot get a value, each with the reason.

        A name in neither answer is free or belongs to a secret without a value. No value is read, nothing is recorded.
        """
        from smtui.engine import taken_names

        return taken_names.look_up_names(self._state.checked_database, region_name or self.region_name, names)

    # The state of the vault

    def now(self) -> datetime:
        """The time by this vault's clock, an aware datetime in UTC."""
        return self._state.ambient.now()

    def change_count(self, *, includes_own: bool = False) -> int:
        """A number that differs after another process or connection has changed the content of the vault.

        The permissions of command functions on this machine count as content. Reads and refused calls do not change
        the number, so screens use it to decide whether to refresh. With `includes_own`, changes through this vault
        change the number too.
        """
        count = self._state.database.change_count(includes_own=includes_own)
        return hash((count, self._state.permissions.read_state()))

    def regions(self) -> dict[str, int]:
        """The number of secrets in each Region that has any, including those scheduled for deletion."""
        return secrets.count_by_region(self._state.checked_database)

    def count_secrets(self, *, region_name: str | None = None, include_scheduled: bool = False) -> int:
        """The number of secrets in a Region, with or without those that are scheduled for deletion."""
        region = region_name or self.region_name
        return secrets.count_listed(self._state.checked_database, region, include_scheduled=include_scheduled)

    def interrupt(self) -> None:
        """Cancels what another thread is doing with this vault: it raises VaultError there, and nothing changes."""
        self._state.interrupt()

    def audit_log(
        self, *, secret_id: str | None = None, operation: str | None = None, caller: str | None = None,
        outcome: str | None = None, since: datetime | None = None, until: datetime | None = None,
        limit: int | None = None, region_name: str | None = None, changes_only: bool = False, above: int = 0,
        up_to: int | None = None,
    ) -> Iterator[dict[str, Any]]:
        """The events of the audit log, newest first, each with CloudTrail's field names.

        `secret_id` is a name or ARN; a name belongs to `region_name`, by default the home Region. `caller` is an ARN
        or its end, such as `user/alice`. `outcome` is `done`, `refused` or an error code. `since` (inclusive) and
        `until` (exclusive) are aware datetimes. `changes_only` leaves out events that only read, and the
        steps of rotations. `above` (exclusive) and `up_to` (inclusive) are event numbers, see
        `audit.find_newest_number`.
        """
        from smtui.engine import audit_lookup

        return audit_lookup.list_events(
            self._state.checked_database, region_name or self.region_name, secret_id=secret_id, operation=operation,
            caller=caller, outcome=outcome, since=since, until=until, limit=limit,
            changes_only=changes_only, above=above, up_to=up_to,
        )

    trail = audit_log  # the former name of the audit log, kept as an alias
