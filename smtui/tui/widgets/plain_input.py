"""An input that refuses control characters and invisible characters."""

from __future__ import annotations

from textual import events
from textual.reactive import reactive

from smtui.text.typed_text import can_be_typed
from smtui.tui.widgets.limited_input import LimitedInput

REFUSED = "Not pasted: the text has line breaks or invisible characters. smtui set NAME --file stores such a value."


class PlainInput(LimitedInput):
    """An input of one line. It refuses a paste with several lines or invisible characters instead of truncating it."""

    cursor_blink = reactive(False, init=False)

    def on_paste(self, event: events.Paste) -> None:
        if not can_be_typed(event.text):
            event.prevent_default()
            event.stop()
            self.app.notify(REFUSED, severity="warning", markup=False)

    def replace(self, text: str, start: int, end: int) -> None:
        """Replaces part of the value; does nothing if the text has line breaks or invisible characters."""
        if can_be_typed(text):
            super().replace(text, start, end)
