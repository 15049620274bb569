"""The selection of a list: the selected secrets, and the range that is being selected.

Secrets are selected by ARN, so that they stay selected when the list is sorted, filtered or reread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from smtui.tui.secret_list.list_model import ListModel

if TYPE_CHECKING:
    from smtui.api.types import SecretListEntry


class SelectedSecrets:
    """The newest known entry of each selected secret, in the order of selection."""

    def __init__(self) -> None:
        self._entries: dict[str, SecretListEntry] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, arn: object) -> bool:
        return arn in self._entries

    @property
    def entries(self) -> list[SecretListEntry]:
        return list(self._entries.values())

    def add(self, entries: Iterable[SecretListEntry]) -> None:
        self._entries.update((entry["ARN"], entry) for entry in entries)

    def toggle(self, entries: Iterable[SecretListEntry]) -> None:
        """Deselects those that are selected, and selects the others."""
        for entry in entries:
            if self._entries.pop(entry["ARN"], None) is None:
                self._entries[entry["ARN"]] = entry

    def update(self, entries: Iterable[SecretListEntry]) -> None:
        """Replaces the entries of selected secrets by these newer ones."""
        if self._entries:
            self.add(entry for entry in entries if entry["ARN"] in self._entries)

    def discard(self, arns: Iterable[str]) -> None:
        for arn in arns:
            self._entries.pop(arn, None)

    def clear(self) -> None:
        self._entries.clear()


class ListSelection:
    """The selected secrets of a list, and the range that is being selected.

    Args:
        model: the rows.
        get_cursor: returns the row of the cursor, which is one end of the range.
        report_change: called after each change.
    """

    def __init__(self, model: ListModel, get_cursor: Callable[[], int], report_change: Callable[[], object]) -> None:
        self.selected = SelectedSecrets()
        """The selected secrets, without those of an unfinished range."""
        self._model = model
        self._get_cursor = get_cursor
        self._report_change = report_change
        self._range_key: str | None = None
        self._range_row: int | None = None

    def is_selected(self, row: int) -> bool:
        """Whether a row is selected or in the unfinished range."""
        if row in self._range:
            return True
        return bool(len(self.selected)) and all(
            entry["ARN"] in self.selected for entry in self._model.list_entries_at(row))

    @property
    def entries(self) -> list[SecretListEntry]:
        """The selected entries, including those of an unfinished range."""
        return list({entry["ARN"]: entry for entry in (*self.selected.entries, *self._list_range_entries())}.values())

    def count_elsewhere(self) -> int:
        """Returns the number of selected secrets that are not in the rows read so far."""
        listed = (entry["ARN"] in self.selected for entry in self._model.entries)
        return len(self.selected) - sum(listed) if self.selected else 0

    def toggle(self, row: int) -> None:
        """Selects or deselects a secret; or all secrets below a group, unless all are selected already."""
        entries = list(self._model.list_entries_at(row))
        if all(entry["ARN"] in self.selected for entry in entries):
            self.selected.discard(entry["ARN"] for entry in entries)
        else:
            self.selected.add(entries)
        self._report_change()

    def invert(self) -> None:
        """Selects the rows read so far that are not selected, and deselects the others. Ends the range."""
        self.end_range()
        self.selected.toggle(self._model.entries)
        self._report_change()

    def deselect(self, arns: Iterable[str]) -> None:
        """Deselects secrets by ARN, and ends the range."""
        self.selected.discard(arns)
        self.end_range()

    def clear(self) -> None:
        """Deselects all secrets, and ends the range."""
        self.selected.clear()
        self.end_range()

    def update(self) -> None:
        """Updates selected entries and the start of the range from new rows. The range ends if its start is gone."""
        self.selected.update(self._model.entries)
        self._range_row = self._model.find_row(self._range_key) if self._range_key else None
        self._range_key = self._range_key if self.has_range else None

    # The range.

    @property
    def has_range(self) -> bool:
        """Whether a range is being selected."""
        return self._range_row is not None

    def toggle_range(self) -> None:
        """Starts a range at the cursor, or selects the rows from its start to the cursor."""
        cursor = self._get_cursor()
        if self.has_range:
            self.end_range(select=True)
        elif cursor < len(self._model.rows):
            self._range_key, self._range_row = self._model.get_key(cursor), cursor
            self._report_change()

    def end_range(self, *, select: bool = False) -> None:
        """Ends the range; `select` adds its rows to the selection."""
        if select:
            self.selected.add(self._list_range_entries())
        self._range_key = self._range_row = None
        self._report_change()

    @property
    def _range(self) -> range:
        """The rows from the start of the range to the cursor; empty if there is no range."""
        if self._range_row is None:
            return range(0)
        first, last = sorted((self._range_row, self._get_cursor()))
        return range(first, min(last + 1, len(self._model.rows)))

    def _list_range_entries(self) -> list[SecretListEntry]:
        return [entry for row in self._range for entry in self._model.list_entries_at(row, in_range=True)]
