"""The local vault as a session: get clients, look after the file itself. How one begins stands in `opening`."""

from __future__ import annotations

import glob
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from smtui.ambient import Ambient
from smtui.api.errors import ClientError, VaultDamagedError, VaultError, VaultLockedError, VaultReadOnlyError
from smtui.backends.forked import keep_for_ever, lock_in_children
from smtui.config import state_path
from smtui.engine import history, taken
from smtui.engine.call import Caller
from smtui.engine.client import LocalAccessClient, LocalClient, LocalKeyClient, LocalRotationClient
from smtui.engine.functions import format_arn, waits_for_permission
from smtui.engine.purge import TOLERANCE, Purge
from smtui.engine.road import Engine
from smtui.vault import backup, digest, kdf, keys, migrate, recovery, reseal, rotations, secrets, trail, verification
from smtui.vault import path as vault_path
from smtui.vault.backup import Progress, untold
from smtui.vault.check import CheckReport, Finding, check
from smtui.vault.database import Database
from smtui.vault.digest import Digest
from smtui.vault.kdf import FileKeys
from smtui.vault.keystore import KeyStore, rewrap
from smtui.vault.lineage import Lineage
from smtui.vault.opening import open_file
from smtui.vault.permissions import Permissions
from smtui.vault.refusals import well_formed
from smtui.vault.rollback_note import RollbackNote
from smtui.vault.verification import LastCheck

if TYPE_CHECKING:
    from smtui.api.kms import KeyClient
    from smtui.api.own import AccessClient, RotationClient
    from smtui.api.types import Client
    from smtui.rotation.runner import Ended

__all__ = ["Caller", "CheckReport", "Finding", "Vault", "is_region"]

Passphrase = str | bytes | bytearray
READS_NOT_RECORDED = "This vault is open for reading only: what you read will not be recorded in its trail."
_REGION = re.compile(r"([a-z]+-)+\d+")


@dataclass(frozen=True, slots=True)
class WaitingRotation:
    """A secret, its Region, and the name of the function whose command was not allowed on this machine."""

    name: str
    region: str
    function: str


