"""A checkbox that shows its state by a symbol in addition to colour."""

from __future__ import annotations

from textual.widgets import Checkbox

ON, OFF = "✓", " "


class SymbolCheckbox(Checkbox):
    """A checkbox that looks like `▐✓▌` or `▐ ▌`."""

    BUTTON_INNER = OFF

    def watch_value(self) -> None:
        self.BUTTON_INNER = ON if self.value else OFF
        super().watch_value()
