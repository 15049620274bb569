"""A dialog to choose one of several items."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from textual import events, getters, on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, OptionList, Static

from smtui.text.sanitize import SafeText
from smtui.tui import keys
from smtui.tui.dialogs.leavable import LeavableDialog
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.find_line import FindLine
from smtui.tui.widgets.panel import Card, CardTitle
from smtui.tui.widgets.pick_list import PickList

NOTHING = SafeText("Nothing to choose.")


class Pick(LeavableDialog[int]):
    """A dialog that returns the index of the chosen item, or None. Use `read_for_dialog` for items that must be read.

    Args:
        title: the question.
        things: the items.
        nothing: the text if there are no items.
        cursor: the item under the cursor at first.
        letters: for each item, the letter that chooses it at once, or an empty text; none at all by default.
    """

    BINDINGS = keys.list_bindings("dialog") + keys.list_bindings("pick")
    CSS_PATH = Path(__file__).with_name("pick.tcss")
    AUTO_FOCUS = "PickList"

    line = getters.query_one(FindLine)
    rows = getters.query_one(PickList)

    def __init__(
        self, title: SafeText, things: Sequence[SafeText | Content], nothing: SafeText = NOTHING, *, cursor: int = 0,
        letters: Sequence[str] = (),
    ) -> None:
        super().__init__()
        self._title = title
        self._things = [thing if isinstance(thing, Content) else Content(thing) for thing in things]
        self._nothing = nothing
        self._cursor = cursor
        self._letters = letters
        self._found = list(range(len(self._things)))

    def compose(self) -> ComposeResult:
        with Card():
            yield CardTitle(Content(self._title))
            if self._things:
                yield FindLine()
                yield PickList(self._things, taken="".join(self._letters))
            else:
                yield Static(Content(self._nothing), id="nothing")
        yield Footer()

    def on_mount(self) -> None:
        if self._things:
            self.rows.highlighted = self._cursor

    def action_filter(self) -> None:
        self.line.open()

    @on(Input.Changed)
    def _show_found(self) -> None:
        """Shows the items with all words of the filter. Without a filter, the cursor stays on its item."""
        before = self._found[self.rows.cursor] if self._found else 0
        self._found = [at for at, thing in enumerate(self._things) if self.line.matches(thing.plain)]
        self.rows.put([self._things[at] for at in self._found], 0 if self.line.value.strip() else before)

    @on(Input.Submitted)
    def _choose_found(self) -> None:
        """Chooses the only item that is found, or goes to the list."""
        if len(self._found) == 1:
            self.dismiss(self._found[0])
        else:
            self.rows.focus()

    def find_item(self, row: int) -> int:
        """Returns the index of the item in a row of the list."""
        return self._found[row]

    def choose_under_cursor(self) -> None:
        """Chooses the item under the cursor, if any is found."""
        if self._found:
            self.dismiss(self.find_item(self.rows.cursor))

    def on_key(self, event: events.Key) -> None:
        """Chooses the item with the letter, unless the filter hides it."""
        if event.character and event.character in self._letters:
            item = self._letters.index(event.character)
            if item in self._found:
                event.stop()
                self.dismiss(item)

    @on(OptionList.OptionSelected)
    def _select(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self.find_item(event.option_index))

    def action_cancel(self) -> None:
        """Ends the filter if there is one, else closes."""
        if not self._things or not self.line.close(self.rows):
            self.dismiss(None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return bool(self._things) if action == "filter" else super().check_action(action, parameters)
