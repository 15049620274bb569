"""A dialog to choose a theme, with a preview on the whole screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import getters, on
from textual.widgets import OptionList

from smtui.text.sanitize import SafeText, sanitize
from smtui.tui import themes
from smtui.tui.dialogs.pick import Pick

if TYPE_CHECKING:
    from smtui.tui.shell import Shell


class PickTheme(Pick):
    """A dialog that returns the index of a theme in `offered`, or None. Esc restores the previous theme."""

    app: getters.app[Shell]

    def __init__(self, worn: str) -> None:
        self.offered = [theme.name for theme in themes.THEMES]
        super().__init__(SafeText("Theme"), [sanitize(name) for name in self.offered])
        self._original = worn

    @on(OptionList.OptionHighlighted)
    def _preview(self, event: OptionList.OptionHighlighted) -> None:
        if not self.app.no_color:
            self.app.theme = self.offered[self.find_item(event.option_index)]

    def action_cancel(self) -> None:
        """Ends the filter if there is one, else closes and restores the theme."""
        super().action_cancel()
        if self.is_closing:
            self.app.theme = self._original
