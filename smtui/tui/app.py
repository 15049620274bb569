"""The app: the only module that knows all screens. What each key does that works everywhere."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from smtui.clipboard.clipboard import Clipboard
from smtui.system.ambient import read_monotonic_clock
from smtui.system.settings import Settings
from smtui.text.sanitize import sanitize
from smtui.tui import keys, screens
from smtui.tui.base_screen import READ_ONLY
from smtui.tui.bridge import (
    call,
    gesture,
)
from smtui.tui.help.palette import Actions
from smtui.tui.help.places import REGIONS, SECRETS
from smtui.tui.jobs import rotation_worker
from smtui.tui.leaving_app import LeavingApp
from smtui.tui.secret.tabs import VALUE
from smtui.tui.session import Session
from smtui.tui.shell import Place, VaultTask
from smtui.tui.too_small import TooSmallScreen

if TYPE_CHECKING:

    from smtui.backends.local import Vault

IN_A_SESSION = frozenset({"lock", "generate", "go", "undo", "switch", "read_again"})
ALLOWED = "Until now nothing could be changed by accident. What you do from here on is stored."


class SmtuiApp(LeavingApp):
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
        super().__init__(path, settings or Settings(), pasteboard, read_only=read_only, plain=plain, hint=hint,
                         monotonic=monotonic)
        self._first_vault = vault

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
