"""The part of the app that starts and ends sessions, and runs their background work."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from textual import events
from textual.geometry import Size
from textual.screen import Screen

from smtui.backends.agent_client import lock_agent
from smtui.clipboard.clipboard import Clipboard
from smtui.system import recent_vaults
from smtui.system.paths import is_absent
from smtui.system.settings import Settings
from smtui.text.dates import format_duration
from smtui.text.sanitize import sanitize
from smtui.text.typed_text import normalize_line_breaks
from smtui.tui.bridge import (
    BACKGROUND,
    GESTURE,
    READING,
    background,
    call,
    end_vault_thread,
    gesture,
)
from smtui.tui.input_queue import INPUT
from smtui.tui.jobs import rotation_worker, verifier
from smtui.tui.jobs.job import REFRESH_INTERVAL
from smtui.tui.lock_notices import LockNotices, describe_discarded
from smtui.tui.session import Session, VaultOpened
from smtui.tui.settings_app import SettingsApp
from smtui.tui.too_small import TooSmallScreen, is_large_enough
from smtui.tui.unlock.account import AccountScreen, make_locked_screen
from smtui.tui.unlock.recovery_code import A_WHILE, UNSEEN
from smtui.tui.unlock.screen import UnlockScreen
from smtui.tui.vault.screen import VaultScreen
from smtui.tui.workarounds import forget_what_waits, forget_what_was_shown

if TYPE_CHECKING:
    from textual.notifications import SeverityLevel

    from smtui.backends.local import Vault
    from smtui.rotation.runner import RotationResult
    from smtui.system.context_settings import ContextSettings
    from smtui.tui.unlock.return_place import ReturnPlace

LEAVING_GROUP = "leaving"
"""The group of the workers that end a session. They are no gestures, because the lock cancels gestures."""
COLLECT_AGAIN = (0.5, 2, 6, 15)
"""Seconds after the lock until what its own key press still held is collected: the widgets that the key passed.

