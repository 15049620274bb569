"""A text of several lines that can be edited while it is hidden."""

from __future__ import annotations

from rich.text import Text
from textual import events
from textual.reactive import reactive
from textual.widgets import TextArea

from smtui.tui.values import can_be_typed

REFUSED = "What was pasted has unseen characters. smtui set NAME --file stores such a value."
DOT = "•"


class MaskedArea(TextArea):
    """Each character is a dot while `hidden`."""

    DEFAULT_CSS = """
    MaskedArea {
        border: none;
        padding: 0 1;
        background: $panel;
    }
    MaskedArea:focus {
        border: none;
    }
    """

    hidden: reactive[bool] = reactive(True)

    def get_line(self, line_index: int) -> Text:
        line = super().get_line(line_index)
        return Text(DOT * len(line), end="", no_wrap=True) if self.hidden else line

    def watch_hidden(self) -> None:
        self.notify_style_update()
        self.refresh()

    async def on_paste(self, event: events.Paste) -> None:
        if not can_be_typed(event.text.replace("\r\n", "\n"), lines=True):
            event.prevent_default()
            event.stop()
            self.app.notify(REFUSED, severity="warning", markup=False)
