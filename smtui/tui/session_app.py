"""The part of the app that starts and ends sessions, and runs their background work."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from textual import events

from smtui.clipboard.clipboard import Clipboard
from smtui.system import recent_vaults
from smtui.system.settings import Settings
from smtui.text.dates import format_duration
from smtui.text.sanitize import sanitize
from smtui.text.typed_text import normalize_line_breaks
from smtui.tui.bridge import (
    THREADS_OF_ACCOUNT,
    Lane,
    background,
    call,
    get_lane,
    use_lane,
)
from smtui.tui.contexts.index_keeper import VaultIndexKeeper, find_writable_vault, forget_unkept_indexes
from smtui.tui.garbage_collection import COLLECTION
from smtui.tui.input_queue import INPUT
from smtui.tui.jobs import rotation_worker, verifier
from smtui.tui.locking_app import LockingApp
from smtui.tui.session import Session, VaultOpened
from smtui.tui.unlock.recovery_code import A_WHILE

if TYPE_CHECKING:
    from textual.notifications import SeverityLevel

    from smtui.backends.local import Vault
    from smtui.rotation.runner import RotationResult
    from smtui.tui.contexts.account_vault import AccountVault

MOST_TOLD = 5
SUSPENDED = 60
"""Seconds between two ticks that mean that the machine was suspended."""


class SessionApp(LockingApp):
    """Starts sessions, and does what is due while they are open.

    Args:
        path: the vault file that is open or will be opened.
        settings: the user's settings.
        pasteboard: the clipboard; None means the clipboard of the system.
        read_only: whether sessions refuse to change anything.
        plain: whether to draw with ASCII characters only.
        hint: how to open the vault at `path`, if that is no secret (the demo).
        monotonic: returns the seconds by which idle time is measured.
    """

    def __init__(
        self, path: Path, settings: Settings, pasteboard: Clipboard | None, *,
        read_only: bool, plain: bool, hint: str, monotonic: Callable[[], float],
    ) -> None:
        super().__init__(path, settings, pasteboard, read_only=read_only, plain=plain)
        self._hinted, self._hint = path, hint
        self._monotonic = monotonic
        self._ticked = monotonic()

    @property
    def hint(self) -> str:
        """How to open the vault with which the program started, if that is no secret; otherwise empty."""
        return self._hint if self.path == self._hinted else ""

    async def on_vault_opened(self, message: VaultOpened) -> None:
        """Remembers the path of the vault, if the settings allow it, and starts the session."""
        if self.settings.remember_vaults and not self.hint and message.vault.can.has_file:
            await call(recent_vaults.remember_vault, message.vault.path)
        await self.enter(message.vault)

    async def enter(self, vault: Vault) -> None:
        """Starts a session with `vault` and shows its secrets, at the position of the last lock if there is one."""
        from smtui.tui.secret_list.screen import SecretsScreen
        from smtui.tui.unlock.return_place import return_to

        place, self._return_place = self._return_place, None
        if vault.can.allows_parallel_calls:
            get_lane().end()
            use_lane(Lane(THREADS_OF_ACCOUNT))
        if vault.can.has_costs:
            account = cast("AccountVault", vault)
            account.keep_index(VaultIndexKeeper(account.title, lambda: self.sessions))
        self.session = Session(vault, self.settings.idle_lock, self._monotonic, read_only=self.read_only)
        if place is not None and place.path == vault.path:
            await return_to(self, self.session, place)
        else:
            await self.show_only(SecretsScreen(self.session))
        for notice in (*vault.notices, *self._lock_notices.take_report(vault.path)):
            self.warn(notice)
        self.set_timer(verifier.DELAY, self.verify)
        self._forget_unkept_indexes()

    @background
    async def _forget_unkept_indexes(self) -> None:
        """Deletes the lists of accounts that the settings no longer say to keep, from the vault that keeps them."""
        keeping = find_writable_vault(self.sessions)
        if keeping is not None:
            await keeping.lane.run(partial(forget_unkept_indexes, keeping.vault))

    async def tick(self) -> None:
        """Locks an idle session, starts queued rotations, updates countdown and notices. Called every second."""
        before, now = self._ticked, self._monotonic()
        self._ticked = now
        if any(session.is_overdue for session in self.sessions):
            self.input.drop()
            await self.lock(self._explain_idle_lock(now - before))
        self._lock_notices.show_countdown(self)
        COLLECTION.collect(self.session.rest if self.session else math.inf)
        self.rotate_queued()
        self.count_down()
        self.show_deletion_notices()

    def _explain_idle_lock(self, pause: float) -> str:
        """Returns the reason of an idle lock. `pause` is the number of seconds since the last tick."""
        if pause >= SUSPENDED:
            return f"Locked: the machine was suspended for {format_duration(pause)}."
        return f"Locked: no key was pressed for {format_duration(self.settings.idle_lock)}."

    def show_deletion_notices(self) -> None:
        """Notifies the user of secrets that were deleted permanently because their recovery window ended."""
        sentences = self.session.vault.maintenance.take_deletion_notices() if self.session is not None else []
        if sentences:
            more = len(sentences) - MOST_TOLD
            sentence = [*sentences[:MOST_TOLD], *([f"and {more:,} more; see the audit log."] if more > 0 else [])]
            self.notify(sanitize("\n".join(sentence), lines=True), severity="warning", markup=False, timeout=A_WHILE)

    @background
    async def rotate_due(self) -> None:
        """Rotates, in the background, the secrets whose rotation is due, and reports the results."""
        for session in self.sessions:
            self._report_rotations(await session.rotation_worker.rotate_due())

    def rotate_queued(self) -> None:
        """Starts the rotations that a screen or an undo has queued. They run concurrently."""
        for session in self.sessions:
            while asked := session.rotation_worker.take_next():
                self._rotate_one(session, *asked)

    @background
    async def _rotate_one(self, session: Session, arn: str, region: str) -> None:
        self._report_rotations(await session.rotation_worker.rotate_one(arn, region))

    def _report_rotations(self, rotations: list[RotationResult]) -> None:
        for ended in rotations:
            severity: SeverityLevel = "warning" if ended.problem or ended.waits else "information"
            self.notify(rotation_worker.format_result(ended), severity=severity, markup=False)

    async def on_event(self, event: events.Event) -> None:
        """Restarts the idle time on input, unless the lock is already due, and puts input into the `InputQueue`."""
        if self.sessions and isinstance(event, events.InputEvent | events.Paste):
            if any(session.is_overdue for session in self.sessions):
                await self.tick()
                return
            for session in self.sessions:
                session.touch()
            self.locks_in = 0
        if isinstance(event, events.Paste):
            event.text = normalize_line_breaks(event.text)
        if isinstance(event, INPUT) and not event.is_forwarded:
            self.input.put(event)
            return
        await super().on_event(event)
