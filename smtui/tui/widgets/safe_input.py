"""A field for one line, which shows no more of what is pasted into it than any other widget would."""

from __future__ import annotations

from textual import events
from textual.geometry import Size
from textual.reactive import Reactive, reactive
from textual.widgets import Input

from smtui.text.sanitize import sanitize
from smtui.tui.pasted import with_line_feeds

REFUSED = "Only one line fits here: what was pasted has several."


class SafeInput(Input):
    """Harmful characters become their stand-ins as they come in, so this is no field for what must stay as it was."""

    cursor_blink = reactive(False, init=False)
    virtual_size = Reactive(Size(0, 0))
    """Textual's own has the whole screen laid out anew at each letter, for the sake of a line of fixed size."""

    def on_paste(self, event: events.Paste) -> None:
        """A line break at its end is the terminal's; one inside would cut it short unseen."""
        event.text = with_line_feeds(event.text).removesuffix("\n")
        if "\n" in event.text:
            event.prevent_default()
            event.stop()
            self.app.notify(REFUSED, severity="warning", markup=False)

    def validate_value(self, value: str) -> str:
        return sanitize(value)
