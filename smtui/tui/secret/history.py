"""What was done with one secret, by whom, and when."""

from __future__ import annotations

from typing import Any

from textual.app import ComposeResult

from smtui.tui import keys
from smtui.tui.audit.events import EventsScreen
from smtui.tui.secret.tabs import HISTORY, PartScreen
from smtui.tui.widgets.chrome import KeyBar


class HistoryScreen(PartScreen, EventsScreen["int | None"]):
    """The audit log of one secret, including requests under its name before it was created again."""

    BINDINGS = keys.of("audit") + keys.of("parts")
    number = HISTORY

    def compose(self) -> ComposeResult:
        yield from self.head()
        yield from self.compose_events()
        yield KeyBar()

    def fixed_criteria(self) -> dict[str, Any]:
        return {"secret_id": self.secret_id}

    async def load(self) -> None:
        if await self._is_there():
            await EventsScreen.load(self)

    async def load_changes(self) -> None:
        if await self._is_there():
            await self.look_for_more()

    async def _is_there(self) -> bool:
        """Whether the secret is still there; shows above the events how it is now."""
        secret = await self.described()
        if secret is not None:
            self.show_head(secret)
        return secret is not None