On a busy machine the loop may be late with what came before the lock, hence more than once.
"""
DISCARDED = "The lock discarded what was typed and not stored in: {title}"
MOST_TOLD = 5
SUSPENDED = 60
"""Seconds between two ticks that mean that the machine was suspended."""


class SessionApp(SettingsApp):
    """Starts and ends sessions.

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
        self._return_place: ReturnPlace | None = None
        self._lock_notices = LockNotices()
        self._account: ContextSettings | None = None
        """The AWS account that is open or will be opened; None for a vault."""
        self._account_region: str | None = None
        """The Region to open; None for the default of the account."""

    def make_first_screen(self) -> Screen[None]:
        """Returns the first screen: unlock, or create if there is no vault file; or that which opens an account."""
        if self._account is not None:
            return AccountScreen(self._account, self._account_region)
        if not is_absent(self.path):
            return UnlockScreen(self.path)
        from smtui.tui.unlock.create import CreateScreen

        return CreateScreen(self.path)

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
        self.session = Session(vault, self.settings.idle_lock, self._monotonic, read_only=self.read_only)
        if place is not None and place.path == vault.path:
            await return_to(self, self.session, place)
        else:
            await self.show_only(SecretsScreen(self.session))
        for notice in (*vault.notices, *self._lock_notices.take_report(vault.path)):
            self.warn(notice)
        self.set_timer(verifier.DELAY, self.verify)

    async def lock(self, notice: str = "", *, leaving: bool = False) -> None:
        """Ends the session: stops its work, removes the screens, then the keys, then the clipboard's content.

        Args:
            notice: the reason, which the unlock screen shows.
            leaving: whether the process ends next, so that nothing need be cleared from caches.
        """
        from smtui.tui.unlock.return_place import find_return_place

        session, self.session = self.session, None
        if session is None:
            await self.clear_clipboard()
            return
        session.request_stop()
        discarded = describe_discarded(self.screen_stack)
        self._return_place = find_return_place(self, session)
        for group in (GESTURE, READING, BACKGROUND):
            self.workers.cancel_group(self, group)
        self.clear_notifications()
        await self.show_only(UnlockScreen(self.path, notice) if self._account is None else
                             make_locked_screen(self._account, self._account_region, session, notice))
        self.inner_clipboard = ""
        self._lock_notices.keep_report(session.vault.path, [*discarded, *await session.stop_background_work()])
        if session.code_unseen:
            self.warn(UNSEEN, A_WHILE)
        await call(session.vault.lock)
        if self.settings.lock_agent and not leaving:
            await call(lock_agent, session.vault.path)
        await self.clear_clipboard()
        end_vault_thread()
        if not leaving:
            forget_what_was_shown(self)
            for seconds in COLLECT_AGAIN:
                self.set_timer(seconds, lambda: gc.collect() if self.session is None else None)

    def verify(self) -> None:
        """Starts to verify every row of the vault in the background."""
        self.run_worker(self._verify(), group=LEAVING_GROUP)

    async def _verify(self) -> None:
        """Verifies the vault in the background. If a row is not as it was last written, locks with the reason."""
        session = self.session
        if session is None or session.verifier.is_running or not session.vault.can.has_file:
            return
        verified = await session.verifier.verify()
        if self.session is not session:
            return
        if not verified:
            await self._wait_for_a_check(session)
            if self.session is session:
                await self.lock(verifier.MISMATCH)
        elif isinstance(self.screen, VaultScreen):
            self.screen.start_reading()

    async def _wait_for_a_check(self, session: Session) -> None:
        """Waits while a job runs or the report of a check is shown, so that the user can read the findings."""
        from smtui.tui.vault.report import Report

        while self.session is session and (session.job is not None or isinstance(self.screen, Report)):
            await asyncio.sleep(REFRESH_INTERVAL)

    @gesture
    async def choose_another(self) -> None:
        """Asks for another vault and opens it."""
        from smtui.tui.contexts.choose_vault import choose_vault

        path = await choose_vault(self)
        if path is not None:
            self.open_another(path)

    def open_another(self, path: Path) -> None:
        """Locks this vault and shows the unlock or create screen of another."""
        self.run_worker(self._open_another(path), group=LEAVING_GROUP)

    async def _open_another(self, path: Path) -> None:
        self._account = None
        self.path, locked = path, self.session is None
        await self.lock()
        if locked or is_absent(path):
            await self.show_only(self.make_first_screen())

    def open_account(self, context: ContextSettings, region: str | None = None) -> None:
        """Locks what is open and opens an AWS account."""
        self._account, self._account_region = context, region
        run = self.show_only(self.make_first_screen()) if self.session is None else self.lock()
        self.run_worker(run, group=LEAVING_GROUP)

    def show_only_soon(self, screen: Screen[None]) -> None:
        """Runs `show_only` in a worker, for a screen that this removes."""
        self.run_worker(self.show_only(screen), group=LEAVING_GROUP)

    async def show_only(self, screen: Screen[None]) -> None:
        """Removes all screens and shows `screen`."""
        while len(self.screen_stack) > 1:
            await self.pop_screen()
        forget_what_waits(self.screen)
        await self.push_screen(screen)
        self._check_size(self.size)

    def on_resize(self, event: events.Resize) -> None:
        self._check_size(event.size)

    def _check_size(self, size: Size) -> None:
        if not is_large_enough(size) and not isinstance(self.screen, TooSmallScreen):
            self.push_screen(TooSmallScreen())

    async def tick(self) -> None:
        """Locks an idle session, starts queued rotations, updates countdown and notices. Called every second."""
        before, now = self._ticked, self._monotonic()
        self._ticked = now
        if self.session is not None and self.session.is_overdue:
            self.input.drop()
            await self.lock(self._explain_idle_lock(now - before))
        self._lock_notices.show_countdown(self)
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
        if self.session is not None:
            self._report_rotations(await self.session.rotation_worker.rotate_due())

    def rotate_queued(self) -> None:
        """Starts the rotations that a screen or an undo has queued. They run concurrently."""
        while self.session is not None and (asked := self.session.rotation_worker.take_next()):
            self._rotate_one(*asked)

    @background
    async def _rotate_one(self, arn: str, region: str) -> None:
        if self.session is not None:
            self._report_rotations(await self.session.rotation_worker.rotate_one(arn, region))

    def _report_rotations(self, rotations: list[RotationResult]) -> None:
        for ended in rotations:
            severity: SeverityLevel = "warning" if ended.problem or ended.waits else "information"
            self.notify(rotation_worker.format_result(ended), severity=severity, markup=False)

    async def on_event(self, event: events.Event) -> None:
        """Restarts the idle time on input, unless the lock is already due, and puts input into the `InputQueue`."""
        if self.session is not None and isinstance(event, events.InputEvent | events.Paste):
            if self.session.is_overdue:
                await self.tick()
                return
            self.session.touch()
            self.locks_in = 0
        if isinstance(event, events.Paste):
            event.text = normalize_line_breaks(event.text)
        if isinstance(event, INPUT) and not event.is_forwarded:
            self.input.put(event)
            return
        await super().on_event(event)
