"""A dialog to choose one of several items."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static

from smtui.text.sanitize import SafeText
from smtui.tui import keys
from smtui.tui.dialogs.leavable import LeavableDialog
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.pick_list import PickList

NOTHING = SafeText("There is nothing to choose from.")


class Pick(LeavableDialog[int]):
    """A dialog that returns the index of the chosen item, or None. Use `read_for_dialog` for items that must be read.

    Args:
        title: the question.
        things: the items.
        nothing: the text if there are no items.
    """

    BINDINGS = keys.list_bindings("dialog")
    CSS_PATH = Path(__file__).with_name("pick.tcss")

    def __init__(self, title: SafeText, things: Sequence[SafeText], nothing: SafeText = NOTHING) -> None:
        super().__init__()
        self._title = title
        self._things = things
        self._nothing = nothing

    def compose(self) -> ComposeResult:
        with Vertical(classes="card"):
            yield Static(Content(self._title), classes="title")
            if self._things:
                yield PickList([Content(thing) for thing in self._things])
            else:
                yield Static(Content(self._nothing), id="nothing")
        yield Footer()

    @on(OptionList.OptionSelected)
    def _select(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_index)

    def action_cancel(self) -> None:
        self.dismiss(None)
