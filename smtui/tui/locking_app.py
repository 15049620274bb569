"""The part of the app that locks: it ends all sessions, and shows the screen that opens one again."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual import events
from textual.geometry import Size
from textual.screen import Screen

from smtui.backends.agent_client import lock_agent
from smtui.clipboard.clipboard import Clipboard
from smtui.system.paths import is_absent
from smtui.system.settings import Settings
from smtui.tui.bridge import (
    BACKGROUND,
    GESTURE,
    READING,
    Lane,
    get_lane,
    use_lane,
)
from smtui.tui.contexts.context_path import make_context_path
from smtui.tui.jobs import verifier
from smtui.tui.jobs.job import REFRESH_INTERVAL
from smtui.tui.lock_notices import LockNotices, describe_discarded
from smtui.tui.session import Session
from smtui.tui.settings_app import SettingsApp
from smtui.tui.too_small import TooSmallScreen, is_large_enough
from smtui.tui.unlock.account import LOCKED, AccountScreen
from smtui.tui.unlock.recovery_code import A_WHILE, UNSEEN
from smtui.tui.unlock.screen import UnlockScreen
from smtui.tui.vault.screen import VaultScreen
from smtui.tui.workarounds import forget_what_waits, forget_what_was_shown

if TYPE_CHECKING:

    from smtui.system.context_settings import ContextSettings
    from smtui.text.sanitize import SafeText
    from smtui.tui.unlock.parked_context import ParkedContext
    from smtui.tui.unlock.return_place import ReturnPlace

LEAVING_GROUP = "leaving"
"""The group of the workers that end a session. They are no gestures, because the lock cancels gestures."""
COLLECT_AGAIN = (0.5, 2, 6, 15)
"""Seconds after the lock until what its own key press still held is collected: the widgets that the key passed.

On a busy machine the loop may be late with what came before the lock, hence more than once.
"""


class LockingApp(SettingsApp):
    """Knows what is open, and locks it. See `SessionApp` for the arguments."""

    def __init__(
        self, path: Path, settings: Settings, pasteboard: Clipboard | None, *, read_only: bool, plain: bool,
    ) -> None:
        super().__init__(path, settings, pasteboard, read_only=read_only, plain=plain)
        self._return_place: ReturnPlace | None = None
        self._lock_notices = LockNotices()
        self._account: ContextSettings | None = None
        """The AWS account that is open or will be opened; None for a vault."""
        self._account_region: str | None = None
        """The Region to open; None for the default of the account."""
        self.parked: list[ParkedContext] = []
        """The contexts that are open and not shown, the one that was shown last first."""

    @property
    def context_path(self) -> Path:
        """See `Shell.context_path`."""
        return make_context_path(self.path, self._account)

    @property
    def sessions(self) -> list[Session]:
        """See `ContextsApp.sessions`."""
        return [*([self.session] if self.session is not None else []), *(each.session for each in self.parked)]

    def make_first_screen(self, notice: str = "") -> Screen[None]:
        """Returns the first screen: unlock, or create if there is no vault file; or that which opens an account."""
        if self._account is not None:
            return AccountScreen(self._account, self._account_region)
        if notice or not is_absent(self.path):
            return UnlockScreen(self.path, notice)
        from smtui.tui.unlock.create import CreateScreen

        return CreateScreen(self.path)

    async def lock(self, notice: str = "", *, leaving: bool = False) -> None:
        """Ends all sessions: stops their work, removes the screens, then the keys, then the clipboard's content.

        Args:
            notice: the reason, which the unlock screen shows.
            leaving: whether the process ends next, so that nothing need be cleared from caches.
        """
        sessions = list(self._take_sessions())
        if not sessions:
            await self.clear_clipboard()
            return
        for session in sessions:
            session.request_stop()
        discarded = describe_discarded(self.screen_stack)
        for group in (GESTURE, READING, BACKGROUND):
            self.workers.cancel_group(self, group)
        self.clear_notifications()
        await self.show_only(self._make_locked_screen(notice))
        self.inner_clipboard = ""
        for number, session in enumerate(sessions):
            await self._end_session(session, [] if number else discarded, leaving=leaving)
        await self.clear_clipboard()
        if not leaving:
            forget_what_was_shown(self)
            for seconds in COLLECT_AGAIN:
                self.set_timer(seconds, lambda: None if self.sessions else gc.collect())

    def _take_sessions(self) -> Iterator[Session]:
        """Removes all sessions, and yields each. Keeps the position in the one to return to.

        That is a vault, if one is open: its passphrase also keeps others from the accounts that sign in by themselves.
        """
        from smtui.tui.unlock.return_place import find_return_place

        session, self.session = self.session, None
        parked, self.parked = self.parked, []
        if session is not None:
            self._return_place = find_return_place(self, session)
            if self._account is not None:
                self._account_region = session.region
            yield session
        elif parked:
            get_lane().end()
        if vault := next((each for each in parked if each.account is None), None) if self._account else None:
            self.path, self._account, self._return_place = vault.path, None, vault.place and vault.place.forget_marks()
        yield from (each.session for each in parked)
        use_lane(Lane())

    def _make_locked_screen(self, notice: str) -> Screen[None]:
        if self._account is None:
            return self.make_first_screen(notice)
        return AccountScreen(self._account, self._account_region, notice or LOCKED)

    async def _end_session(self, session: Session, discarded: list[SafeText], *, leaving: bool) -> None:
        """Stops the work of a session that is not shown any more, and locks its vault."""
        self._lock_notices.keep_report(session.vault.path, [*discarded, *await session.stop_background_work()])
        if session.code_unseen:
            self.warn(UNSEEN, A_WHILE)
        await session.lane.run(session.vault.lock)
        if self.settings.lock_agent and not leaving:
            await session.lane.run(partial(lock_agent, session.vault.path))
        session.lane.end()

    def verify(self) -> None:
        """Starts to verify every row of the vault in the background."""
        self.run_worker(self._verify(), group=LEAVING_GROUP)

    async def _verify(self) -> None:
        """Verifies the vault in the background. If a row is not as it was last written, locks with the reason."""
        session = self.session
        if session is None or session.verifier.is_running or not session.vault.can.has_file:
            return
        verified = await session.verifier.verify()
        if session not in self.sessions:
            return
        if not verified:
            await self._wait_for_a_check(session)
            if session in self.sessions:
                await self.lock(verifier.MISMATCH)
        elif self.session is session and isinstance(self.screen, VaultScreen):
            self.screen.start_reading()

    async def _wait_for_a_check(self, session: Session) -> None:
        """Waits while a job runs or the report of a check is shown, so that the user can read the findings."""
        from smtui.tui.vault.report import Report

        while self.session is session and (session.job is not None or isinstance(self.screen, Report)):
            await asyncio.sleep(REFRESH_INTERVAL)

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
