"""The list of secrets: its columns, which of its rows are marked, and what a mouse does with them.

Text goes into the segments of a line as it is: nothing of it is ever read as markup.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip

from smtui.tui.secret_list import columns, rows
from smtui.tui.secret_list.columns import Fitted
from smtui.tui.secret_list.paged_list import PagedList
from smtui.tui.secret_list.selection import Marked

if TYPE_CHECKING:
    from smtui.api.types import SecretListEntry

MARK = "✓"
GUTTER = 2
"""Cells left of the first column, for the sign of a mark."""


class SecretList(PagedList):
    """Marks are kept by ARN; those of a range that is being drawn are not in `marked` yet."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "secret-list--name", "secret-list--rest", "secret-list--state", "secret-list--mark",
    }  # fmt: skip
    DEFAULT_CSS = """
    SecretList {
        & .secret-list--name { color: $foreground; }
        & .secret-list--rest { color: $text-muted; }
        & .secret-list--state { color: $warning; }
        & .secret-list--mark { color: $accent; text-style: bold; }
    }
    """

    class SortWanted(Message):
        """The title of a column was clicked."""

        def __init__(self, column: str) -> None:
            super().__init__()
            self.column = column

    class MarksChanged(Message):
        """Others are marked than before."""

    def __init__(self, clock: Callable[[], datetime], id: str | None = None) -> None:
        super().__init__(id=id, clock=clock)
        self.marked = Marked()
        self._chosen: tuple[str, ...] = ()
        self._fitted: dict[tuple[int, bool, str], Fitted] = {}
        self._begun_at: str | None = None
        self._begun_in: int | None = None

    # Columns.

    def choose(self, chosen: Sequence[str]) -> None:
        """The columns a person wants to see, by id; none leaves it to the width."""
        self._chosen = tuple(chosen)
        self._fitted.clear()
        self.refresh()

    @property
    def room(self) -> int:
        return self.size.width - GUTTER

    @property
    def fitted(self) -> Fitted:
        """The columns there is room for."""
        return self.fitted_by(self.question.order)

    def fitted_by(self, order: str) -> Fitted:
        case = (self.room, self.question.shows_planned, order)
        if case not in self._fitted:
            self._fitted[case] = columns.fitted(case[0], self._chosen, planned=case[1], order=order)
        return self._fitted[case]

    # Drawing.

    def draw_head(self) -> Strip:
        style = self.get_component_rich_style("virtual-list--head")
        line = [Segment(" " * GUTTER, style)]
        for column, width in self.fitted:
            arrow = f" {self.question.arrow}" if column.id == self.question.order else ""
            line.append(Segment(cell(column.title + arrow, width), style))
        return Strip(line).adjust_cell_length(self.size.width, style)

    def draw_row(self, number: int) -> Strip:
        entry, now = self.entries[number], self.clock()
        cursor = self.get_component_rich_style("virtual-list--cursor") if number == self.cursor else None
        mark = self.get_component_rich_style("secret-list--mark") if self.is_marked(number) else None
        line = [Segment(cell(MARK if mark else "", GUTTER - 1, gap=1), cursor or mark or self.rich_style)]
        for column, width in self.fitted:
            style = cursor or (mark if mark and column.style == "name" else self._style(column.style))
            text = column.cell(entry, now)
            line.append(Segment(cell(rows.middle_out(text, width) if column.style == "name" else text, width), style))
        return Strip(line).adjust_cell_length(self.size.width, line[-1].style)

    def _style(self, part: str) -> Style:
        return self.get_component_rich_style(f"secret-list--{part}")

    # Marks.

    def is_marked(self, number: int) -> bool:
        return self.entries[number]["ARN"] in self.marked or number in self._range

    @property
    def _range(self) -> range:
        """The rows between the beginning of a range and the cursor."""
        if self._begun_in is None:
            return range(0)
        return range(min(self._begun_in, self.cursor), min(max(self._begun_in, self.cursor) + 1, self.count))

    @property
    def ranging(self) -> bool:
        return self._begun_in is not None

    @property
    def marked_entries(self) -> list[SecretListEntry]:
        """What is marked, with the range that is being drawn."""
        return list({entry["ARN"]: entry for entry in (*self.marked.entries, *self._in_range())}.values())

    @property
    def marked_elsewhere(self) -> int:
        """How many of the marked ones are not in this list, as far as it has been read."""
        return len(self.marked) - sum(entry["ARN"] in self.marked for entry in self.entries) if self.marked else 0

    def unmark(self, arns: Iterable[str]) -> None:
        self.marked.forget(arns)
        self.end_range()

    def _in_range(self) -> list[SecretListEntry]:
        return [self.entries[number] for number in self._range]

    def turn_mark(self) -> None:
        """Marks what is under the cursor, or takes its mark away, and goes on to the next."""
        if self.current:
            self.marked.turn([self.current])
            self._marks_changed()
            self.go(self.cursor + 1)

    def turn_all(self) -> None:
        """Those that are here and not marked become the marked ones."""
        self.end_range()
        self.marked.turn(self.entries)
        self._marks_changed()

    def turn_range(self) -> None:
        """Begins a range here, or marks it from there to here."""
        if self.ranging:
            self.end_range(marking=True)
        elif self.current:
            self._begun_at, self._begun_in = self.current["ARN"], self.cursor
            self._marks_changed()

    def end_range(self, *, marking: bool = False) -> None:
        if marking:
            self.marked.add(self._in_range())
        self._begun_at = self._begun_in = None
        self._marks_changed()

    def clear_marks(self) -> None:
        self.marked.clear()
        self.end_range()

    def _marks_changed(self) -> None:
        self.refresh()
        self.post_message(self.MarksChanged())

    def taken(self) -> None:
        """Marks stay with their secrets, and so does the beginning of a range, unless it is no longer here."""
        self.marked.learn(self.entries)
        self._begun_in = self.row_of(self._begun_at) if self._begun_at else None
        self._begun_at = self._begun_at if self.ranging else None

    def watch_cursor(self, before: int, now: int) -> None:
        super().watch_cursor(before, now)
        if self.ranging:
            self._marks_changed()

    # The mouse.

    def head_clicked(self, x: int) -> None:
        left = GUTTER
        for column, width in self.fitted:
            if left <= x < left + width + columns.GAP:
                self.post_message(self.SortWanted(column.id))
            left += width + columns.GAP

    def row_clicked(self, number: int, event: events.Click) -> None:
        """With Ctrl, or on the sign of a mark, it turns the mark."""
        if event.ctrl or event.x < GUTTER:
            self.marked.turn([self.entries[number]])
            self._marks_changed()
        else:
            super().row_clicked(number, event)


def cell(text: str, width: int, *, gap: int = columns.GAP) -> str:
    """Exactly `width` cells and the gap behind them; an ellipsis where something is missing."""
    if text.isascii():
        return (text if len(text) <= width else text[:width - 1].rstrip() + "…").ljust(width + gap)
    if cell_len(text) > width:
        text = set_cell_size(text, width - 1).rstrip() + "…"
    return set_cell_size(text, width) + " " * gap
