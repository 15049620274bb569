"""The life of a session: from the unlock to the lock, and what goes on beside the screens meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from textual import events
from textual.geometry import Size
from textual.screen import Screen

from smtui.clipboard.clipboard import Clipboard
from smtui.system import recent_vaults
from smtui.system.settings import Settings
from smtui.text.sanitize import sanitize
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
from smtui.tui.jobs import rotation_worker
from smtui.tui.jobs.job import REFRESH_INTERVAL
from smtui.tui.pasted import with_line_feeds
from smtui.tui.session import Session, VaultOpened
from smtui.tui.settings_app import SettingsApp
from smtui.tui.too_small import TooSmallScreen, fits
from smtui.tui.unlock.recovery_code import A_WHILE, UNSEEN
from smtui.tui.unlock.screen import UnlockScreen
from smtui.tui.vault import verifier
from smtui.tui.vault.screen import VaultScreen
from smtui.tui.workarounds import forget_what_waits, forget_what_was_shown

if TYPE_CHECKING:
    from textual.notifications import SeverityLevel

    from smtui.backends.local import Vault
    from smtui.rotation.runner import RotationResult
    from smtui.tui.unlock.return_place import ReturnPlace

LEAVING_GROUP = "leaving"
"""Of what ends a session and is therefore no gesture: the lock ends gestures."""
MOST_TOLD = 5
SUSPENDED = 60
"""Seconds without a tick that mean that the machine slept."""


class SessionApp(SettingsApp):
    """Begins and ends sessions.

    Args:
        path: the vault file that is open, or to be opened.
        settings: what the user chose.
        pasteboard: the clipboard; the one of the system where none is given.
        read_only: whether sessions refuse to change anything.
        plain: whether to show nothing but ASCII of our own.
        hint: how the vault at `path` is opened, where that is no secret.
        monotonic: gives the seconds by which idle time is counted.
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

    def front_door(self) -> Screen[None]:
        """Where one begins: unlock, or, where there is no file, the first run."""
        if self.path.exists() or self.path.is_symlink():
            return UnlockScreen(self.path)
        from smtui.tui.unlock.create import CreateScreen

        return CreateScreen(self.path)

    @property
    def hint(self) -> str:
        """How the vault that this program began with is opened, where that is no secret."""
        return self._hint if self.path == self._hinted else ""

    async def on_vault_opened(self, message: VaultOpened) -> None:
        if self.settings.remember_vaults and not self.hint:
            await call(recent_vaults.remember_vault, message.vault.path)
        await self.enter(message.vault)

    async def enter(self, vault: Vault) -> None:
        """The session begins: from here on `vault` is open and its secrets are on the screen."""
        from smtui.tui.secret_list.screen import SecretsScreen
        from smtui.tui.unlock.return_place import return_to

        place, self._return_place = self._return_place, None
        self.session = Session(vault, self.settings.idle_lock, self._monotonic, read_only=self.read_only)
        if place is not None and place.path == vault.path:
            await return_to(self, self.session, place)
        else:
            await self.show_only(SecretsScreen(self.session))
        for notice in vault.notices:
            self.warn(notice)
        self.set_timer(verifier.DELAY, self.verify)

    async def lock(self, notice: str = "") -> None:
        """The session ends: screens that may hold values go first, then the keys, then what was copied."""
        from smtui.tui.unlock.return_place import find_return_place

        session, self.session = self.session, None
        if session is None:
            await self.clear_clipboard()
            return
        self._return_place = find_return_place(self, session)
        for group in (GESTURE, READING, BACKGROUND):
            self.workers.cancel_group(self, group)
        self.clear_notifications()
        await self.show_only(UnlockScreen(self.path, notice))
        self.inner_clipboard = ""
        await session.stop_background_work()
        if session.code_unseen:
            self.warn(UNSEEN, A_WHILE)
        await call(session.vault.lock)
        await self.clear_clipboard()
        end_vault_thread()
        forget_what_was_shown(self)

    def verify(self) -> None:
        self.run_worker(self._verify(), group=LEAVING_GROUP)

    async def _verify(self) -> None:
        """Beside everything else; a vault that is not as it was last written is locked, with the reason."""
        session = self.session
        if session is None or session.verifier.is_running:
            return
        verified = await session.verifier.verify()
        if self.session is not session:
            return
        if not verified:
            await self._wait_for_a_check(session)
            if self.session is session:
                await self.lock(verifier.MISMATCH)
        elif isinstance(self.screen, VaultScreen):
            self.screen.first_look()

    async def _wait_for_a_check(self, session: Session) -> None:
        """A person who is checking the vault already reads the findings first."""
        from smtui.tui.vault.report import Report

        while self.session is session and (session.job is not None or isinstance(self.screen, Report)):
            await asyncio.sleep(REFRESH_INTERVAL)

    @gesture
    async def choose_another(self) -> None:
        from smtui.tui.contexts.choose_vault import choose_vault

        path = await choose_vault(self)
        if path is not None:
            self.open_another(path)

    def open_another(self, path: Path) -> None:
        """Locks this vault, and goes to the front door of another."""
        self.run_worker(self._open_another(path), group=LEAVING_GROUP)

    async def _open_another(self, path: Path) -> None:
        self.path, locked = path, self.session is None
        await self.lock()
        if locked or not path.exists():
            await self.show_only(self.front_door())

    def show_only_soon(self, screen: Screen[None]) -> None:
        """For a screen that is itself removed by it."""
        self.run_worker(self.show_only(screen), group=LEAVING_GROUP)

    async def show_only(self, screen: Screen[None]) -> None:
        """`screen` and nothing beneath it: every other screen is removed, not hidden."""
        while len(self.screen_stack) > 1:
            await self.pop_screen()
        forget_what_waits(self.screen)
        await self.push_screen(screen)
        self._mind_the_size(self.size)

    def on_resize(self, event: events.Resize) -> None:
        self._mind_the_size(event.size)

    def _mind_the_size(self, size: Size) -> None:
        if not fits(size) and not isinstance(self.screen, TooSmallScreen):
            self.push_screen(TooSmallScreen())

    async def tick(self) -> None:
        """Once a second: the lock after idleness, rotations, deletions that came due, and the clipboard's countdown."""
        before, now = self._ticked, self._monotonic()
        self._ticked = now
        if self.session is not None and self.session.is_overdue:
            self.input.drop()
            await self.lock(self._why_overdue(now - before))
        self.rotate_queued()
        self.count_down()
        self.tell_deletions()

    def _why_overdue(self, pause: float) -> str:
        """`pause` is the number of seconds since the last tick, which comes every second while the machine is awake."""
        if pause >= SUSPENDED:
            return f"Locked: the machine was suspended for {_minutes(int(pause))}."
        return f"Locked: no key was pressed for {_minutes(self.settings.idle_lock)}."

    def tell_deletions(self) -> None:
        """What was deleted permanently because its time had come."""
        sentences = self.session.vault.maintenance.take_deletion_notices() if self.session is not None else []
        if sentences:
            more = len(sentences) - MOST_TOLD
            sentence = [*sentences[:MOST_TOLD], *([f"And {more:,} more; the audit log lists all."] if more > 0 else [])]
            self.notify(sanitize("\n".join(sentence), lines=True), severity="warning", markup=False, timeout=A_WHILE)

    @background
    async def rotate_due(self) -> None:
        """What is due is rotated beside everything else, and said when it is done."""
        if self.session is not None:
            self._report_rotations(await self.session.rotation_worker.rotate_due())

    def rotate_queued(self) -> None:
        """What was begun on a screen, or by an undo, is carried out: each by itself, all at once."""
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
        """Anything the user does counts as being there, unless the time was up before it came.

        Keys wait for their turn; see `InputQueue`.
        """
        if self.session is not None and isinstance(event, events.InputEvent | events.Paste):
            if self.session.is_overdue:
                await self.tick()
                return
            self.session.touch()
        if isinstance(event, events.Paste):
            event.text = with_line_feeds(event.text)
        if isinstance(event, INPUT) and not event.is_forwarded:
            self.input.put(event)
            return
        await super().on_event(event)


def _minutes(seconds: int) -> str:
    return f"{seconds // 60} minutes" if seconds >= 120 and seconds % 60 == 0 else f"{seconds} seconds"
