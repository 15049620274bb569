"""The list of a value's keys and its entire value, each hidden until the user reveals it."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList

from smtui.rules.key_roles import PASSWORD, find_key
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui import key_names
from smtui.tui.outline import Outline, ValueKind
from smtui.tui.widgets.read_state import ReadState
from smtui.tui.widgets.row_list import RowList

MASK = "••••••••"
WHOLE_VALUE = SafeText("entire value")
KEY_WIDTH = 20


class ValueList(RowList):
    """Holds the outline of a value. It holds the text of a row only while that row is revealed."""

    class RevealRequested(Message):
        """Enter: the row under the cursor is to be revealed or hidden."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.outline: Outline | None = None
        self.revealed: int | None = None

    def show_outline(self, outline: Outline | None) -> None:
        """Shows another outline with all rows hidden; None for a value that is not read yet.

        The cursor stays on its key, because a key press may act on it after others have stored a value.
        """
        row = self._find_row(outline)
        self.outline, self.revealed = outline, None
        rows = [self._format_row(name, Content(MASK)) for name in self._list_names()]
        self.put(rows or [_format_unread(self._unread_text)], row)

    def _find_row(self, outline: Outline | None) -> int:
        """Finds the row of the key under the cursor in another outline; the first row if it is not there.

        A value that was not read yet begins on its password.
        """
        if outline is None:
            return 0
        if self.outline is None:
            return find_key(outline.keys, PASSWORD) or 0
        if outline.keys == self.outline.keys:
            return self.cursor
        return outline.keys.index(self.key) if self.key in outline.keys else 0

    def show_state(self, state: ReadState, retry_key: str) -> None:
        """Shows how far the read of a value is, if its outline is unknown."""
        if self.outline is None:
            self.put([_format_unread(state.format_text(retry_key) or self._unread_text)], 0)

    @property
    def _unread_text(self) -> SafeText:
        key = key_names.find_bound_key(self.screen, "secret.reveal")
        return sanitize(f"hidden ({key} to reveal)" if key else "hidden")

    def _list_names(self) -> Iterator[SafeText]:
        if self.outline is not None:
            yield from map(sanitize, self.outline.keys)
            yield WHOLE_VALUE if self.outline.keys else _describe_kind(self.outline)

    @property
    def key(self) -> str | None:
        """The key under the cursor; None on the row of the entire value."""
        keys = self.outline.keys if self.outline else ()
        return keys[self.cursor] if self.cursor < len(keys) else None

    @property
    def waits_for_choice(self) -> bool:
        """Whether the keys are known and all hidden, so that the user can choose one to reveal."""
        return self.outline is not None and bool(self.outline.keys) and self.revealed is None

    def reveal(self, value: SafeText) -> None:
        """Shows the value of the row under the cursor and hides all other rows."""
        self.hide()
        self.revealed = self.cursor
        lines = "\n" if self.key is None or "\n" in value else ""
        self._replace_row(self.cursor, Content.assemble(lines, Content(value).stylize("$accent")))

    def hide(self) -> None:
        row, self.revealed = self.revealed, None
        if row is not None and row < self.option_count:
            self._replace_row(row, Content(MASK))

    def _replace_row(self, row: int, value: Content) -> None:
        self.replace_option_prompt_at_index(row, self._format_row(list(self._list_names())[row], value))

    def _format_row(self, name: SafeText, value: Content) -> Content:
        return Content.assemble((f"{name:<{self._key_width}}  ", "$text-muted"), value)

    @property
    def _key_width(self) -> int:
        longest = max((Content(name).cell_length for name in self._list_names()), default=0)
        return min(longest, KEY_WIDTH)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.post_message(self.RevealRequested())


def _format_unread(words: SafeText) -> Content:
    return Content.assemble(MASK, (f"  {words}", "$text-muted"))


def _describe_kind(outline: Outline) -> SafeText:
    kind = "text" if outline.kind is not ValueKind.BINARY else "binary"
    return sanitize(f"{kind}, {outline.size:,} {'byte' if outline.size == 1 else 'bytes'}")
