"""A text area that can hide its text. JSON gets colours, indentation and diagnostics."""

from __future__ import annotations

from rich.text import Text
from textual import events
from textual.reactive import reactive

from smtui.text.json_object import encode_string
from smtui.text.typed_text import can_be_typed
from smtui.tui.json_editor.area import JsonArea
from smtui.tui.json_editor.check import find_json_diagnostics, looks_like_json
from smtui.tui.json_editor.tokens import tokenize

PASTE_REFUSED = "Not pasted: the text has invisible characters. Use f on the secret's screen to store it from a file."
DOT = "•"


class ValueArea(JsonArea):
    """Shows each character as a dot while `hidden`. In JSON it escapes invisible characters."""

    DEFAULT_CSS = """
    ValueArea {
        padding: 0 1;
        background: $panel;
    }
    """

    hidden: reactive[bool] = reactive(True)

    def __init__(self, text: str = "") -> None:
        super().__init__(text, find_json_diagnostics)
        self.show_line_numbers = self.is_json

    @property
    def is_json(self) -> bool:
        line = next((line for line in self.document.lines if line.strip()), "")
        return looks_like_json(line)

    def on_text_area_changed(self) -> None:
        self.show_line_numbers = self.is_json
        if not self.is_json:
            self.diagnostics = ()

    def get_line(self, line_index: int) -> Text:
        if self.hidden:
            return Text(DOT * len(self.document.get_line(line_index)), end="", no_wrap=True)
        return super().get_line(line_index)

    def watch_hidden(self) -> None:
        self.notify_style_update()
        self.refresh()

    async def on_paste(self, event: events.Paste) -> None:
        as_json = self.is_json if self.text.strip() else looks_like_json(event.text)
        if not as_json and not can_be_typed(event.text, lines=True):
            event.prevent_default()
            event.stop()
            self.app.notify(PASTE_REFUSED, severity="warning", markup=False)

    def insert_password(self, password: str) -> None:
        """Replaces the selection with a password. In JSON it is escaped, and quoted if it is outside of a string."""
        self.replace(self._encode_password(password) if self.is_json else password, *self.selection)

    def _encode_password(self, password: str) -> str:
        row, column = min(self.selection)
        line = self.document.get_line(row)
        inside = any(word.kind in ("text", "key") and word.start < column < word.end for word in tokenize(line))
        quoted = encode_string(password)
        return quoted[1:-1] if inside else quoted