class Vault:
    """An unlocked vault. Leave it with `close()` (or `with`); after that every call raises VaultLockedError.

    `behind` is how many changes the file lacks of what this machine last saw of the vault, 0 in any usual one: more
    where a backup was restored, or where somebody put an older copy back, whatever was changed in it since. Whether
    that is meant, only a person can say, and says it by `accept_older()`.
    """

    def __init__(
        self, database: Database, keys: FileKeys, ambient: Ambient, notices: tuple[str, ...] = (),
        purge: Purge | None = None,
    ) -> None:
        self.path = database.path
        self.read_only = database.read_only
        self._database: Database | None = database
        lock_in_children(self)
        self._file_keys = keys
        self._ambient = ambient
        self._purge = purge or Purge(ambient)
        self._recovery_code_due = False
        self._takes_rotations: Callable[[str, str], None] | None = None
        with well_formed():
            self._load(database)
        self._notices = (*notices, *self._own_notices(database))

    def _load(self, database: Database) -> None:
        self._key_store = KeyStore(database, self._file_keys.root, self._ambient)
        meta = dict(database.rows("SELECT name, value FROM meta"))
        self.account_id: str = meta["account_id"]
        self.region_name: str = meta["region_name"]
        assert re.fullmatch(r"[0-9]{12}", self.account_id), "as create_vault wrote it"
        assert is_region(self.region_name), "as create_vault wrote it"
        name = self._key_store.derived("smtui name")[:16].hex()
        self._permissions = Permissions(state_path(), name, self._key_store.derived("smtui command permissions"))
        self._engine = Engine(database, self._key_store, self._ambient, self.account_id, self._purge,
                              self._permissions)
        self._note = RollbackNote(
            state_path(), name, key=self._key_store.derived("smtui note"),
            old_key=self._key_store.derived("smtui seen"), entropy=self._ambient.entropy,
        )
        self._lineage = Lineage(database, self._note)
        database.keep(Digest(self._key_store.derived(digest.PURPOSE), committed=self._lineage.record))

    def _own_notices(self, database: Database) -> Iterator[str]:
        if self.read_only:
            yield READS_NOT_RECORDED
        if self._lineage.notice:
            yield self._lineage.notice
        behind = trail.newest(database)[0] - self._ambient.now().timestamp() * 1000
        if behind > TOLERANCE:
            yield (f"The clock of this machine is {behind / 60_000:,.0f} minutes behind the latest time in the vault: "
                   "no planned deletion is carried out until it is right. If it is: smtui trail --accept-clock")

    @property
    def behind(self) -> int:
        """How many changes the file lacks of what this machine last saw of the vault."""
        return self._lineage.gap.missing if self._lineage.gap else 0

    @property
    def older(self) -> str:
        """What the file lacks of what this machine last saw, and since when, in sentences; empty where nothing."""
        return self._lineage.gap.sentence if self._lineage.gap else ""

    @property
    def lost(self) -> list[str]:
        """The changes it lacks as far as this machine knows them, newest first: time, operation, name of the secret."""
        return self._lineage.gap.lines if self._lineage.gap else []

    @property
    def notices(self) -> tuple[str, ...]:
        """Sentences a person should see once."""
        return (*self._notices, self.older) if self.behind else self._notices

    def __repr__(self) -> str:
        return f"<smtui vault {self.path}{' (locked)' if self.locked else ''}>"

    def _open_database(self) -> Database:
        if self._database is None:
            raise VaultLockedError("The vault is locked.")
        return self._database

    def _running_engine(self) -> Engine:
        self._open_database()
        return self._engine

    def client(
        self, *, region_name: str | None = None, caller: Caller | str | None = None, record_reads: bool = True
    ) -> Client:
        """A client of boto3's shape that sees one Region; by default the home Region, called by the vault's owner.

        `record_reads=False` is for a program that shows the vault and refreshes what it shows: reads of metadata then
        leave no audit event. Reading a value, and every change, is recorded whatever is said here.
        """
        return cast("Client", self._client(LocalClient, region_name, caller, record_reads=record_reads))

    def owner(self, service: str | None = None) -> Caller:
        """Who calls unless somebody else is named; or an AWS service that calls for them."""
        return Caller(f"arn:aws:iam::{self.account_id}:root", service=service)

    def keys(
        self, *, region_name: str | None = None, caller: Caller | str | None = None, record_reads: bool = True
    ) -> KeyClient:
        """A client of boto3's shape for the KMS keys of one Region."""
        return cast("KeyClient", self._client(LocalKeyClient, region_name, caller, record_reads=record_reads))

    def access(
        self, *, region_name: str | None = None, caller: Caller | str | None = None, record_reads: bool = True
    ) -> AccessClient:
        """A client for questions about who may do what, and why, in one Region."""
        return cast("AccessClient", self._client(LocalAccessClient, region_name, caller, record_reads=record_reads))

    def rotations(
        self, *, region_name: str | None = None, caller: Caller | str | None = None, record_reads: bool = True
    ) -> RotationClient:
        """A client for rotation functions and for carrying rotations out, in one Region."""
        found = self._client(LocalRotationClient, region_name, caller, record_reads=record_reads)
        return cast("RotationClient", found)

    def rotate_due(
        self, *, secret_id: str | None = None, region_name: str | None = None,
        wanted: Callable[[], bool] = lambda: True,
    ) -> list[Ended]:
        """Carries out the rotations that are due, or one that has begun; answers how each ended.

        A rotation that failed rests for a while before it is tried again, unless its secret is named here. Once it is
        not `wanted` any more, which is asked several times a second, the function at work is ended, and no other begun.

        A command that was not allowed on this machine is never run: `waiting_rotations` names what waits for that.
        """
        from smtui.rotation.runner import Ended, carry_out

        database = self._open_database()
        if secret_id is not None:
            client = self.client(region_name=region_name)
            found = client.describe_secret(SecretId=secret_id)["ARN"]
            work: list[tuple[str, str | None]] = [(client.meta.region_name, found)]
        else:
            work = [(region, None) for region in self._regions_with_work(database)]
        outcomes = [ended for region, arn in work for ended in carry_out(
            self.rotations(region_name=region), self.client(region_name=region), self._ambient.new_uuid(), arn=arn,
            wanted=wanted, permits=self._permissions.may_run,
        )]
        if secret_id is not None and not outcomes:
            return [Ended(each.name, "rotation", "", waits=True)
                    for each in self.waiting_rotations(secret_id=secret_id, region_name=region_name)]
        return outcomes

    def rotation_is_due(self) -> bool:
        """Whether `rotate_due` would find something to do."""
        return bool(self._regions_with_work(self._open_database()))

    def _regions_with_work(self, database: Database) -> list[str]:
        """Regions in which something is to be rotated now that need not wait for a permission."""
        return list(dict.fromkeys(
            region for region, arn in rotations.functions_with_work(database, self._milliseconds())
            if not self._waits(database, region, arn)
        ))

    def waiting_rotations(
        self, *, secret_id: str | None = None, region_name: str | None = None
    ) -> list[WaitingRotation]:
        """What should be rotated now, and waits because its command was not allowed on this machine.

        A secret that is named here is told whenever it would be rotated.
        """
        database, now = self._open_database(), self._milliseconds()
        if secret_id is not None:
            region = region_name or self.region_name
            secret = self.client(region_name=region).describe_secret(SecretId=secret_id)
            told = self.rotations(region_name=region).describe_rotation(SecretId=secret_id)
            function = secret.get("RotationLambdaARN", "").rpartition(":")[2]
            return [WaitingRotation(secret["Name"], region, function)] if "WaitsForPermission" in told else []
        return [
            WaitingRotation(name, region, arn.rpartition(":")[2])
            for region, arn in rotations.functions_with_work(database, now) if self._waits(database, region, arn)
            for name in rotations.names_with_work(database, now, region, arn)
        ]

    def waiting_functions(self, *, region_name: str | None = None) -> frozenset[str]:
        """The ARNs of the command functions of a Region that were not allowed on this machine."""
        database, region = self._open_database(), region_name or self.region_name
        arns = (format_arn(self.account_id, region, each.name) for each in rotations.functions(database, region))
        return frozenset(arn for arn in arns if self._waits(database, region, arn))

    def _waits(self, database: Database, region: str, arn: str) -> bool:
        return waits_for_permission(database, self._permissions, self.account_id, region, arn)

    def _milliseconds(self) -> int:
        return int(self._ambient.now().timestamp() * 1000)

    def opened_again(self, *, read_only: bool | None = None) -> Vault:
        """The same vault, opened once more, for another thread; or, where `read_only` differs, in another way."""
        self._open_database()
        keys = FileKeys.from_key(self._file_keys.unlock_key())
        reading = self.read_only if read_only is None else read_only
        try:
            return Vault(open_file(self.path, keys, read_only=reading), keys, self._ambient, purge=self._purge)
        except BaseException:
            keys.wipe()
            raise

    def _client(
        self, kind: type[LocalClient], region_name: str | None, caller: Caller | str | None, *,
        record_reads: bool = True,
    ) -> LocalClient:
        self._open_database()
        region = region_name or self.region_name
        if not _REGION.fullmatch(region):
            raise ValueError("A Region looks like us-east-1.")
        if caller is None:
            caller = self.owner()
        elif isinstance(caller, str):
            caller = Caller(caller)
        return kind(self._running_engine, region, caller, self._ambient.new_uuid, self._afterwards,
                    record_reads=record_reads)

    def _afterwards(self, operation: str, response: dict[str, Any], region: str) -> None:
        """RotateSecret is answered, and then carried out, unless it may still be taken back."""
        if operation == "RotateSecret" and not self._open_database().in_transaction:
            if self._takes_rotations is not None:
                self._takes_rotations(response["ARN"], region)
            else:
                self.rotate_due(secret_id=response["ARN"], region_name=region)

    def leave_rotations_to(self, taker: Callable[[str, str], None]) -> None:
        """From now on RotateSecret only begins, as on AWS; `taker` is given the secret's ARN and its Region.

        It is called in the thread of the caller, and has to see to it that `rotate_due` is called for the secret.
        """
        self._takes_rotations = taker

    def create_secrets(
        self, requests: Sequence[dict[str, Any]], *, region_name: str | None = None,
        caller: Caller | str | None = None,
    ) -> list[ClientError | None]:
        """CreateSecret for each of many requests, in a fraction of the time of so many calls.

        Answers with the refusal of each that was refused; within `all_or_nothing` it is the caller's to undo the rest.
        """
        return self._client(LocalClient, region_name, caller).for_many("CreateSecret", requests)

    def look_up_names(
        self, names: Sequence[str], *, region_name: str | None = None
    ) -> tuple[set[str], dict[str, str]]:
        """Which of many names are those of secrets with a value, and which cannot be given one, each with the reason.

        No value is read, so nothing is recorded. A name in neither answer is free, or that of a secret without a value.
        """
        return taken.look_up_names(self._open_database(), region_name or self.region_name, names)

    @contextmanager
    def all_or_nothing(self, *, large: bool = False) -> Iterator[None]:
        """Every call made inside commits together at the end, or, on an exception, not at all.

        A `large` one, of very many calls, has more memory to work with.
        """
        database = self._open_database()
        try:
            with database.large_cache() if large else nullcontext(), database.transaction():
                yield
        except BaseException:
            self._key_store.forget()
            raise

    def accept_older(self) -> None:
        """Takes the file as it is for the newest state: a backup that was restored on purpose."""
        self._open_database()
        self._lineage.accept()

    def forget_seen(self) -> None:
        """Lets this machine forget that it ever saw the vault, which will be no more."""
        self._note.forget()

    def close(self) -> None:
        """Drops the keys and closes the file. Safe to call twice."""
        database, self._database = self._database, None
        if database is not None:
            database.close()
            self._note.close()
            self._key_store.wipe()
            self._file_keys.wipe()

    lock = close

    def abandon(self) -> None:
        """Locks the vault in a process that inherited it: the keys are wiped, and the file is left to the parent."""
        database, self._database = self._database, None
        if database is not None:
            keep_for_ever(database.connection)
            self._note.close()
            self._key_store.wipe()
            self._file_keys.wipe()

    @property
    def locked(self) -> bool:
        return self._database is None

    def now(self) -> datetime:
        """The moment by this vault's clock, an aware UTC datetime."""
        return self._ambient.now()

    def change_count(self) -> int:
        """A number that differs after another process or another connection has changed what the vault holds.

        Reads do not change it, nor do calls that were refused: it is asked by screens that show the vault.
        """
        return self._open_database().change_count()

    def take_recovery_code(self) -> str:
        """The recovery code, once after the vault was created or its passphrase changed; a second call raises."""
        self._open_database()
        if not self._recovery_code_due:
            raise VaultError("The recovery code is shown once, when the passphrase is set.",
                             hint="Change the passphrase to get a new one: smtui passwd.")
        self._recovery_code_due = False
        return recovery.encode(self._file_keys.unlock_key())

    def older_copies(self) -> list[Path]:
        """Copies beside the vault that were made before its format was raised: their passphrase is that of then."""
        return sorted(self.path.parent.glob(f"{glob.escape(self.path.name)}.format-*.backup"))

    def change_passphrase(self, new: Passphrase, progress: Progress = untold) -> None:
        """Seals the file under a new passphrase, salt and keys; no other process may have it open (VaultBusyError)."""
        database = self._open_database()
        if self.read_only:
            raise VaultReadOnlyError("This vault was opened for reading only: its passphrase cannot be changed.")
        new_keys = FileKeys.from_passphrase(new, kdf.new_salt(self._ambient))
        old_root = self._file_keys.root
        digest_key = self._key_store.derived(digest.PURPOSE)

        def rewrapped(beside: Database) -> None:
            beside.keep(Digest(digest_key))
            with beside.transaction():
                rewrap(beside, old_root, new_keys.root, self._ambient)

        reseal.reseal(database, new_keys, rewrapped, progress)
        self._go_on_under(new_keys)
        self._recovery_code_due = True
        vault_path.confirm(self.path)

    def _go_on_under(self, keys: FileKeys) -> None:
        """The file at our path is another one now. Where that cannot be opened, the vault is locked."""
        self._database = None
        self._key_store.wipe()
        self._file_keys.wipe()
        self._file_keys = keys
        try:
            self._database = open_file(self.path, keys)
            self._load(self._database)
        except VaultError as error:
            self.close()
            raise VaultLockedError("The passphrase is changed, and the vault is locked: it could not be opened again.",
                                   hint=str(error)) from None

    def unlock_key(self) -> bytes:
        """48 bytes that open this file without the passphrase, for the OS keyring."""
        self._open_database()
        return self._file_keys.unlock_key()

    def regions(self) -> dict[str, int]:
        """How many secrets there are in each Region that has any, those with a planned deletion included."""
        return secrets.by_region(self._open_database())

    @property
    def format(self) -> int:
        """The number of the file's format."""
        return migrate.format_of(self._open_database())

    def check(self, progress: Progress | None = None) -> CheckReport:
        """Verifies pages, rows, references, envelopes and the trail. `progress(what, done, of)` hears of it."""
        database = self._open_database()
        with database.snapshot():
            report = check(database, self._key_store, self.account_id, progress or untold)
        self._note_check(clean=report.clean)
        return report

    def verify_rows(self, progress: Callable[[int], None] = lambda rows: None) -> bool:
        """Whether all rows are those that were last written together, by the keyed digest over them.

        Reads every row, of one moment; writers do not wait for it. `progress` is called with the number of rows read
        after every `digest.SLICE` of them; what it raises ends the verification. Raises VaultDamagedError for an
        altered page.
        """
        database = self._open_database()
        clean = False
        try:
            with database.snapshot():
                clean = not digest.missing(database, self._key_store.derived(digest.PURPOSE), progress) \
                    and digest.numbers_fit(database)
        except VaultDamagedError:
            self._note_check(clean=False)
            raise
        self._note_check(clean=clean)
        return clean

    @property
    def last_check(self) -> LastCheck | None:
        """When this machine last verified the vault as a whole, and whether all was well; None where it never did."""
        return verification.last_check(self._note)

    def take_check_reminder(self) -> str:
        """A sentence where the last check is long ago or found something, at most once a day; else empty."""
        return verification.take_reminder(self._note, self._ambient.now())

    def _note_check(self, *, clean: bool) -> None:
        verification.note_check(self._note, self._ambient.now(), clean=clean)

    def sealed_under(self, key_id: str, *, region_name: str | None = None) -> tuple[int, int]:
        """How many versions a KMS key seals, and of how many secrets: what would be lost with it.

        `key_id` is the bare id of a key, as `keys().describe_key` answers it; an unknown one seals nothing.
        """
        database = self._open_database()
        key = keys.by_id(database, region_name or self.region_name, key_id)
        return keys.sealed_under(database, key) if key else (0, 0)

    def seals(self, *, region_name: str | None = None) -> dict[str, tuple[int, int]]:
        """How many versions each KMS key of a Region seals, and of how many secrets, by key id; none that seals none.

        It looks at every version there is, which takes its time in a large vault.
        """
        return keys.seals(self._open_database(), region_name or self.region_name)

    def names_under(self, key_id: str, *, most: int = 100, region_name: str | None = None) -> list[str]:
        """The names of secrets that a KMS key seals a version of, in order."""
        database = self._open_database()
        key = keys.by_id(database, region_name or self.region_name, key_id)
        return keys.names_under(database, key, most) if key else []

    def backup(self, target: Path | str, *, force: bool = False, progress: Progress = untold) -> None:
        """A whole, consistent copy in a new file, also while another process writes.

        Raises VaultExistsError where a file is there and `force` is not given.
        """
        backup.backup(self._open_database(), Path(target), force=force, progress=progress)

    def interrupt(self) -> None:
        """Ends what another thread is doing with this vault: it raises there, and nothing stays half done."""
        if self._database is not None:
            self._database.interrupt()

    def trail(
        self, *, secret_id: str | None = None, operation: str | None = None, caller: str | None = None,
        outcome: str | None = None, since: datetime | None = None, until: datetime | None = None,
        limit: int | None = None, region_name: str | None = None, above: int = 0, up_to: int | None = None,
    ) -> Iterator[dict[str, Any]]:
        """The audit events, newest first, each with CloudTrail's field names.

        `caller` is an ARN, or its end like `user/alice`; `outcome` is `done`, `refused`, or the code of an error. A
        secret's name is one of `region_name`, by default of the home Region. Only events recorded after the one that
        `newest_event` numbered `above` are looked at, and none recorded after the one it numbered `up_to`.
        """
        return history.events(
            self._open_database(), region_name or self.region_name, secret_id=secret_id, operation=operation,
            caller=caller, outcome=outcome, since=since, until=until, limit=limit,
            above=above, up_to=up_to,
        )

    def newest_event(self) -> int:
        """The number of the event that was recorded last, whatever it is about; each later one has a greater number."""
        return trail.newest_row(self._open_database())

    @property
    def trail_days(self) -> int | None:
        """For how many days events are kept; None is for ever."""
        return trail.kept_days(self._open_database())

    def keep_trail(self, days: int | None) -> None:
        """Keeps events for so many days from now on, None for ever. This is itself in the trail."""
        self._as_owner("SetTrailRetention", {"Days": days or 0})

    def take_deletions(self) -> list[str]:
        """What was deleted permanently since this was asked last, in sentences: secrets, keys, events of the audit log.

        Only what an earlier session has seen overdue, at least 24 hours before, is deleted.
        """
        return self._purge.take_told()

    def accept_clock(self) -> None:
        """Takes the clock for right where it was doubted: what is overdue goes as usual. This is in the trail."""
        self._as_owner("AcceptClock", {})
        self._purge.believe()

    def _as_owner(self, operation: str, params: dict[str, Any]) -> None:
        self._running_engine().call(operation, params, region=self.region_name, caller=self.owner())

    def __enter__(self) -> Vault:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def is_region(text: str) -> bool:
    """Whether it could be the name of a Region."""
    return _REGION.fullmatch(text) is not None
