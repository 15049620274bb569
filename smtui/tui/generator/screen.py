"""The screen of the password generator: the options of GetRandomPassword and the generated passwords."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import getters, on
from textual.app import ComposeResult
from textual.content import Content
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
from smtui.tui.widgets.panel import Card, CardTitle
from smtui.tui.workarounds import ClosableModalScreen

if TYPE_CHECKING:
    from smtui.api.types import GetRandomPasswordRequest
    from smtui.tui.session import Session
    from smtui.tui.shell import Shell

AT_ONCE = 5
PAUSE = 0.15
"""Seconds after the last key before new passwords are generated. Each password is a call in the audit log."""


class GeneratorScreen(ClosableModalScreen[str | None]):
    """A dialog that generates passwords. It opens with the options last used in the session.

    It returns the password that the user selects for the form; None if the user closes it.

    Args:
        session: the session.
        for_form: whether a form opened it and takes the password as a value.
    """

    BINDINGS = keys.list_bindings("generator")
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
        with Card():
            yield CardTitle("Password generator")
            yield PasswordChoices()
            yield Static(id="entropy", classes="-muted")
            yield PasswordOptions(self._session.password_options)
        yield Footer()

    def on_mount(self) -> None:
        self.generate()
        self.watch(self.app, "app_focus", self._hide_from_bystanders, init=False)

    def _hide_from_bystanders(self, here: bool) -> None:
        """Hides the passwords when the terminal loses the focus."""
        if not here:
            self.choices.hidden = True

    # Generation.

    def build_request(self) -> GetRandomPasswordRequest:
        """Returns the parameters of GetRandomPassword from the fields."""
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
        """The timer until new passwords are generated; None if none is running."""
        return self._pause

    @reading
    async def generate(self) -> None:
        """Generates passwords and shows them. If the fields change meanwhile, the result is dropped."""
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

    def _request_passwords(self, request: GetRandomPasswordRequest) -> list[str]:
        return [self._client.get_random_password(**request)["RandomPassword"] for _ in range(AT_ONCE)]

    # Use.

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
        """Closes the generator and opens the form of a new secret with the selected password as its value."""
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
