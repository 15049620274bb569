"""The program on the screen: which screen is shown, the session, the lock, the way out."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import SystemCommand
from textual.binding import Binding
from textual.dom import DOMNode
from textual.filter import LineFilter
from textual.geometry import Size
from textual.screen import Screen

from smtui.clipboard.clipboard import Clipboard
from smtui.system import recent_vaults
from smtui.system.ambient import read_monotonic_clock
from smtui.system.settings import Settings
from smtui.system.terminal_end import HUNG_UP, TERMINAL
from smtui.text.sanitize import sanitize
from smtui.tui import keys, screens, themes
from smtui.tui.base_screen import READ_ONLY
from smtui.tui.bridge import (
    BACKGROUND,
    GESTURE,
    READING,
    background,
    call,
    end_vault_thread,
    gesture,
)
from smtui.tui.help.palette import Actions
from smtui.tui.help.places import REGIONS, SECRETS
from smtui.tui.input_queue import INPUT
from smtui.tui.jobs import rotation_worker
from smtui.tui.jobs.job import REFRESH_INTERVAL
from smtui.tui.pasted import with_line_feeds
from smtui.tui.plain_glyphs import PlainGlyphs
from smtui.tui.secret.tabs import VALUE
from smtui.tui.session import Session, VaultOpened
from smtui.tui.shell import Place, Shell, Task, VaultTask
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

LEAVING = ("SIGTERM", "SIGHUP", "SIGQUIT")
MOST_TOLD = 5
ENDING_GROUP = "ending"
LEAVING_GROUP = "leaving"
"""Of what ends a session and is therefore no gesture: the lock ends gestures."""
IN_A_SESSION = frozenset({"lock", "generate", "go", "undo", "switch", "read_again"})
SUSPENDED = 60
"""Seconds without a tick that mean that the machine slept."""
ALLOWED = "Until now nothing could be changed by accident. What you do from here on is stored."


class SmtuiApp(Shell):
    """Opened on a path; on a vault already open where one is given (as the demo is).

    `monotonic` gives the seconds by which idle time is counted; `plain` shows nothing but ASCII of our own.
    """

    TITLE = "smtui"
    CSS_PATH = Path(__file__).with_name("app.tcss")
    COMMANDS: ClassVar = {Actions}
    BINDINGS = keys.of("everywhere")
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (20, "-tall")]  # noqa: RUF012

    def __init__(
        self,
        path: Path,
        settings: Settings | None = None,
        *,
        vault: Vault | None = None,
        read_only: bool = False,
        hint: str = "",
        plain: bool = False,
        pasteboard: Clipboard | None = None,
        monotonic: Callable[[], float] = read_monotonic_clock,
    ) -> None:
        super().__init__(path, settings or Settings(), pasteboard, read_only=read_only,
                         ansi_color=True if os.environ.get("NO_COLOR") else None)
        self._plain = [PlainGlyphs()] if plain else []
        self._hinted, self._hint = path, hint
        self._first_vault = vault
        self._monotonic = monotonic
        self._ticked = monotonic()
        self._return_place: ReturnPlace | None = None
        self._clashes_told: set[Binding] = set()
        self._is_ending = self._asks_to_quit = False
        for theme in themes.THEMES:
            self.register_theme(theme)
        self.theme = themes.WITHOUT_COLOUR if self.no_color else self._chosen_theme()
        self.set_keymap(dict(self.settings.keys))

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), *self._plain]

    def use(self, settings: Settings) -> None:
        """From now on these settings hold."""
        self.settings = settings
        self.set_keymap(dict(settings.keys))
        self.use_clipboard()
        if not self.no_color:
            self.theme = self._chosen_theme()
        if self.session is not None:
            self.session.idle_lock = settings.idle_lock

    def _chosen_theme(self) -> str:
        return self.settings.theme if self.settings.theme in self.available_themes else themes.DEFAULT

    # The life of a session.

    async def on_mount(self) -> None:
        self._leave_in_order()
        self._warn_of_strange_keys()
        self.set_interval(1, self.tick)
        self.set_interval(rotation_worker.INTERVAL, self.rotate_due)
        if self._first_vault is not None:
            await self.enter(self._first_vault)
            self._first_vault = None
        else:
            await self.show_only(self.front_door())

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
            told = [*sentences[:MOST_TOLD], *([f"And {more:,} more; the audit log lists all."] if more > 0 else [])]
            self.notify(sanitize("\n".join(told), lines=True), severity="warning", markup=False, timeout=A_WHILE)

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

    # Jobs.

    @gesture
    async def run_task(self, task: Task) -> None:
        """Runs `task` with the session. It continues when the user leaves the screen on which it started."""
        if self.session is not None:
            await task(self, self.session)

    def run_vault_task(self, task: VaultTask) -> None:
        """Runs a task for the whole vault. A read-only session refuses those that change something."""
        if self.session is not None and self.session.read_only and task.changes:
            self.warn(READ_ONLY)
        else:
            self.run_task(screens.load_task(task))

    def refresh_job(self) -> None:
        """Shows the progress of the session's job, or removes the dialog of one that is over."""
        from smtui.tui.jobs.dialog import JobDialog

        job = self.session.job if self.session else None
        if job is not None and job.is_stopping:
            job.stop()
        self.job_status = None if job is None or job.is_over else job.status
        top = self.screen_stack[-1] if self.screen_stack else None
        if isinstance(top, JobDialog):
            top.close_if_over()

    def show_job(self) -> None:
        """Opens the dialog with the progress of the session's job."""
        from smtui.tui.jobs.dialog import JobDialog

        if self.session is not None and self.session.job is not None and not isinstance(self.screen, JobDialog):
            self.refresh_job()
            self.push_screen(JobDialog(self.session.job))

    def action_job(self) -> None:
        """Opens the dialog with the progress of the job, or closes it; the job continues."""
        from smtui.tui.jobs.dialog import JobDialog

        if isinstance(self.screen, JobDialog):
            self.screen.dismiss()
        else:
            self.show_job()

    # What works everywhere.

    async def action_lock(self) -> None:
        key = keys.key_of("everywhere.lock", self.settings.keys)
        await self.lock(f"Locked by {keys.spell(key)}." if key else "Locked.")

    async def action_quit(self) -> None:
        self.run_worker(self._quit(), group=LEAVING_GROUP)

    async def _quit(self) -> None:
        """Asks first where something entered is not stored yet."""
        from smtui.tui.dialogs.dialog import Editor, confirm_discard

        if self._asks_to_quit:
            return
        if any(isinstance(screen, Editor) and screen.is_dirty for screen in self.screen_stack):
            self._asks_to_quit = True
            try:
                if not await confirm_discard(self):
                    return
            finally:
                self._asks_to_quit = False
        await self.lock()
        self.exit()

    def action_help(self) -> None:
        from smtui.tui.help.screen import HelpScreen

        if isinstance(self.screen, HelpScreen):
            self.screen.dismiss()
        elif not isinstance(self.screen, TooSmallScreen):
            self.push_screen(HelpScreen(self.screen))

    def action_help_quit(self) -> None:
        self.notify("To leave, press Ctrl+Q.")

    def action_generate(self) -> None:
        from smtui.tui.generator.screen import GeneratorScreen

        if self.session is not None:
            self.push_screen(GeneratorScreen(self.session))

    def create_secret(self, value: str) -> None:
        from smtui.tui.secret.create_secret import create_secret

        self.run_task(partial(create_secret, value=value))

    @gesture
    async def action_go(self) -> None:
        """To another place: the list of secrets is beneath them all, and where one is already nothing moves."""
        from smtui.tui.help.go import Go

        place = await self.push_screen_wait(Go())
        if place is not None and self.session is not None:
            await self.go_to(place)

    @gesture
    async def action_switch(self) -> None:
        await self.go_to(REGIONS)

    async def go_to(self, place: Place) -> None:
        from smtui.tui.secret_list.screen import SecretsScreen

        if self.session is None:
            return
        while len(self.screen_stack) > 1 and not isinstance(self.screen, SecretsScreen):
            await self.pop_screen()
        if place is not SECRETS:
            await self.push_screen(screens.make_place_screen(place, self.session))

    async def open_tab(self, session: Session, number: int, secret_id: str) -> int | None:
        return await self.push_screen_wait(screens.make_tab_screen(number, session, secret_id))

    def action_undo(self) -> None:
        """The last change of this session, wherever in it one is."""
        from smtui.tui.base_screen import SessionScreen

        if self.session is not None and isinstance(self.screen, SessionScreen):
            self.screen.undo_change(self.session.undo.last)

    def action_read_again(self) -> None:
        from smtui.tui.base_screen import SessionScreen

        if isinstance(self.screen, SessionScreen):
            self.screen.read_again()

    def look_again(self) -> None:
        """Every screen of the session shows the vault as it is now."""
        from smtui.tui.base_screen import SessionScreen

        for screen in self.screen_stack:
            if isinstance(screen, SessionScreen):
                screen.first_look()
        self.screen.refresh_bindings()

    @gesture
    async def look_at_region(self, region: str, secret_id: str = "", part: int = VALUE) -> None:
        """The list of secrets of a Region, or one of them over it, with nothing left open of what was before."""
        from smtui.tui.secret.screen import SecretScreen
        from smtui.tui.secret_list.screen import SecretsScreen

        session = self.session
        if session is None:
            return
        session.region = region
        await self.show_only(SecretsScreen(session))
        if secret_id:
            await self.push_screen(SecretScreen(session, secret_id, part))

    @gesture
    async def action_allow_changes(self) -> None:
        """A session that only reads becomes one that writes, where the person says so."""
        from smtui.tui.dialogs.confirm import Confirm

        session = self.session
        question = Confirm(sanitize("Allow changes from here on?"), sanitize(ALLOWED), "Allow changes")
        if session is None or not await self.push_screen_wait(question):
            return
        vault = session.vault
        if vault.read_only:
            vault = await call(vault.reopen, read_only=False)
            await session.stop_background_work()
            await call(session.vault.close)
        self.read_only = False
        await self.enter(vault)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without a session there is nothing to lock, nowhere to go and nobody to ask for a password."""
        if action == "job":
            return self.session is not None and self.session.job is not None
        if action == "allow_changes":
            return self.session is not None and self.session.read_only
        return self.session is not None if action in IN_A_SESSION else True

    def get_key_display(self, binding: Binding) -> str:
        return binding.key_display or keys.spell_short(binding.key)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """None of Textual's: its screenshot would write what is revealed to a file."""
        return ()

    def _warn_of_strange_keys(self) -> None:
        for name in sorted(self.settings.keys.keys() - keys.IDS):
            self.warn(f"The settings give a key to {name}, which is no action.")

    def handle_bindings_clash(self, clashed_bindings: set[Binding], node: DOMNode) -> None:
        """Two actions on one key, from the settings: said once for each, and the settings win."""
        for binding in clashed_bindings - self._clashes_told:
            self._clashes_told.add(binding)
            self.warn(f"The settings take the key of “{binding.description}” for something else.")

    # The way out.

    def _leave_in_order(self) -> None:
        """A signal to end locks, clears and gives the terminal back as it was."""
        loop = asyncio.get_running_loop()
        TERMINAL.on_lost = partial(_call_in, loop, partial(self._on_leaving, HUNG_UP))
        for name in LEAVING:
            with suppress(AttributeError, NotImplementedError, RuntimeError, ValueError):
                number = getattr(signal, name)
                loop.add_signal_handler(number, self._on_leaving, 128 + number)

    def action_put_aside(self) -> None:
        self.run_worker(self._put_aside(), group=LEAVING_GROUP, exclusive=True)

    async def _put_aside(self) -> None:
        """Nothing that was open waits behind the shell, where nobody sees it and no clock of ours runs."""
        await self.lock("Locked before it was put aside.")
        self.action_suspend_process()

    def _on_leaving(self, code: int) -> None:
        """Once: what comes after the first signal cancels nothing, and nothing keeps the process for long."""
        if not self._is_ending:
            self._is_ending = True
            TERMINAL.end_within(code)
            self.run_worker(self._leave(code), group=ENDING_GROUP)

    async def _leave(self, code: int) -> None:
        try:
            await self.lock()
        finally:
            self.exit(return_code=code)


def _call_in(loop: asyncio.AbstractEventLoop, function: Callable[[], None]) -> None:
    """From another thread; a loop that has ended has nothing more to do."""
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(function)


def _minutes(seconds: int) -> str:
    return f"{seconds // 60} minutes" if seconds >= 120 and seconds % 60 == 0 else f"{seconds} seconds"
