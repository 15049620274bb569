"""The actions of the list that concern its order."""

from __future__ import annotations

from textual import on

from smtui.tui.secret_list.list_widget import SecretList
from smtui.tui.secret_list.listing import ListingScreen
from smtui.tui.secret_list.query import DEFAULT_ORDER, ListQuery
from smtui.tui.secret_list.results import MAX_SORTED

SORT_PAUSE = 0.3
"""Seconds after the last key press until all entries are read for a local sort."""


class SortingScreen(ListingScreen):
    """Sorts the list by a column."""

    at_once = frozenset({"sort", "reverse"})

    def action_sort(self) -> None:
        """Sorts by the next column that is shown, then by others."""
        visible = [column.id for column, _ in self.secrets.fit_columns_for(DEFAULT_ORDER)]
        self._sort(self.list_query.select_next_order(visible))

    def action_reverse(self) -> None:
        """Reverses the order."""
        self._sort(self.list_query.reverse_order())

    def sort_by(self, column: str) -> None:
        """Sorts by a column, given by id; reverses the order if the list is sorted by it already."""
        self._sort(self.list_query.change_order(column))

    def _sort(self, list_query: ListQuery) -> None:
        self.show_result(list_query, reread=False, delay=SORT_PAUSE if list_query.sort_key else 0)
        self._show_list_state()

    @on(SecretList.SortRequested)
    def _sort_by_clicked_title(self, event: SecretList.SortRequested) -> None:
        self.sort_by(event.column)

    @on(SecretList.TooManyToSort)
    def _refuse_sort(self) -> None:
        self.say(f"Sorting by {self.list_query.column.title.lower()} works for up to {MAX_SORTED:,} secrets. "
                 "Filter the list first.", severity="warning")
        self.list_query = self.secrets.model.list_query
