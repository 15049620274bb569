"""A checkbox that says on and off by its sign, not by its colour alone."""

from __future__ import annotations

from textual.widgets import Checkbox

ON, OFF = "✓", " "


class SymbolCheckbox(Checkbox):
    """`▐✓▌` or `▐ ▌`."""

    BUTTON_INNER = OFF

    def watch_value(self) -> None:
        self.BUTTON_INNER = ON if self.value else OFF
        super().watch_value()
