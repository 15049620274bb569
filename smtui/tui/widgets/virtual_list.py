"""A list of any length below a head line that draws only the visible rows.

Subclasses define the number of rows (`count`) and draw one row (`draw_row`).
"""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from smtui.tui import keys

HEAD = 1
"""The number of lines above the rows. They do not scroll."""


class VirtualList(ScrollView, can_focus=True):
    """A list with a cursor that keys and clicks move. The cursor is always visible."""

    BINDINGS = keys.list_bindings("list")
    COMPONENT_CLASSES: ClassVar[set[str]] = {"virtual-list--head", "virtual-list--cursor"}
    DEFAULT_CSS = """
    VirtualList {
        height: 1fr;
        scrollbar-size-vertical: 1;
        overflow-x: hidden;

        & .virtual-list--head { color: $text-muted; text-style: bold; background: $surface; }
        & .virtual-list--cursor {
            background: $block-cursor-blurred-background;
            color: $block-cursor-blurred-foreground;
        }
        &:focus .virtual-list--cursor {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
            text-style: $block-cursor-text-style;
        }
    }
    """

    cursor: reactive[int] = reactive(0, repaint=False)

    class Moved(Message):
        """Another item, or none, is under the cursor."""

    class Selected(Message):
        """The user double-clicked the row under the cursor."""

    @property
    @abstractmethod
    def count(self) -> int:
        """The number of rows."""

    @abstractmethod
    def draw_head(self) -> Strip:
        """Draws the head line."""

    @abstractmethod
    def draw_row(self, number: int) -> Strip:
        """Draws one row."""

    def draw_nothing(self, y: int) -> Strip:
        """Draws a line below the last row.

        Args:
            y: the line within the widget.
        """
        return Strip.blank(self.size.width, self.rich_style)

    def render_line(self, y: int) -> Strip:
        if y < HEAD:
            return self.draw_head()
        number = y - HEAD + self.scroll_offset.y
        return self.draw_row(number) if number < self.count else self.draw_nothing(y)

    def show_rows(self) -> None:
        """Redraws the rows. Subclasses call it after each change of the rows.

        The scroll bar comes and goes with the same layout. Textual decides on it after the layout, which would lay out
        the screen and draw all rows twice.
        """
        self.virtual_size = Size(0, self.count + HEAD)
        self.show_vertical_scrollbar = 0 < self.container_size.height < self.virtual_size.height
        self.refresh()

    def refresh_row(self, number: int) -> None:
        """Redraws one row."""
        self.refresh(Region(0, number - self.scroll_offset.y + HEAD, self.size.width, 1))

    # The cursor.

    def watch_cursor(self, before: int, now: int) -> None:
        self.refresh_row(before)
        self.refresh_row(now)
        self.post_moved()

    def post_moved(self) -> None:
        """Posts `Moved`."""
        self.post_message(self.Moved())

    @property
    def height(self) -> int:
        """The number of visible rows, at least 1."""
        return max(1, self.size.height - HEAD)

    def go(self, number: int) -> None:
        """Moves the cursor to a row, or to the nearest existing one, and scrolls it into view."""
        self.cursor = max(0, min(self.count - 1, number))
        top = self.scroll_offset.y
        wanted = min(self.cursor, max(top, self.cursor - self.height + 1))
        if wanted != top:
            self.scroll_to(y=wanted, animate=False, force=True)

    def on_resize(self) -> None:
        self.go(self.cursor)

    def action_move(self, by: int) -> None:
        self.go(self.cursor + by)

    def action_page(self, by: int) -> None:
        self.go(self.cursor + by * self.height)

    def action_first(self) -> None:
        self.go(0)

    def action_last(self) -> None:
        self.go(self.count - 1)

    def on_click(self, event: events.Click) -> None:
        number = event.y - HEAD + self.scroll_offset.y
        if event.y < HEAD:
            self.handle_heading_click(event.x)
        elif number < self.count:
            self.handle_row_click(number, event)

    def handle_heading_click(self, x: int) -> None:
        """Handles a click on the head line; does nothing here.

        Args:
            x: the column within the widget.
        """

    def handle_row_click(self, number: int, event: events.Click) -> None:
        """Moves the cursor to the clicked row, and posts `Selected` for a double click."""
        self.go(number)
        if event.chain == 2:
            self.post_message(self.Selected())
