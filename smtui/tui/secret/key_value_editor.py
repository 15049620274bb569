"""An editor of key-value pairs, for the members of a value and the tags of a secret."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.css.query import DOMQuery
from textual.message import Message
from textual.widgets import Input, Static

from smtui.text.sanitize import sanitize
from smtui.text.typed_text import can_be_typed
from smtui.tui.secret.values import Pair
from smtui.tui.widgets.button import Button
from smtui.tui.widgets.plain_input import PlainInput

KEPT_TEXT = "unchanged (has characters that cannot be typed here)"


class KeyValueRow(Horizontal):
    """One pair. A pair with characters that a field cannot hold is read-only; it can only be removed."""

    DEFAULT_CSS = """
    KeyValueRow {
        height: 1;
        margin-bottom: 1;
    }
    KeyValueRow > .key {
        width: 2fr;
        margin-right: 1;
    }
    KeyValueRow > .value {
        width: 3fr;
        margin-right: 1;
    }
    KeyValueRow > Button {
        min-width: 5;
        width: 5;
        padding: 0 1;
        margin: 0;
    }
    """

    def __init__(self, pair: Pair, *, hidden: bool) -> None:
        super().__init__()
        self._pair = pair
        self._fixed = pair.index is not None and not (can_be_typed(pair.key) and can_be_typed(pair.text))
        self._hidden = hidden

    def compose(self) -> ComposeResult:
        pair = self._pair
        if self._fixed:
            yield Static(Content(sanitize(pair.key)), classes="key")
            yield Static(KEPT_TEXT, classes="value -muted")
        else:
            yield PlainInput(pair.key, placeholder="key", classes="key", compact=True, select_on_focus=False)
            yield PlainInput(pair.text, placeholder="value", classes="value", compact=True, password=self._hidden)
        remove = Button("−", tooltip="Remove this row")
        # Tab moves between fields; the key that removes a row works in each of them.
        remove.can_focus = self._fixed
        yield remove

    def set_hidden(self, hidden: bool) -> None:
        for value in self.query(Input).filter(".value"):
            value.password = hidden

    @property
    def pair(self) -> Pair:
        if self._fixed:
            return self._pair
        key, value = self.query(Input)
        return Pair(self._pair.index, key.value, value.value)


class KeyValueEditor(VerticalScroll, can_focus=False):
    """Shows a row for each pair and posts `Changed` when one is edited or removed.

    Args:
        pairs: the pairs to begin with; without any there is one empty row.
        hidden: whether the values are hidden.
    """

    DEFAULT_CSS = """
    KeyValueEditor {
        height: 1fr;
    }
    """

    class Changed(Message):
        """The pairs have changed."""

    def __init__(self, pairs: Iterable[Pair] = (), *, hidden: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self._initial_pairs = list(pairs) or [Pair(None, "", "")]
        self._hidden = hidden

    def compose(self) -> ComposeResult:
        for pair in self._initial_pairs:
            yield KeyValueRow(pair, hidden=self._hidden)
        self._initial_pairs.clear()

    @property
    def rows(self) -> DOMQuery[KeyValueRow]:
        return self.query(KeyValueRow)

    @property
    def pairs(self) -> list[Pair]:
        """The pairs of all rows except new rows that are empty."""
        pairs = [row.pair for row in self.rows]
        return [pair for pair in pairs if pair.index is not None or pair.key or pair.text]

    async def set_pairs(self, pairs: Sequence[Pair]) -> None:
        """Replaces all rows."""
        await self.remove_children()
        await self.mount(*(KeyValueRow(pair, hidden=self._hidden) for pair in pairs or [Pair(None, "", "")]))

    async def add(self) -> None:
        row = KeyValueRow(Pair(None, "", ""), hidden=self._hidden)
        await self.mount(row)
        row.query(Input).first().focus()

    def focus_key(self, key: str | None) -> None:
        """Focuses the value of `key`, or else the first row. A row without a key gets the focus on its key field."""
        matching = [row for row in self.rows if row.pair.key == key]
        for row in [*matching, *self.rows][:1]:
            row.query(Input).filter(".value" if row.pair.key else ".key").focus()

    async def remove_row(self, row: KeyValueRow) -> None:
        await row.remove()
        self.post_message(self.Changed())

    async def remove_focused(self) -> None:
        row = self.focused_row
        if row is not None:
            await self.remove_row(row)

    @property
    def focused_row(self) -> KeyValueRow | None:
        return next((row for row in self.rows if row.has_focus_within), None)

    def set_hidden(self, hidden: bool) -> None:
        self._hidden = hidden
        for row in self.rows:
            row.set_hidden(hidden)

    @on(Input.Changed)
    def _report_change(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Changed())

    @on(Button.Pressed)
    async def _remove_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if isinstance(event.button.parent, KeyValueRow):
            await self.remove_row(event.button.parent)
