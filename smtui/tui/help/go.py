"""The menu of places: a dialog that lists the screens of a session, each with its key."""

from __future__ import annotations

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static

from smtui.tui import keys
from smtui.tui.dialogs.leavable import LeavableDialog
from smtui.tui.help.places import PLACES
from smtui.tui.shell import Place
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.row_list import RowList


class Go(LeavableDialog[Place]):
    """Returns the chosen place, or None if the user cancels."""

    BINDINGS = keys.list_bindings("dialog")
    CSS_PATH = "../dialogs/pick.tcss"

    def compose(self) -> ComposeResult:
        with Vertical(classes="card"):
            yield Static("Go to", classes="title")
            yield RowList(*map(_format_row, PLACES), compact=True)
        yield Footer()

    def on_key(self, event: events.Key) -> None:
        for place in PLACES:
            if event.character == place.key:
                event.stop()
                self.dismiss(place)

    @on(OptionList.OptionSelected)
    def _choose(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(PLACES[event.option_index])

    def action_cancel(self) -> None:
        self.dismiss(None)


def _format_row(place: Place) -> Content:
    return Content.assemble((f" {place.key} ", "bold $primary"), f" {place.words:<20}", (place.tooltip, "$text-muted"))
