"""The screen that shows a QR code of a value. It closes after the reveal time, without focus, and at the lock."""

from __future__ import annotations

from collections.abc import Mapping

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from smtui.text.sanitize import SafeText
from smtui.tui import keys
from smtui.tui.secret.qr_code import draw_blanks, draw_half_blocks, make_qr_code
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

    BINDINGS = keys.list_bindings("dialog") + keys.list_bindings("qr")
    CSS_PATH = "qr_screen.tcss"

    def __init__(self, name: SafeText, value: Value) -> None:
        super().__init__()
        self._target = name
        self._modules = make_qr_code(value)
        self._is_wide: bool | None = None
        """Whether the user chose blanks or half blocks; None for what the terminal can show."""

    def compose(self) -> ComposeResult:
        yield Static(id="head")
        yield Static(id="qr")
        yield Footer()

    @property
    def is_wide(self) -> bool:
        """Whether each module is two blanks. Terminals that draw ASCII only have no half blocks."""
        return self.app.draws_plain if self._is_wide is None else self._is_wide

    def action_widen(self) -> None:
        """Draws with blanks instead of half blocks, or the other way round."""
        self._is_wide = not self.is_wide
        self._draw()
        self.refresh_bindings()

    @property
    def key_names(self) -> Mapping[str, str]:
        """The words of entries of the footer, by the ids of their shortcuts."""
        return {"qr.widen": "Smaller" if self.is_wide else "Larger"}

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        drawn = (draw_blanks if self.is_wide else draw_half_blocks)(self._modules)
        height, width = len(lines := drawn.plain.split("\n")), len(lines[0])
        fits = self.size.width >= width and self.size.height >= height + HEAD
        code = self.query_one("#qr", Static)
        code.set_class(not fits, "-warning")
        code.set_class(fits, "-code")
        code.update(drawn if fits else Content(
            f"▲ The QR code needs {width}×{height + HEAD} cells; this terminal has "
            f"{self.size.width}×{self.size.height}. Enlarge it, or choose a shorter value."))

    def show_seconds_left(self, seconds: int) -> None:
        left = f"   hides in {seconds} s" if seconds else ""
        if self.is_mounted:
            self.query_one("#head", Static).update(Content.assemble(self._target, (left, "$text-muted")))
