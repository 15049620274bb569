"""A dialog that shows the result of a task: a verdict, and details below it."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from smtui.text.sanitize import SafeText
from smtui.tui.dialogs.long_text import LongText
from smtui.tui.widgets.button import Button
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.panel import Card, CardTitle


class Report(LongText[None]):
    """Shows a verdict and lines of details. `wrong` styles the verdict as a warning."""

    CSS_PATH = "report.tcss"
    AUTO_FOCUS = "#close"

    def __init__(self, title: SafeText, verdict: SafeText, lines: Sequence[SafeText], *, wrong: bool = False) -> None:
        super().__init__()
        self._title = title
        self._verdict = verdict
        self._lines = lines
        self._wrong = wrong

    def compose(self) -> ComposeResult:
        with Card():
            yield CardTitle(Content(self._title))
            yield Static(Content(self._verdict), id="verdict", classes="-warning" if self._wrong else "")
            with VerticalScroll():
                yield Static(Content("\n").join(Content(line) for line in self._lines), classes="-muted")
            with Horizontal(id="answers"):
                yield Button("Close", id="close")
        yield Footer()

    def on_button_pressed(self) -> None:
        self.dismiss()

    def action_cancel(self) -> None:
        self.dismiss()
