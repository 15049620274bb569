"""The base of dialogs that show a part of a value for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import getters

from smtui.tui.secret.auto_hide import AutoHide
from smtui.tui.workarounds import ClosableModalScreen

if TYPE_CHECKING:
    from smtui.tui.shell import Shell


class RevealDialog(ClosableModalScreen[None]):
    """Closes after the reveal time, and when the terminal loses the focus."""

    app: getters.app[Shell]

    def __init__(self) -> None:
        super().__init__()
        self.auto_hide = AutoHide(self, self.show_seconds_left, self.action_cancel)

    def on_mount(self) -> None:
        self.auto_hide.start(self.app.settings.reveal_timeout)
        self.watch(self.app, "app_focus", self._close_without_focus, init=False)

    def show_seconds_left(self, seconds: int) -> None:
        """Shows the seconds until the dialog closes; 0 if no countdown runs."""

    def _close_without_focus(self, has_focus: bool) -> None:
        if not has_focus:
            self.dismiss()

    def action_cancel(self) -> None:
        self.dismiss()
