"""A button that shows its focus without colour too."""

from __future__ import annotations

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
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
        style = _style_of_label(strip)
        return Strip.join([Strip([Segment(MARKS[0], style)]), strip.crop(1, end), Strip([Segment(MARKS[1], style)])])


def _style_of_label(strip: Strip) -> Style | None:
    """The cells beside the label are of the colour of the background."""
    return next((style for text, style, _ in strip if text.strip()), None)
