"""The screen that opens an AWS account, and to which the lock of one returns."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from textual import getters
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from smtui.api.errors import MfaRequiredError, SignInError, SmtuiError
from smtui.text.sanitize import sanitize
from smtui.tui import keys
from smtui.tui.bridge import call, gesture, require_confirmation
from smtui.tui.dialogs.one_line import OneLine
from smtui.tui.session import VaultOpened
from smtui.tui.unlock.aws_sign_in import run_sign_in
from smtui.tui.widgets.chrome import Footer, Header
from smtui.tui.widgets.panel import Card, CardTitle
from smtui.tui.workarounds import ClosableScreen

if TYPE_CHECKING:
    from smtui.backends.local import Vault
    from smtui.system.context_settings import ContextSettings
    from smtui.tui.shell import Shell

WORKING = "Signing in…"
LOCKED = "Locked."
CODE_USED = "The profile needs an MFA code. Sign in again to enter one."
LONGEST_CODE = 16
ENTER_RUNS = "Enter runs it, then signs in."
AGAIN = "Enter signs in again."


class AccountScreen(ClosableScreen[None]):
    """Opens an account and posts `VaultOpened`, or shows why that fails.

    Args:
        context: the settings of the account.
        region: the Region to open, or None for the default.
        notice: why the account is locked; without it, the account opens immediately.
    """

    BINDINGS = keys.list_bindings("account") + keys.list_bindings("door")
    CSS_PATH = "account.tcss"

    app: getters.app[Shell]
    said = getters.query_one("#said", Static)
    hint = getters.query_one("#hint", Static)

    def __init__(self, context: ContextSettings, region: str | None = None, notice: str = "") -> None:
        super().__init__()
        self._settings = context
        self._region = region
        self._notice = notice

    def compose(self) -> ComposeResult:
        yield Header([sanitize(self._settings.name)])
        with Card():
            yield CardTitle("AWS account")
            yield Static(Content(sanitize(f"{self._settings.name}: profile {self._settings.profile}")), id="path")
            yield Static(id="said")
            yield Static(id="hint", classes="-muted")
        yield Footer()

    def on_mount(self) -> None:
        if self._notice:
            self._say(self._notice, AGAIN)
        else:
            self.action_open(can_run=False)

    @gesture
    async def action_open(self, can_run: bool = True) -> None:
        """Signs in, compares the account, and posts `VaultOpened`.

        Args:
            can_run: whether a command that signs in, if the profile needs one, gets the terminal for a while.
        """
        self._say(WORKING)
        try:
            vault = await self._sign_in_after_command() if can_run else await self._sign_in()
        except SmtuiError as error:
            command = error.command if isinstance(error, SignInError) else ()
            self._say(f"✗ {error.sentence}", f"{error.hint}\n{ENTER_RUNS}" if command else error.hint)
        else:
            self.post_message(VaultOpened(vault))

    async def _sign_in_after_command(self) -> Vault:
        """Opens the account; where a command has to be run first, runs it, and tries once more. Raises SmtuiError."""
        try:
            return await self._sign_in()
        except SignInError as error:
            if not error.command:
                raise
            if problem := run_sign_in(self.app, error.command):
                raise SignInError(problem, command=error.command) from None
            return await self._sign_in()

    async def _sign_in(self) -> Vault:
        """Opens the account, after a question for an MFA code if the profile needs one. Raises SmtuiError."""
        open_account = partial(_open_account, self._settings, self._region, read_only=self.app.read_only)
        try:
            return await call(open_account)
        except MfaRequiredError:
            question = sanitize(f"MFA code for profile {self._settings.profile}")
            code = await self.app.push_screen_wait(OneLine(
                question, longest=LONGEST_CODE, noun="the code that your MFA device shows"))
            if code is None:
                raise
            return await call(open_account, code=code.strip())

    def action_another(self) -> None:
        self.app.choose_another()

    def action_back(self) -> None:
        self.app.return_to_open()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return bool(self.app.open_paths) if action == "back" else True

    def _say(self, sentence: str, hint: str = "") -> None:
        self.said.update(Content(sanitize(sentence, lines=True)))
        self.hint.update(Content(sanitize(hint, lines=True)))


def _open_account(settings: ContextSettings, region: str | None, *, read_only: bool, code: str = "") -> Vault:
    """Opens the account; the header shows its number, so that is read first. Raises SmtuiError."""
    codes = [code] if code else []

    def take_code(question: str) -> str:
        """A code is valid once: an hour later the session ends."""
        if not codes:
            raise MfaRequiredError(CODE_USED)
        return codes.pop()

    from smtui.backends.aws.context import AwsContext
    from smtui.tui.contexts.account_vault import AccountVault

    context = AwsContext(settings, region_name=region, read_only=read_only, ask_code=take_code,
                         confirm=require_confirmation, asks_each_time=True)
    try:
        _ = context.account_id
    except SmtuiError:
        context.close()
        raise
    return cast("Vault", AccountVault(context))
