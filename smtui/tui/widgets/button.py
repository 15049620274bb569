"""A button that shows its focus without colour too."""

from __future__ import annotations

from rich.cells import cell_len
from rich.segment import Segment
from textual import widgets
from textual.geometry import Size
from textual.strip import Strip

MARKS = "▸", "◂"
ROOM = 4
"""Cells beside the label: for a mark and a space on each side."""


class Button(widgets.Button):
    """`▸ Cancel ◂` while it has the focus."""

    def get_content_width(self, container: Size, viewport: Size) -> int:
        return cell_len(str(self.label)) + ROOM

    def render_line(self, y: int) -> Strip:
        strip = super().render_line(y)
        end = strip.cell_length - 1
        if not self.has_focus or end < 2:
            return strip
        before, after = (_in_place_of(strip, at, mark) for at, mark in ((0, MARKS[0]), (end, MARKS[1])))
        return Strip.join([before, strip.crop(1, end), after])


def _in_place_of(strip: Strip, at: int, mark: str) -> Strip:
    """One cell, in the style of the one that it replaces."""
    return Strip([Segment(mark, style) for _, style, _ in strip.crop(at, at + 1)])
