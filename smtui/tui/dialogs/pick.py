"""One of several things."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static

from smtui.text.sanitize import SafeText
from smtui.tui import keys
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.pick_list import PickList


class Pick(ModalScreen[int | None]):
    """Answers which one, counted from 0, or None."""

    BINDINGS = keys.of("dialog")
    CSS_PATH = Path(__file__).with_name("pick.tcss")

    def __init__(self, title: SafeText, things: Sequence[SafeText]) -> None:
        super().__init__()
        self._title = title
        self._things = things

    def compose(self) -> ComposeResult:
        with Vertical(classes="card"):
            yield Static(Content(self._title), classes="title")
            yield PickList([Content(thing) for thing in self._things])
        yield Footer()

    @on(OptionList.OptionSelected)
    def _select(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_index)

    def action_cancel(self) -> None:
        self.dismiss(None)
