"""The screen that shows a QR code of a value. It closes after the reveal time, without focus, and at the lock."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from smtui.text.sanitize import SafeText
from smtui.tui import keys
from smtui.tui.secret.qr_code import draw_qr_code
from smtui.tui.secret.reveal_dialog import RevealDialog
from smtui.tui.secret.values import Value
from smtui.tui.widgets.chrome import Footer

HEAD = 2
"""The lines of the screen that the code cannot use: its title and the footer."""


class QrScreen(RevealDialog):
    """Shows a value as a QR code, or how large the terminal must be for it.

    Args:
        name: the secret and its key.
        value: what the code contains.

    Raises:
        TooLongForQrCodeError: it does not fit into any QR code.
    """

    BINDINGS = keys.list_bindings("dialog")
    CSS_PATH = "qr_screen.tcss"

    def __init__(self, name: SafeText, value: Value) -> None:
        super().__init__()
        self._target = name
        self._lines = draw_qr_code(value)

    def compose(self) -> ComposeResult:
        yield Static(id="head")
        yield Static(id="qr")
        yield Footer()

    def on_resize(self, event: events.Resize) -> None:
        width, height = len(self._lines[0]), len(self._lines)
        fits = event.size.width >= width and event.size.height >= height + HEAD
        code = self.query_one("#qr", Static)
        code.set_class(not fits, "-warning")
        code.set_class(fits, "-code")
        code.update(Content("\n".join(self._lines)) if fits else Content(
            f"▲ The QR code needs {width}×{height + HEAD} cells; this terminal has "
            f"{event.size.width}×{event.size.height}. Enlarge it, or choose a shorter value."))

    def show_seconds_left(self, seconds: int) -> None:
        left = f"   hides in {seconds} s" if seconds else ""
        if self.is_mounted:
            self.query_one("#head", Static).update(Content.assemble(self._target, (left, "$text-muted")))
