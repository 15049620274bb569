"""The session between unlock and lock: the open vault, the current Region, the undo history and the idle time."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from textual.message import Message

from smtui.system.ambient import read_monotonic_clock
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.bridge import call
from smtui.tui.jobs.agent_access import AgentAccess
from smtui.tui.jobs.background_vault import BackgroundVault
from smtui.tui.jobs.rotation_worker import RotationWorker, format_result
from smtui.tui.jobs.verifier import Verifier
from smtui.tui.reader import make_reader
from smtui.tui.undo_history import LargeChange, UndoEntry, UndoList, find_no_conflict

if TYPE_CHECKING:
    from datetime import datetime

    from smtui.api.extension_types import AccessClient, RotationClient
    from smtui.api.kms_types import KeyClient
    from smtui.api.types import Client, GetRandomPasswordRequest
    from smtui.api.vault_client import VaultClient
    from smtui.backends.local import Vault
    from smtui.health.finding import CheckedValues
    from smtui.tui.client_call import ClientCall
    from smtui.tui.jobs.job import Job
    from smtui.tui.outline import Outline
    from smtui.tui.reader import Reader

MAX_COMMANDS = 100
"""The number of lines that the history of the command line keeps."""
MAX_OUTLINES = 1_000
"""The number of versions whose keys are kept."""
MAX_RECENT = 20
"""The number of secrets that are kept as recent."""
ENDPOINT_ENDED = SafeText("The endpoint ended when the screens locked.")
IN_USE = 0.5
"""Seconds after a key press during which background work yields to the screens."""


@dataclass(frozen=True, slots=True)
class RecentSecret:
    """A secret that was opened in this session."""

    arn: str
    name: SafeText
    region: str


class Session:
    """The state of an unlocked vault. It begins while the lane of the vault is in use, see `bridge.use_lane`.

    Args:
        vault: the open vault.
        idle_lock: seconds without input until the lock; 0 means never. Time in which the machine sleeps counts too.
        monotonic: returns the seconds by which idle time is measured.
        read_only: whether to refuse changes even if the vault allows them.
    """

    def __init__(
        self, vault: Vault, idle_lock: float = 0, monotonic: Callable[[], float] = read_monotonic_clock, *,
        read_only: bool = False,
    ) -> None:
        self.vault = vault
        self.region = vault.region_name
        self.read_only = read_only or vault.read_only
        self.undo = UndoList()
        self.background = BackgroundVault(vault)
        self.lane = self.background.lane
        """The threads of its calls."""
        self.rotation_worker = RotationWorker(self.background, is_idle=self.read_only)
        self.verifier = Verifier(self.background, lambda: self.is_in_use)
        self.agent = AgentAccess(vault)
        """The agent of this vault, of this or another process. Its methods run in the vault's thread."""
        self.job: Job[Any] | None = None
        self.password_options: GetRandomPasswordRequest = {}
        """The options of the last generated password."""
        self.checked_values: dict[str, CheckedValues] = {}
        """The findings of the last health check of values, for each Region."""
        self.commands: list[str] = []
        """The lines that ran on the command line, oldest first. They can hold names, so they end with the session."""
        self.recent_secrets: list[RecentSecret] = []
        """The secrets that were opened or copied, newest first. Names are secret too, so they end with the session."""
        self._outlines: dict[tuple[str, str], Outline] = {}
        self.favorites: frozenset[str] = frozenset()
        """The ARNs of the favorite secrets, as they were read last."""
        self.code_unseen = False
        """Whether the passphrase was changed, and its recovery code has not been shown yet."""
        self.idle_lock = idle_lock
        self._monotonic = monotonic
        self._touched = monotonic()

    def set_read_only(self, read_only: bool) -> None:
        """Refuses changes, or allows them if the vault does. Due rotations wait while the session is read-only."""
        self.read_only = read_only or self.vault.read_only
        self.rotation_worker.is_idle = self.read_only

    def remember_command(self, line: str) -> None:
        """Adds a line to the history of the command line, unless it is the last one already."""
        if self.commands[-1:] != [line]:
            self.commands.append(line)
            del self.commands[:-MAX_COMMANDS]

    def remember_secret(self, arn: str, name: str) -> None:
        """Makes a secret of the current Region the newest of the recent ones."""
        opened = RecentSecret(arn, sanitize(name), self.region)
        others = [each for each in self.recent_secrets if each.arn != arn]
        self.recent_secrets = [opened, *others][:MAX_RECENT]

    def remember_outline(self, secret_id: str, version: str, outline: Outline) -> None:
        """Keeps the names of the keys of a version that was read. They are secret too, so they end with the session."""
        self._outlines.pop((secret_id, version), None)
        self._outlines[secret_id, version] = outline
        if len(self._outlines) > MAX_OUTLINES:
            del self._outlines[next(iter(self._outlines))]

    def find_outline(self, secret_id: str, version: str) -> Outline | None:
        """Returns the outline of a version that this session has read before; None if it has not."""
        return self._outlines.get((secret_id, version))

    async def read_favorites(self) -> list[str]:
        """Reads the ARNs of the favorite secrets, in the order in which they were added."""
        arns = await call(self.vault.favorites.list_arns)
        self.favorites = frozenset(arns)
        return arns

    async def toggle_favorite(self, arn: str) -> bool:
        """Adds a secret to the favorites, or removes it; returns whether it is one now.

        Raises:
            VaultError: the file of the favorites cannot be written, or there are too many.
        """
        is_favorite = await call(self.vault.favorites.toggle, arn)
        await self.read_favorites()
        return is_favorite

    # Clients.

    def client(self, region: str | None = None, *, record_reads: bool = True) -> Client:
        """Returns a client for `region`, or for the current Region. See `reader` for `record_reads`."""
        return self.vault.client(region_name=region or self.region, record_reads=record_reads)

    def keys(self, region: str | None = None, *, record_reads: bool = True) -> KeyClient:
        """Returns a KMS client for `region`, or for the current Region."""
        return self.vault.keys(region_name=region or self.region, record_reads=record_reads)

    def access(self) -> AccessClient:
        """Returns the client that evaluates policies in the current Region."""
        return self.vault.access(region_name=self.region)

    def rotations(self) -> RotationClient:
        """Returns the client for rotations and rotation functions in the current Region."""
        return self.vault.rotations(region_name=self.region)

    def combine_clients(self, region: str, *, record_reads: bool = True) -> VaultClient:
        """Returns all clients of a Region combined into one. Methods of Secrets Manager take precedence."""
        vault = self.vault
        clients = [make(region_name=region, record_reads=record_reads)
                   for make in (vault.client, vault.keys, vault.rotations, vault.access)]
        return cast("VaultClient", _Together(tuple(clients)))

    def make_reader(self, *to_record: str) -> Reader:
        """Returns the reader with which a screen shows the current Region. For `to_record` see `make_reader`."""
        recorded, unrecorded = (self.combine_clients(self.region, record_reads=each) for each in (True, False))
        return make_reader(recorded, unrecorded, to_record)

    def now(self) -> datetime:
        """Returns the current time by the vault's clock."""
        return self.vault.now()

    # Background work.

    def request_stop(self) -> None:
        """Tells the background work to stop, and does not wait. Callable from any thread."""
        self.verifier.request_stop()
        self.rotation_worker.request_stop()
        if (job := self.job) is not None:
            job.stop()

    async def stop_background_work(self) -> list[SafeText]:
        """Stops the background work, and waits until it can no longer access the vault.

        Returns:
            A sentence for each job, endpoint and rotation that ended with it.
        """
        self.request_stop()
        job, sentences = self.job, list[SafeText]()
        await self.verifier.stop()
        if job is not None:
            await job.stop_and_wait()
            sentences.append(job.describe_end())
        sentences += map(format_result, await self.rotation_worker.stop())
        if self.agent.is_in_use and await self.lane.run(self.agent.close):
            sentences.append(ENDPOINT_ENDED)
        await self.background.stop()
        return sentences

    # Undo.

    def record_undo(
        self, words: SafeText, *back: ClientCall, conflict: Callable[[VaultClient], str] = find_no_conflict,
        note: str = "", region: str | None = None,
    ) -> None:
        """Adds a change to the undo history.

        Args:
            words: describes the change.
            back: the calls that undo it, with clients of that Region.
            conflict: returns why the change cannot be undone now; empty if it can.
            note: a remark for the preview; without calls, why the change cannot be undone.
            region: the Region of the change; None means the current one.
        """
        self.undo.add(UndoEntry(words, back, region or self.region, self.now(), conflict, sanitize(note, lines=True)))

    def record_large_undo(self, words: SafeText, large: LargeChange, region: str) -> None:
        """Adds a change of many secrets to the undo history."""
        self.undo.add(UndoEntry(words, (), region, self.now(), large=large))

    # Idle time.

    def touch(self) -> None:
        """Restarts the idle time."""
        self._touched = self._monotonic()

    @property
    def rest(self) -> float:
        """The seconds since the last input."""
        return self._monotonic() - self._touched

    @property
    def is_in_use(self) -> bool:
        """Whether the user gave input within the last `IN_USE` seconds, so that more is likely to follow."""
        return self.rest < IN_USE

    @property
    def seconds_to_lock(self) -> float:
        """The seconds until the idle lock; infinite if there is none."""
        return self.idle_lock - self.rest if self.idle_lock > 0 else math.inf

    @property
    def is_overdue(self) -> bool:
        """Whether the idle time has reached `idle_lock`."""
        return self.seconds_to_lock <= 0


class _Together:
    """Combines several clients into one."""

    def __init__(self, clients: tuple[object, ...]) -> None:
        self._clients = clients

    def __getattr__(self, name: str) -> Any:
        return getattr(next((each for each in self._clients if hasattr(each, name)), self._clients[0]), name)


class VaultOpened(Message):
    """A screen has opened a vault. The app starts a session with it and removes the screen."""

    def __init__(self, vault: Vault) -> None:
        super().__init__()
        self.vault = vault
