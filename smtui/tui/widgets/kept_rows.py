"""Rows that are shown again as they were drawn: a step that scrolls moves most rows, and changes the look of two."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, Self

from textual.geometry import Region
from textual.strip import Strip

from smtui.tui.widgets.virtual_list import VirtualList

MAX_DRAWN = 1000
"""The drawn rows that are kept."""


class KeptRows(VirtualList):
    """A list that keeps drawn rows until they are redrawn for a reason."""

    def __init__(self, *args: Any, **how: Any) -> None:
        self._drawn: dict[int, Strip] = {}
        self._drawn_for: object = None
        super().__init__(*args, **how)

    @property
    @abstractmethod
    def look(self) -> object:
        """What the look of all rows depends on, apart from their content."""

    @abstractmethod
    def draw_anew(self, number: int) -> Strip:
        """Draws one row."""

    def draw_row(self, number: int) -> Strip:
        if number not in self._drawn:
            self._drawn[number] = self.draw_anew(number)
        return self._drawn[number]

    def refresh(self, *regions: Region, **how: Any) -> Self:
        """Redraws the list or regions of it. Without regions, each row may look different from now on."""
        if not regions:
            self._drawn.clear()
        return super().refresh(*regions, **how)

    def refresh_row(self, number: int) -> None:
        self._drawn.pop(number, None)
        super().refresh_row(number)

    def render_lines(self, crop: Region) -> list[Strip]:
        if (look := self.look) != self._drawn_for or len(self._drawn) >= MAX_DRAWN:
            self._drawn.clear()
            self._drawn_for = look
        return super().render_lines(crop)
