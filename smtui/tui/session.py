"""The time between unlock and lock: the open vault, where in it one is, what can be undone, how long it was quiet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

from textual.message import Message

from smtui.system.ambient import read_monotonic_clock
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.jobs.background_vault import BackgroundVault
from smtui.tui.jobs.rotation_worker import RotationWorker
from smtui.tui.reader import Reader
from smtui.tui.undo.history import Call, LargeChange, UndoEntry, UndoList, find_no_conflict
from smtui.tui.vault.verifier import Verifier

if TYPE_CHECKING:
    from datetime import datetime

    from smtui.api.extensions import AccessClient, RotationClient
    from smtui.api.kms import KeyClient
    from smtui.api.types import Client
    from smtui.backends.local import Vault
    from smtui.tui.health.checks import Finding
    from smtui.tui.jobs.job import Job

IN_USE = 0.5
"""Seconds after a key for which the screens have the processor."""


class Session:
    """`idle_lock` in seconds; 0 means never. Time spent suspended counts as idle.

    Clients are those of the Region one looks at, which is the vault's home Region until another is chosen.
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
        self.rotation_worker = RotationWorker(self.background, is_idle=self.read_only)
        self.verifier = Verifier(self.background, lambda: self.is_in_use)
        self.job: Job[Any] | None = None
        self.password_options: Mapping[str, Any] = {}
        """With which a password was last made."""
        self.found: dict[str, list[Finding]] = {}
        """What was found when every secret of a Region was looked at, last time."""
        self.code_unseen = False
        """Whether the passphrase was changed, and its recovery code not shown yet."""
        self.idle_lock = idle_lock
        self._monotonic = monotonic
        self._touched = monotonic()

    # Who is asked.

    def client(self, region: str | None = None, *, record_reads: bool = True) -> Client:
        """Of the Region one looks at, unless another is named. For `record_reads` see `reader`."""
        return self.vault.client(region_name=region or self.region, record_reads=record_reads)

    def keys(self, region: str | None = None, *, record_reads: bool = True) -> KeyClient:
        return self.vault.keys(region_name=region or self.region, record_reads=record_reads)

    def access(self) -> AccessClient:
        return self.vault.access(region_name=self.region)

    def rotations(self) -> RotationClient:
        return self.vault.rotations(region_name=self.region)

    def everything(self, region: str, *, record_reads: bool = True) -> Client:
        """What can be asked of any of them in one client: no two have a method of one name."""
        vault = self.vault
        clients = [make(region_name=region, record_reads=record_reads)
                   for make in (vault.client, vault.keys, vault.rotations, vault.access)]
        return cast("Client", _Together(tuple(clients)))

    def reader(self, *to_record: str) -> Reader:
        """What a screen reads with to show the Region one looks at; `to_record` names methods, as Reader has them."""
        return Reader(self.everything(self.region), self.everything(self.region, record_reads=False), to_record)

    def now(self) -> datetime:
        return self.vault.now()

    # What goes on beside the screens.

    async def stop_background_work(self) -> None:
        """Stops it, and waits until it can no longer touch the vault."""
        await self.verifier.stop()
        if self.job is not None:
            await self.job.stop_and_wait()
        await self.rotation_worker.stop()
        await self.background.stop()

    # What can be undone.

    def record_undo(
        self, words: SafeText, *back: tuple[str, Mapping[str, Any]],
        conflict: Callable[[Client], str] = find_no_conflict, note: str = "", region: str | None = None,
    ) -> None:
        """Remembers what was done, and the calls that take it back: `("untag_resource", {"SecretId": …})`.

        The ways back that are known are in `ways_back`. Without calls, `note` says why there is no way back. It was
        done in the Region one looks at, unless another is named.
        """
        calls = tuple(Call(*call) for call in back)
        self.undo.add(UndoEntry(words, calls, region or self.region, self.now(), conflict, sanitize(note, lines=True)))

    def record_large_undo(self, words: SafeText, large: LargeChange, region: str) -> None:
        """Remembers a change of many secrets."""
        self.undo.add(UndoEntry(words, (), region, self.now(), large=large))

    # How long nobody was here.

    def touch(self) -> None:
        self._touched = self._monotonic()

    @property
    def is_in_use(self) -> bool:
        """Whether somebody pressed a key within the last moment, and so is about to press another."""
        return self._monotonic() - self._touched < IN_USE

    @property
    def is_overdue(self) -> bool:
        return self.idle_lock > 0 and self._monotonic() - self._touched >= self.idle_lock


class _Together:
    """Several clients as one."""

    def __init__(self, clients: tuple[object, ...]) -> None:
        self._clients = clients

    def __getattr__(self, name: str) -> Any:
        return getattr(next((each for each in self._clients if hasattr(each, name)), self._clients[0]), name)


class VaultOpened(Message):
    """A screen has opened a vault; the app begins a session with it and removes that screen."""

    def __init__(self, vault: Vault) -> None:
        super().__init__()
        self.vault = vault
