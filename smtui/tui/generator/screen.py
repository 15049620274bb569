"""The password generator: all options of GetRandomPassword, and what they yield."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual import getters, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widgets import Static

from smtui.api.errors import ClientError
from smtui.text.sanitize import sanitize
from smtui.tui import keys
from smtui.tui.bridge import call, gesture, reading
from smtui.tui.generator.choices import PasswordChoices
from smtui.tui.generator.entropy import compute_bits
from smtui.tui.generator.options import PasswordOptions
from smtui.tui.widgets.chrome import Footer

if TYPE_CHECKING:
    from smtui.tui.session import Session
    from smtui.tui.shell import Shell

AT_ONCE = 5
PAUSE = 0.15
"""Seconds without a key before new passwords are made: each is a call, and in the audit log."""


class GeneratorScreen(ModalScreen[str | None]):
    """Answers the chosen password where it was opened `for_form` and the person wanted it as the value, else None.

    The options last used are there again as long as the session lasts.
    """

    BINDINGS = keys.of("generator")
    CSS_PATH = "screen.tcss"
    AUTO_FOCUS = "#length"

    app: getters.app[Shell]
    choices = getters.query_one(PasswordChoices)
    entropy = getters.query_one("#entropy", Static)

    def __init__(self, session: Session, *, for_form: bool = False) -> None:
        super().__init__()
        self._session = session
        self._client = session.client()
        self._for_form = for_form
        self._pause: Timer | None = None

    def compose(self) -> ComposeResult:
        with Vertical(classes="card"):
            yield Static("Password generator", classes="title")
            yield PasswordChoices()
            yield Static(id="entropy", classes="-muted")
            yield PasswordOptions(self._session.password_options)
        yield Footer()

    def on_mount(self) -> None:
        self.generate()
        self.watch(self.app, "app_focus", self._hide_from_bystanders, init=False)

    def _hide_from_bystanders(self, here: bool) -> None:
        """Whoever turns to another window need not leave the passwords on this one."""
        if not here:
            self.choices.hidden = True

    # Making them.

    def build_request(self) -> dict[str, Any]:
        """What the fields ask for, in AWS's words."""
        return self.query_one(PasswordOptions).build_request()

    @on(PasswordOptions.Changed)
    def _generate_soon(self) -> None:
        self.choices.put(())
        if self._pause is not None:
            self._pause.stop()
        self._pause = self.set_timer(PAUSE, self._generate_now)

    def _generate_now(self) -> None:
        self._pause = None
        self.generate()

    @property
    def pending_read(self) -> object | None:
        """The pause before new passwords are made."""
        return self._pause

    @reading
    async def generate(self) -> None:
        request = self.build_request()
        try:
            made = await call(self._request_passwords, request)
        except ClientError as error:
            self.choices.put(())
            self.entropy.set_classes(["-error"])
            self.entropy.update(Content(sanitize(error.message)))
            return
        if request == self.build_request():
            self._session.password_options = request
            self.choices.put(made)
            self.entropy.set_classes(["-muted"])
            self.entropy.update(f"{compute_bits(request):.0f} bits")

    def _request_passwords(self, request: dict[str, Any]) -> list[str]:
        return [self._client.get_random_password(**request)["RandomPassword"] for _ in range(AT_ONCE)]

    # Using one.

    def action_choose(self, by: int) -> None:
        self.choices.move(by)

    def action_regenerate(self) -> None:
        self.generate()

    def action_show(self) -> None:
        self.choices.hidden = not self.choices.hidden

    @gesture
    async def action_copy(self) -> None:
        if chosen := self.choices.selected:
            await self.app.copy(chosen, "Password")

    def action_use(self) -> None:
        if chosen := self.choices.selected:
            self.dismiss(chosen)

    def action_store(self) -> None:
        """Goes on in the form of a new secret, with this as its value."""
        if chosen := self.choices.selected:
            self.dismiss(None)
            self.app.create_secret(chosen)

    def action_close(self) -> None:
        self.dismiss(None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        match action:
            case "use":
                return self._for_form
            case "store":
                return not self._for_form and not self._session.read_only
        return True
