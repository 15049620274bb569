"""The screen that shows a QR code of a value. It closes after the reveal time, without focus, and at the lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events, getters
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from smtui.text.sanitize import SafeText
from smtui.tui import keys
from smtui.tui.secret.auto_hide import AutoHide
from smtui.tui.secret.qr_code import draw_qr_code
from smtui.tui.secret.values import Value
from smtui.tui.widgets.chrome import Footer
from smtui.tui.workarounds import ClosableModalScreen

if TYPE_CHECKING:
    from smtui.tui.shell import Shell

HEAD = 2
"""The lines of the screen that the code cannot use: its title and the footer."""


class QrScreen(ClosableModalScreen[None]):
    """Shows a value as a QR code, or how large the terminal must be for it.

    Args:
        name: the secret and its key.
        value: what the code contains.

    Raises:
        TooLongForQrCodeError: it does not fit into any QR code.
    """

    BINDINGS = keys.list_bindings("dialog")
    CSS_PATH = "qr_screen.tcss"

    app: getters.app[Shell]

    def __init__(self, name: SafeText, value: Value) -> None:
        super().__init__()
        self._target = name
        self._lines = draw_qr_code(value)
        self._auto_hide = AutoHide(self, self._show_title, self._close)

    def compose(self) -> ComposeResult:
        yield Static(id="head")
        yield Static(id="qr")
        yield Footer()

    def on_mount(self) -> None:
        self._auto_hide.start(self.app.settings.reveal_timeout)
        self.watch(self.app, "app_focus", self._close_without_focus, init=False)

    def on_resize(self, event: events.Resize) -> None:
        width, height = len(self._lines[0]), len(self._lines)
        fits = event.size.width >= width and event.size.height >= height + HEAD
        code = self.query_one("#qr", Static)
        code.set_class(not fits, "-warning")
        code.set_class(fits, "-code")
        code.update(Content("\n".join(self._lines)) if fits else Content(
            f"▲ The QR code needs {width}×{height + HEAD} cells; this terminal has "
            f"{event.size.width}×{event.size.height}. Enlarge it, or choose a shorter value."))

    def _show_title(self, seconds_left: int) -> None:
        left = f"   hides in {seconds_left} s" if seconds_left else ""
        if self.is_mounted:
            self.query_one("#head", Static).update(Content.assemble(self._target, (left, "$text-muted")))

    def _close(self) -> None:
        self.dismiss()

    def _close_without_focus(self, here: bool) -> None:
        if not here:
            self.dismiss()

    def action_cancel(self) -> None:
        self.dismiss()
