"""The screen of the audit log: all operations requested of the vault, successful or refused."""

from __future__ import annotations

from textual.app import ComposeResult

from smtui.tui.audit.events import EventsScreen
from smtui.tui.help import places
from smtui.tui.widgets.chrome import Footer


class AuditLogScreen(EventsScreen[None]):
    """Shows the events of all Regions. A secret's name in the filter belongs to the current Region."""

    place = places.AUDIT_LOG
    def compose(self) -> ComposeResult:
        yield self.create_header()
        yield from self.compose_events()
        yield Footer()
