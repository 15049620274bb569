"""An input that replaces control characters and invisible characters."""

from __future__ import annotations

from textual import events
from textual.geometry import Size
from textual.reactive import Reactive, reactive

from smtui.text.sanitize import sanitize
from smtui.text.typed_text import normalize_line_breaks
from smtui.tui.widgets.limited_input import LimitedInput

REFUSED = "Not pasted: only a single line is allowed here."


class SafeInput(LimitedInput):
    """An input of one line that sanitizes its value. It is not suitable for values that must be kept exactly."""

    cursor_blink = reactive(False, init=False)
    virtual_size = Reactive(Size(0, 0))
    """Replaces the reactive of Textual, which lays out the whole screen after each key, though the size is fixed."""

    def focus_to_replace(self) -> None:
        """Focuses the input and selects its text: typing replaces the text, → and End keep it."""
        self.focus()
        self.select_all()

    def on_paste(self, event: events.Paste) -> None:
        """Removes a trailing line break, which terminals add, and refuses a paste with several lines."""
        event.text = normalize_line_breaks(event.text).removesuffix("\n")
        if "\n" in event.text:
            event.prevent_default()
            event.stop()
            self.app.notify(REFUSED, severity="warning", markup=False)

    def validate_value(self, value: str) -> str:
        return sanitize(value)
