"""The trail: every operation that was asked of this vault, done or refused."""

from __future__ import annotations

from textual.app import ComposeResult

from smtui.tui.audit.events import EventsScreen
from smtui.tui.widgets.chrome import KeyBar


class TrailScreen(EventsScreen[None]):
    """All of it, of one Region."""

    def compose(self) -> ComposeResult:
        yield self.masthead()
        yield from self.events()
        yield KeyBar()
