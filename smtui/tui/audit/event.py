"""The dialog that shows one audit event in full."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from textual import getters
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from smtui.text.sanitize import escape_json, sanitize
from smtui.tui import keys
from smtui.tui.bridge import gesture
from smtui.tui.dialogs.leavable import LeavableDialog
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.panel import Card, CardTitle

if TYPE_CHECKING:
    from smtui.tui.shell import Shell


class EventDialog(LeavableDialog[None]):
    """Shows an event as JSON in CloudTrail's format.

    Control characters are escaped on the screen. The copy to the clipboard is not escaped.
    """

    BINDINGS = keys.list_bindings("dialog") + keys.list_bindings("event")
    CSS_PATH = "event.tcss"

    app: getters.app[Shell]

    def __init__(self, event: Mapping[str, Any]) -> None:
        super().__init__()
        self._event = event

    @property
    def _text(self) -> str:
        return json.dumps(self._event, indent=2, ensure_ascii=False)

    def compose(self) -> ComposeResult:
        with Card():
            yield CardTitle(Content(sanitize(self._event["eventName"])))
            with VerticalScroll():
                yield Static(Content(escape_json(self._text)))
        yield Footer()

    @gesture
    async def action_copy(self) -> None:
        await self.app.copy(self._text, "Event")

    def action_cancel(self) -> None:
        self.dismiss()
