"""The History tab of a secret: its events in the audit log."""

from __future__ import annotations

from typing import Any

from textual.app import ComposeResult

from smtui.tui import keys
from smtui.tui.audit.events import EventsScreen
from smtui.tui.secret.tabs import HISTORY, SecretTab
from smtui.tui.widgets.chrome import Footer


class HistoryScreen(SecretTab, EventsScreen["int | None"]):
    """The audit log of one secret, including requests under its name before it was created again."""

    BINDINGS = keys.list_bindings("audit") + keys.list_bindings("tabs")
    number = HISTORY
    is_of_many = False

    def compose(self) -> ComposeResult:
        yield from self.compose_head()
        yield from self.compose_events()
        yield Footer()

    def get_fixed_criteria(self) -> dict[str, Any]:
        return {"secret_id": self.secret_id}

    async def load(self) -> None:
        if await self._refresh_head():
            await EventsScreen.load(self)

    async def load_changes(self) -> None:
        if await self._refresh_head():
            await self.look_for_more()

    async def _refresh_head(self) -> bool:
        """Shows the present state of the secret above the events; False if the secret no longer exists."""
        secret = await self.read_secret()
        if secret is not None:
            self.show_head(secret)
        return secret is not None
