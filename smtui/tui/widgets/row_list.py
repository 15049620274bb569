"""A short list whose rows can have several lines, with the keys of lists."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.content import Content
from textual.strip import Strip
from textual.widgets import OptionList

from smtui.tui import keys


class RowList(OptionList):
    """A list with rows of one or more lines. At its ends, the keys scroll, which shows the rest of a high row."""

    BINDINGS = keys.list_bindings("list")
    DEFAULT_CSS = """
    RowList {
        height: 1fr;
        padding: 0;
        border: none;
        background: transparent;
    }
    RowList > .option-list--option {
        padding: 0 1;
    }
    RowList:focus {
        border: none;
    }
    """

    def put(self, rows: list[Content], cursor: int | None) -> None:
        """Replaces the rows and puts the cursor on the row with the number `cursor`, or on the last row."""
        self.set_options(rows)
        self.highlighted = min(cursor or 0, len(rows) - 1) if rows else None

    @property
    def cursor(self) -> int:
        """The number of the row under the cursor; 0 if the list is empty."""
        return self.highlighted or 0

    def action_move(self, by: int) -> None:
        target = self.cursor + by
        if 0 <= target < self.option_count:
            self.highlighted = target
        else:
            self.scroll_relative(y=by, animate=False)

    def action_page(self, by: int) -> None:
        if self.option_count > 1:
            self.highlighted = max(0, min(self.cursor + by * self.size.height, self.option_count - 1))
        else:
            self.scroll_relative(y=by * self.size.height, animate=False)

    def render_line(self, y: int) -> Strip:
        """Draws a line. Text under the cursor has a single colour so that it is legible."""
        strip = super().render_line(y)
        if not self.has_focus or not any(_get_row(segment) == self.highlighted for segment in strip):
            return strip
        colour = self.get_visual_style("option-list--option", "option-list--option-highlighted").rich_style.color
        return Strip([Segment(text, (style or Style()) + Style(color=colour)) for text, style, _ in strip])


def _get_row(segment: Segment) -> int | None:
    row: int | None = segment.style.meta.get("option") if segment.style else None
    return row
