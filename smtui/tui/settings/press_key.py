"""A dialog that returns the next key that the user presses."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from smtui.text.sanitize import SafeText
from smtui.tui import keys
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.panel import Card, CardTitle
from smtui.tui.workarounds import ClosableModalScreen

NOT_FOR_ACTIONS = frozenset({"tab", "shift+tab"})
"""Keys that change the focus and cannot be assigned."""


class PressKey(ClosableModalScreen[str | None]):
    """A dialog that returns the name of the pressed key in Textual; None for Esc. All other bindings are off."""

    BINDINGS = keys.list_bindings("dialog")
    CSS_PATH = "../dialogs/pick.tcss"

    def __init__(self, title: SafeText) -> None:
        super().__init__()
        self._title = title

    def compose(self) -> ComposeResult:
        with Card():
            yield CardTitle(Content(self._title))
            yield Static("Press the new key. Esc cancels.")
        yield Footer(offers_help=False)

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key):
            event.stop()
            event.prevent_default()
            if event.key not in NOT_FOR_ACTIONS:
                self.dismiss(None if event.key == "escape" else event.key)
            return
        await super().on_event(event)
