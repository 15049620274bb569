"""The selected secrets of a list, by ARN, so that they stay selected when the list is sorted, filtered or reread."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

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
