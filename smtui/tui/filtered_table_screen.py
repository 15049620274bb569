"""The base of the screens that show a filter line above a table: the audit log, Health, and the settings."""

from __future__ import annotations

from textual import getters, on
from textual.widgets import Input

from smtui.tui.base_screen import SessionScreen
from smtui.tui.reading_screen import Answer
from smtui.tui.widgets.safe_input import SafeInput
from smtui.tui.widgets.table import Table


class FilteredTableScreen(SessionScreen[Answer]):
    """A subclass composes a `Table` and a `SafeInput` with the id `filter`, and declares the keys of the actions."""

    AUTO_FOCUS = "Table"
    initial_filter = ""
    """The filter with which the screen opens."""

    table = getters.query_one(Table)
    bar = getters.query_one("#filter", SafeInput)

    def on_mount(self) -> None:
        """Enters the filter before the first read, which then applies it."""
        with self.prevent(Input.Changed):
            self.bar.value = self.initial_filter

    @on(Input.Submitted)
    def _focus_table(self) -> None:
        self.table.focus()

    def action_filter(self) -> None:
        self.bar.focus_to_replace()

    def action_back(self) -> None:
        """Leaves the filter line, else clears the filter, else leaves the screen."""
        if self.bar.has_focus:
            self.table.focus()
        elif self.bar.value:
            self.bar.value = ""
        else:
            self.dismiss()
