"""The dialog that shows a one-time code and the seconds for which it is valid."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from textual import getters
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from smtui.rules.one_time_code import CodeSeed
from smtui.text.sanitize import SafeText
from smtui.tui import keys
from smtui.tui.bridge import gesture
from smtui.tui.secret.reveal_dialog import RevealDialog
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.panel import Card, CardTitle

BAR = "█"


class CodeDialog(RevealDialog):
    """Shows the present code, and the next one when its time is over. Closes after the reveal time and without focus.

    Args:
        name: the secret and its key.
        seed: what computes the codes.
        now: returns the present time.
    """

    BINDINGS = keys.list_bindings("dialog") + keys.list_bindings("code")
    CSS_PATH = "code_dialog.tcss"

    code = getters.query_one("#code", Static)
    left = getters.query_one("#left", Static)

    def __init__(self, name: SafeText, seed: CodeSeed, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._target = name
        self._seed = seed
        self._now = now

    def compose(self) -> ComposeResult:
        with Card():
            yield CardTitle(Content(self._target))
            yield Static(id="code")
            yield Static(id="left", classes="-muted")
        yield Footer()

    def on_mount(self) -> None:
        self._show()
        self.set_interval(1, self._show)

    def _show(self) -> None:
        now = self._seed.compute_code(self._now())
        half = (len(now.code) + 1) // 2
        self.code.update(Content(f"{now.code[:half]} {now.code[half:]}"))
        width = max(1, round(30 * now.seconds_left / self._seed.period))
        hides = f" · hides in {self.auto_hide.seconds_left} s" if self.auto_hide.seconds_left else ""
        self.left.update(Content(f"{BAR * width}\nvalid for {now.seconds_left} s{hides}"))

    @gesture
    async def action_copy(self) -> None:
        await self.app.copy(self._seed.compute_code(self._now()).code, f"{self._target}, one-time code")
