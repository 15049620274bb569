"""The menu of places: a dialog that lists the screens of a session, each with its key."""

from __future__ import annotations

from textual.content import Content

from smtui.text.sanitize import SafeText
from smtui.tui.dialogs.pick import Pick
from smtui.tui.help.places import PLACES
from smtui.tui.shell import Place


class Go(Pick):
    """Returns the index of the chosen place in `PLACES`, or None if the user cancels. A letter chooses at once."""

    def __init__(self) -> None:
        super().__init__(SafeText("Go to"), [_format_row(place) for place in PLACES],
                         letters=[place.key for place in PLACES])


def _format_row(place: Place) -> Content:
    return Content.assemble((f" {place.key} ", "bold $primary"), f" {place.words:<20}", (place.tooltip, "$text-muted"))
