"""A list of any length under a line of titles, of which no more is drawn than the lines in sight.

Whoever makes one of it says how many rows there are (`count`), and draws one (`draw_row`).
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
"""Lines above the rows, which do not scroll."""


class VirtualList(ScrollView, can_focus=True):
    """A cursor, moved by keys and clicks, which stays in sight."""

    BINDINGS = keys.of("list")
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
        """Something else is under the cursor, or nothing."""

    class Selected(Message):
        """Somebody clicked twice on what is under the cursor."""

    @property
    @abstractmethod
    def count(self) -> int:
        """How many rows there are."""

    @abstractmethod
    def draw_head(self) -> Strip:
        """The line of titles."""

    @abstractmethod
    def draw_row(self, number: int) -> Strip:
        """One row."""

    def draw_nothing(self, y: int) -> Strip:
        """A line beneath the last row."""
        return Strip.blank(self.size.width, self.rich_style)

    def render_line(self, y: int) -> Strip:
        if y < HEAD:
            return self.draw_head()
        number = y - HEAD + self.scroll_offset.y
        return self.draw_row(number) if number < self.count else self.draw_nothing(y)

    def show_rows(self) -> None:
        """Draws what there is now; called whenever there are more rows, or others."""
        self.virtual_size = Size(0, self.count + HEAD)
        self.refresh()

    def refresh_row(self, number: int) -> None:
        self.refresh(Region(0, number - self.scroll_offset.y + HEAD, self.size.width, 1))

    # Moving.

    def watch_cursor(self, before: int, now: int) -> None:
        self.refresh_row(before)
        self.refresh_row(now)
        self.moved()

    def moved(self) -> None:
        """The cursor is elsewhere."""
        self.post_message(self.Moved())

    @property
    def height(self) -> int:
        """How many rows are in sight."""
        return max(1, self.size.height - HEAD)

    def go(self, number: int) -> None:
        """To a row, in sight."""
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
            self.head_clicked(event.x)
        elif number < self.count:
            self.row_clicked(number, event)

    def head_clicked(self, x: int) -> None:
        """The line of titles was clicked at a cell."""

    def row_clicked(self, number: int, event: events.Click) -> None:
        self.go(number)
        if event.chain == 2:
            self.post_message(self.Selected())
