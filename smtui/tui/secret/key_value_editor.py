"""Rows of a key and a value each, to be changed, added and removed: the members of a value, the tags of a secret."""

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
from smtui.tui.secret.values import Pair, can_be_typed
from smtui.tui.widgets.button import Button
from smtui.tui.widgets.plain_input import PlainInput

KEPT = "kept as it is: it has characters that cannot be typed here"


class PairRow(Horizontal):
    """One pair. What a field could not hold exactly is only kept or removed."""

    DEFAULT_CSS = """
    PairRow {
        height: 1;
        margin-bottom: 1;
    }
    PairRow > .key {
        width: 2fr;
        margin-right: 1;
    }
    PairRow > .value {
        width: 3fr;
        margin-right: 1;
    }
    PairRow > Button {
        min-width: 5;
        width: 5;
        padding: 0 1;
        margin: 0;
    }
    """

    def __init__(self, line: Pair, *, hidden: bool) -> None:
        super().__init__()
        self._line = line
        self._fixed = line.came_from is not None and not (can_be_typed(line.key) and can_be_typed(line.text))
        self._hidden = hidden

    def compose(self) -> ComposeResult:
        line = self._line
        if self._fixed:
            yield Static(Content(sanitize(line.key)), classes="key")
            yield Static(KEPT, classes="value -muted")
        else:
            yield PlainInput(line.key, placeholder="key", classes="key", compact=True, select_on_focus=False)
            yield PlainInput(line.text, placeholder="value", classes="value", compact=True, password=self._hidden)
        remove = Button("✗", tooltip="Remove this row")
        # Tab goes from field to field; the key that removes a row works in each.
        remove.can_focus = self._fixed
        yield remove

    def hide(self, hidden: bool) -> None:
        for value in self.query(Input).filter(".value"):
            value.password = hidden

    @property
    def line(self) -> Pair:
        if self._fixed:
            return self._line
        key, value = self.query(Input)
        return Pair(self._line.came_from, key.value, value.value)


class PairRows(VerticalScroll, can_focus=False):
    """Answers its `lines`; says `Changed` when one is added, changed or removed."""

    DEFAULT_CSS = """
    PairRows {
        height: 1fr;
    }
    """

    class Changed(Message):
        """The lines are no longer what they were."""

    def __init__(self, lines: Iterable[Pair] = (), *, hidden: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self._first = list(lines) or [Pair(None, "", "")]
        self._hidden = hidden

    def compose(self) -> ComposeResult:
        for line in self._first:
            yield PairRow(line, hidden=self._hidden)
        self._first.clear()

    @property
    def rows(self) -> DOMQuery[PairRow]:
        return self.query(PairRow)

    @property
    def lines(self) -> list[Pair]:
        """Every row but new ones in which nothing is typed."""
        lines = [row.line for row in self.rows]
        return [line for line in lines if line.came_from is not None or line.key or line.text]

    async def put(self, lines: Sequence[Pair]) -> None:
        """These rows instead of those that were here."""
        await self.remove_children()
        await self.mount(*(PairRow(line, hidden=self._hidden) for line in lines or [Pair(None, "", "")]))

    async def add(self) -> None:
        row = PairRow(Pair(None, "", ""), hidden=self._hidden)
        await self.mount(row)
        row.query(Input).first().focus()

    def focus_on(self, key: str | None) -> None:
        """The value of `key`, or of the first row; the key of a row in which nothing is typed yet."""
        named = [row for row in self.rows if row.line.key == key]
        for row in [*named, *self.rows][:1]:
            row.query(Input).filter(".value" if row.line.key else ".key").focus()

    async def remove_row(self, row: PairRow) -> None:
        await row.remove()
        self.post_message(self.Changed())

    async def remove_focused(self) -> None:
        row = self.focused_row
        if row is not None:
            await self.remove_row(row)

    @property
    def focused_row(self) -> PairRow | None:
        return next((row for row in self.rows if row.has_focus_within), None)

    def hide(self, hidden: bool) -> None:
        self._hidden = hidden
        for row in self.rows:
            row.hide(hidden)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Changed())

    @on(Button.Pressed)
    async def _remove(self, event: Button.Pressed) -> None:
        event.stop()
        if isinstance(event.button.parent, PairRow):
            await self.remove_row(event.button.parent)
