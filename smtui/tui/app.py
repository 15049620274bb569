"""The app: puts the screens together and implements the actions that work everywhere."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual.content import Content

from smtui.api.context import Feature
from smtui.clipboard.clipboard import Clipboard
from smtui.system.ambient import read_monotonic_clock
from smtui.system.settings import Settings
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui import keys, screens
from smtui.tui.base_screen import READ_ONLY
from smtui.tui.bridge import (
    call,
    gesture,
)
from smtui.tui.help.palette import Actions
from smtui.tui.jobs import rotation_worker
from smtui.tui.navigation_app import NavigationApp
from smtui.tui.shell import VaultTask
from smtui.tui.too_small import TooSmallScreen
from smtui.tui.widgets.chrome import format_context_name

if TYPE_CHECKING:

    from smtui.backends.aws.context import AwsContext
    from smtui.backends.local import Vault
    from smtui.system.context_settings import ContextSettings
    from smtui.tui.base_screen import SessionScreen
    from smtui.tui.contexts.account_vault import AccountVault

IN_A_SESSION = frozenset({"generate", "go", "recent", "previous_secret", "favorite", "favorites",
                          "undo", "switch", "previous_context", "read_again"})
ALLOWED = "Changes will be saved from now on."
ALLOWED_IN_ACCOUNT = ("Changes in {title}, AWS account {account}, are allowed from now on, until 15 minutes after the "
                      "last of them.")
CHANGE_ACCOUNT = "AWS account {account}, {region}\nCall: {operation}\nFurther calls of this action are not confirmed."
CHANGES_ENDED = "{title} is protected from changes again."


class SmtuiApp(NavigationApp):
    """The Textual app.

    Args:
        path: the vault file to open, or to create if it does not exist.
        settings: the user's settings; None means the defaults.
        vault: a vault that is already open, as for the demo; None shows the unlock screen first.
        read_only: whether sessions refuse to change anything.
        account: an AWS account to open instead of the vault at `path`, and its Region or None.
        hint: how to open the vault at `path`, if that is no secret (the demo).
        plain: whether to draw with ASCII characters only.
        pasteboard: the clipboard; None means the clipboard of the system.
        monotonic: returns the seconds by which idle time is measured.
    """

    TITLE = "smtui"
    CSS_PATH = Path(__file__).with_name("app.tcss")
    COMMANDS: ClassVar = {Actions}
    BINDINGS = keys.list_bindings("everywhere")
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (20, "-tall")]  # noqa: RUF012

    def __init__(
        self,
        path: Path,
        settings: Settings | None = None,
        *,
        vault: Vault | None = None,
        account: tuple[ContextSettings, str | None] | None = None,
        read_only: bool = False,
        hint: str = "",
        plain: bool = False,
        pasteboard: Clipboard | None = None,
        monotonic: Callable[[], float] = read_monotonic_clock,
    ) -> None:
        super().__init__(path, settings or Settings(), pasteboard, read_only=read_only, plain=plain, hint=hint,
                         monotonic=monotonic)
        self._first_vault = vault
        self._account, self._account_region = account or (None, None)

    async def on_mount(self) -> None:
        self._leave_in_order()
        self._warn_of_strange_keys()
        self.set_interval(1, self.tick)
        self.set_interval(rotation_worker.INTERVAL, self.rotate_due)
        if self._first_vault is not None:
            await self.enter(self._first_vault)
            self._first_vault = None
        else:
            await self.show_only(self.make_first_screen())

    def run_vault_task(self, task: VaultTask) -> None:
        """Runs a task for the whole vault. A read-only session refuses tasks that change something."""
        if self.session is not None and not self.session.vault.can.has_file:
            self.warn(self.session.vault.can.explain(Feature.FILE))
        elif self.session is not None and self.session.read_only and task.changes:
            self.warn(READ_ONLY)
        else:
            self.run_task(screens.load_task(task))

    def refresh_job(self) -> None:
        """Updates the progress of the session's job, and closes its dialog once the job is over."""
        from smtui.tui.dialogs.job import JobDialog

        job = self.session.job if self.session else None
        if job is not None and job.is_stopping:
            job.stop()
        self.job_status = None if job is None or job.is_over else job.status
        top = self.screen_stack[-1] if self.screen_stack else None
        if isinstance(top, JobDialog):
            top.close_if_over()

    def show_job(self) -> None:
        """Opens the dialog with the progress of the session's job."""
        from smtui.tui.dialogs.job import JobDialog

        if self.session is not None and self.session.job is not None and not isinstance(self.screen, JobDialog):
            self.refresh_job()
            self.push_screen(JobDialog(self.session.job))

    def action_job(self) -> None:
        """Opens the dialog with the progress of the job, or closes it; the job continues."""
        from smtui.tui.dialogs.job import JobDialog

        if isinstance(self.screen, JobDialog):
            self.screen.dismiss()
        else:
            self.show_job()

    def action_help(self) -> None:
        """Opens the help for the current screen, or closes it."""
        from smtui.tui.help.screen import HelpScreen

        if isinstance(self.screen, HelpScreen):
            self.screen.dismiss()
        elif not isinstance(self.screen, TooSmallScreen):
            self.push_screen(HelpScreen(self.screen))

    def action_help_quit(self) -> None:
        self.notify("Press Ctrl+Q to quit.")

    def action_generate(self) -> None:
        from smtui.tui.generator.screen import GeneratorScreen

        if self.session is not None:
            self.push_screen(GeneratorScreen(self.session))

    def action_undo(self) -> None:
        """Undoes the last change of this session."""
        from smtui.tui.base_screen import SessionScreen

        if self.session is not None and isinstance(self.screen, SessionScreen):
            self.screen.undo_change(self.session.undo.last)

    def action_read_again(self) -> None:
        """Reloads the current screen. This counts as an access in the audit log."""
        from smtui.tui.base_screen import SessionScreen

        if isinstance(self.screen, SessionScreen):
            if self.session is not None and self.session.vault.can.has_costs:
                cast("AccountVault", self.session.vault).expire_list(self.session.region)
            if self.screen.sign_in_command:
                self.sign_in_again(self.screen)
            else:
                self.screen.read_again()

    @gesture
    async def sign_in_again(self, screen: SessionScreen[Any]) -> None:
        """Asks whether to run the command that signs in to the account, runs it on the terminal, and reads again."""
        from smtui.tui.dialogs.confirm import Confirm
        from smtui.tui.unlock.aws_sign_in import run_sign_in

        command, screen.sign_in_command = screen.sign_in_command, ()
        text = sanitize(f"{shlex.join(command)}\nIt takes over the screen.", lines=True)
        question = Confirm(SafeText("Sign in again?"), text, "Run", can_be_undone=True)
        if await self.push_screen_wait(question) and (problem := run_sign_in(self, command)):
            self.warn(problem)
        screen.read_again()

    @gesture
    async def action_allow_changes(self) -> None:
        """Asks for confirmation, and turns a read-only session into one that can write."""
        from smtui.tui.dialogs.confirm import Confirm

        session = self.session
        account = "" if session is None or session.vault.can.has_file else ALLOWED_IN_ACCOUNT.format(
            title=session.vault.title, account=session.vault.account_id)
        question = Confirm(sanitize("Leave read-only mode?"), sanitize(account or ALLOWED), "Allow changes")
        if session is None or not await self.push_screen_wait(question):
            return
        vault = session.vault
        if not vault.can.has_file:
            await call(cast("AwsContext", vault).allow_changes)
            self._set_read_only(False)
        elif vault.read_only:
            vault = await call(vault.reopen, read_only=False)
            await session.stop_background_work()
            await call(session.vault.close)
            self.choose_read_only(self.context_path, False)
            await self.enter(vault)
        else:
            self._set_read_only(False)

    @property
    def account_mark(self) -> Content:
        """The name and number of the account that is shown, on its colour; empty for a vault."""
        vault = self.session.vault if self.session is not None else None
        if vault is None or not vault.can.has_costs:
            return Content("")
        return format_context_name(sanitize(f"{vault.title} {vault.account_id}"), vault.colour)

    async def confirm_change(self, operation: str) -> bool:
        """Asks whether an operation may change the account that is shown: its name, its number, the Region, the call.
        """
        from smtui.tui.dialogs.confirm import Confirm

        session = self.session
        if session is None:
            return False
        vault = session.vault
        text = CHANGE_ACCOUNT.format(account=vault.account_id, region=session.region, operation=operation)
        return await self.push_screen_wait(
            Confirm(sanitize(f"Change {vault.title}?"), sanitize(text, lines=True), "Send"))

    async def tick(self) -> None:
        """Also makes the session read-only once an account refuses changes again, 15 minutes after the last of them."""
        await super().tick()
        session = self.session
        if session is not None and not session.read_only and session.vault.read_only:
            self._set_read_only(True)
            self.warn(CHANGES_ENDED.format(title=session.vault.title))

    def action_forbid_changes(self) -> None:
        """Makes the session read-only until the user allows changes again."""
        self._set_read_only(True)

    def _set_read_only(self, read_only: bool) -> None:
        """Changes the session without closing a screen. The header of each screen says which it is."""
        from smtui.tui.base_screen import SessionScreen

        if self.session is None:
            return
        self.choose_read_only(self.context_path, read_only)
        self.session.set_read_only(read_only)
        for screen in self.screen_stack:
            if isinstance(screen, SessionScreen):
                screen.refresh_header()
            screen.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disables the actions that need a session, a job or a read-only session where there is none."""
        if action == "job":
            return self.session is not None and self.session.job is not None
        if action == "lock":
            return self.can_lock
        if action == "put_aside":
            return not self.is_undo_key
        if action == "allow_changes":
            return self.session is not None and self.session.read_only
        return self.session is not None if action in IN_A_SESSION else True
