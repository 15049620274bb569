"""A progress bar."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

FULL, EMPTY = "█", "░"


class Bar(Widget):
    """A progress bar of one line. `share` is between 0 and 1, or None if the total is unknown."""

    DEFAULT_CSS = """
    Bar {
        height: 1;
        color: $primary;
    }
    """

    share: reactive[float | None] = reactive(None)

    def render(self) -> Content:
        room = max(0, self.size.width - 6)
        if self.share is None:
            return Content(EMPTY * room)
        filled = round(self.share * room)
        return Content.assemble((FULL * filled, "$primary"), (EMPTY * (room - filled), "$text-muted"),
                                f" {self.share:>4.0%}")
