"""The password generator: all options of GetRandomPassword, and what they yield."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual import getters, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from smtui.api.errors import ClientError
from smtui.shown import shown
from smtui.tui import keys
from smtui.tui.bridge import call, gesture
from smtui.tui.entropy import bits
from smtui.tui.widgets.frame import KeyBar
from smtui.tui.widgets.password_options import PasswordOptions

if TYPE_CHECKING:
    from smtui.api.types import Client
    from smtui.tui.app import SmtuiApp

MASK = "•"
SPACE = "␣"


class GeneratorScreen(ModalScreen[str | None]):
    """Answers the password where it was opened `for_form` and the person wanted it as the value, else None."""

    BINDINGS = keys.of("generator")
    CSS_PATH = "generator.tcss"
    AUTO_FOCUS = "#length"

    app: getters.app[SmtuiApp]
    preview = getters.query_one("#preview", Static)
    entropy = getters.query_one("#entropy", Static)

    def __init__(self, client: Client, *, for_form: bool = False) -> None:
        super().__init__()
        self._client = client
        self._for_form = for_form
        self._password = ""
        self._hidden = False

    def compose(self) -> ComposeResult:
        with Vertical(classes="card"):
            yield Static("Password generator", classes="title")
            yield Static(id="preview")
            yield Static(id="entropy", classes="-muted")
            yield PasswordOptions()
        yield KeyBar()

    def on_mount(self) -> None:
        self.generate()
        self.watch(self.app, "app_focus", self._hide_from_bystanders, init=False)

    def _hide_from_bystanders(self, here: bool) -> None:
        """Whoever turns to another window need not leave the password on this one."""
        if not here:
            self._hidden = True
            self._show_password()

    def request(self) -> dict[str, Any]:
        """What the fields ask for, in AWS's words."""
        return self.query_one(PasswordOptions).request()

    @on(PasswordOptions.Changed)
    @gesture
    async def generate(self) -> None:
        request = self.request()
        try:
            answer = await call(self._client.get_random_password, **request)
        except ClientError as error:
            self._show_refusal(error.message)
        else:
            if request == self.request():
                self._password = answer["RandomPassword"]
                self._show(bits(request))

    def _show(self, entropy: float) -> None:
        self.entropy.set_classes(["-muted"])
        self.entropy.update(f"{entropy:.0f} bits")
        self._show_password()

    def _show_refusal(self, message: str) -> None:
        self._password = ""
        self.entropy.set_classes(["-error"])
        self.entropy.update(Content(shown(message)))
        self._show_password()

    def _show_password(self) -> None:
        visible = shown(self._password.replace(" ", SPACE))
        self.preview.update(Content(MASK * len(self._password) if self._hidden else visible))

    def action_again(self) -> None:
        self.generate()

    def action_show(self) -> None:
        self._hidden = not self._hidden
        self._show_password()

    @gesture
    async def action_copy(self) -> None:
        if self._password:
            await self.app.copy(self._password, "Password")

    def action_use(self) -> None:
        if self._password:
            self.dismiss(self._password)

    def action_close(self) -> None:
        self.dismiss(None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self._for_form if action == "use" else True
