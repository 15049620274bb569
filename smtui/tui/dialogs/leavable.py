"""Dialogs that lose nothing when they close, so that the command line can be opened from them."""

from __future__ import annotations

from typing import TypeVar

from smtui.tui import keys
from smtui.tui.workarounds import ClosableModalScreen

Answer = TypeVar("Answer")


class LeavableDialog(ClosableModalScreen[Answer | None]):
    """A dialog to read or to choose from. The key of the command line closes it and opens the command line."""

    BINDINGS = keys.select(["everywhere.command"])

    def action_command(self) -> None:
        self.dismiss(None)
        self.app.call_later(self.app.run_action, "app.command")
