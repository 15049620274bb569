"""The menu of places: a dialog that lists the screens of a session, each with its key."""

from __future__ import annotations

from textual.content import Content

from smtui.api.context import Capabilities
from smtui.text.sanitize import SafeText
from smtui.tui.dialogs.pick import Pick
from smtui.tui.help.places import PLACES
from smtui.tui.shell import Place

EVERYTHING = Capabilities()


class Go(Pick):
    """Returns the index of the chosen place in `PLACES`, or None if the user cancels. A letter chooses at once."""

    def __init__(self, can: Capabilities = EVERYTHING) -> None:
        super().__init__(SafeText("Go to"), [_format_row(place, can) for place in PLACES],
                         letters=[place.key for place in PLACES])


def _format_row(place: Place, can: Capabilities) -> Content:
    """The row of a place. One that the context does not have is dimmed, and says why."""
    reason = can.explain(place.needs) if place.needs else ""
    style = "dim" if reason else ""
    return Content.assemble((f" {place.key} ", f"bold $primary {style}"), (f" {place.words:<20}", style),
                            (reason or place.tooltip, f"$text-muted {style}"))
