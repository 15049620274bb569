"""The dialog that shows a new recovery code once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import getters
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from smtui.tui import keys
from smtui.tui.bridge import gesture
from smtui.tui.widgets.button import Button
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.panel import Card, CardTitle
from smtui.tui.workarounds import ClosableModalScreen

if TYPE_CHECKING:
    from smtui.tui.shell import Shell

GROUPS_IN_A_ROW = 5
ADVICE = (
    "It opens the vault without the passphrase, for you and for anyone who finds it. "
    "Write it down and keep it somewhere safe and offline. It will not be shown again."
)
A_WHILE = 600.0
"""Seconds for which an important warning stays on the screen."""
UNSEEN = "You may not have written down the new recovery code. To get another one, change the passphrase (o v)."


class RecoveryScreen(ClosableModalScreen[None]):
    """Only its button closes it. The button has no focus at first, so that a second Enter does not close it unread."""

    BINDINGS = keys.list_bindings("recovery")
    CSS_PATH = "recovery_code.tcss"
    AUTO_FOCUS = ""

    app: getters.app[Shell]

    def __init__(self, code: str) -> None:
        super().__init__()
        self._code = code

    def compose(self) -> ComposeResult:
        with Card():
            yield CardTitle("Recovery code")
            yield Static(Content(in_rows(self._code)), id="code")
            yield Static(ADVICE)
            yield Static("Once it is written down, press Tab, then Enter.", classes="-muted")
            yield Button("I have written it down", id="written")
        yield Footer()

    def on_unmount(self) -> None:
        """Warns if the dialog is removed without its button, as by the lock: the code is then not noted."""
        if self._code and not self.app.is_leaving:
            self.app.warn(UNSEEN, A_WHILE)
        self._code = ""

    def on_button_pressed(self) -> None:
        self._code = ""
        self.dismiss()

    @gesture
    async def action_copy(self) -> None:
        await self.app.copy(self._code, "Recovery code")


def in_rows(code: str) -> str:
    """Returns the groups of the code in rows of `GROUPS_IN_A_ROW`."""
    groups = code.split("-")
    rows = (groups[start : start + GROUPS_IN_A_ROW] for start in range(0, len(groups), GROUPS_IN_A_ROW))
    return "\n".join("  ".join(row) for row in rows)
