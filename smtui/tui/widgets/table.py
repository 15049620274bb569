"""A table with named columns and a cursor that draws only the visible rows.

    table = Table(
        Column("Key", lambda key: sanitize(key.id), 20, grows=1),
        Column("Made", lambda key: day(key.made), 10, drop=1),
        key=lambda key: key.id, nothing=SafeText("There is no key yet."),
    )
    table.put(keys)                     # any sequence; the cursor stays on the same item or in the same place
    table.current                       # the item under the cursor, or None
    @on(Table.Moved), @on(Table.Selected) # another item is under the cursor; a double click

The table creates a cell when it draws its row, so a long sequence costs nothing until it is shown. The screen binds
Enter, together with its other actions on a row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from rich.cells import cell_len
from textual.content import Content
from textual.strip import Strip
from textual.visual import Visual

from smtui.text.sanitize import SafeText
from smtui.text.truncate import truncate_middle
from smtui.tui.widgets.read_state import READING_TEXT
from smtui.tui.widgets.virtual_list import HEAD, VirtualList

GAP = "  "
LEAST = 8
"""The cells that a column keeps, however narrow the table is."""
Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Column(Generic[Thing]):
    """A column of a table.

    Args:
        title: the text in the head of the table.
        cell: makes the cell of an item.
        width: the minimum width in cells.
        grows: the share of the remaining width.
        drop: if the table is too narrow, the column with the highest number is left out first; 0 is never left out.
        names: whether it holds names: they get the cells that other columns do not need, and are cut in the middle
            instead of at the end, where they differ.
    """

    title: str
    cell: Callable[[Thing], SafeText | Content]
    width: int
    grows: int = 0
    drop: int = 0
    names: bool = False

    def create_content(self, thing: Thing, width: int) -> Content:
        """Makes the cell of an item. A text with `names` is shortened to `width` cells."""
        found = self.cell(thing)
        if isinstance(found, Content):
            return found
        return Content(truncate_middle(found, width) if self.names else found)


def fit_columns(columns: Sequence[Column[Thing]], width: int) -> list[tuple[Column[Thing], int]]:
    """Selects the columns that fit into `width` cells. If too few can be left out, those that grow become narrower.

    Returns:
        Each column with its width in cells.
    """
    left = list(columns)
    while _compute_width(left) > width and any(column.drop for column in left):
        left.remove(max(left, key=lambda column: column.drop))
    spare, shares = width - _compute_width(left), sum(column.grows for column in left)
    return [(column, max(LEAST, column.width + spare * column.grows // shares) if column.grows else column.width)
            for column in left]


def give_to_names(
    fitted: Sequence[tuple[Column[Thing], int]], needs: Mapping[Column[Thing], int]
) -> list[tuple[Column[Thing], int]]:
    """Gives the cells that columns do not need to columns whose names are cut.

    Args:
        fitted: columns with their widths.
        needs: by column, the width in cells of the widest cell.
    """
    widths = [width for _, width in fitted]

    def count_spare(at: int) -> int:
        column = fitted[at][0]
        return widths[at] - max(needs[column], cell_len(column.title))

    for taker in (at for at, (column, _) in enumerate(fitted) if column.names):
        for giver in sorted(range(len(fitted)), key=count_spare, reverse=True):
            given = min(count_spare(giver), -count_spare(taker))
            if giver != taker and given > 0:
                widths[taker] += given
                widths[giver] -= given
    return [(column, width) for (column, _), width in zip(fitted, widths, strict=True)]


def _compute_width(columns: Sequence[Column[Thing]]) -> int:
    return sum(column.width + len(GAP) for column in columns) - len(GAP)


def _measure(cell: SafeText | Content) -> int:
    return cell.cell_length if isinstance(cell, Content) else cell_len(cell)


class Table(VirtualList, Generic[Thing]):
    """A table of items. It shows only `SafeText` and `Content` made of it.

    Args:
        columns: the columns, from left to right.
        key: the identity of an item, by which the cursor finds it again.
        nothing: the text if there are no items.
    """

    def __init__(
        self, *columns: Column[Thing], key: Callable[[Thing], object], nothing: SafeText, id: str | None = None
    ) -> None:
        super().__init__(id=id)
        self._columns = columns
        self._key = key
        self._nothing = nothing
        self._things: Sequence[Thing] = ()
        self._awaited: object = None
        self._more = False
        self._needs = dict.fromkeys(columns, 0)
        """The widths of the widest cells of the rows that were in sight since the last `put`."""
        self._measured: set[int] = set()
        self._fitted: tuple[int, int, list[tuple[Column[Thing], int]]] = (0, 0, [])
        """The width of the table, the number of measured rows, and the columns that fit."""

    # Items.

    @property
    def count(self) -> int:
        """The number of items."""
        return len(self._things)

    @property
    def things(self) -> Sequence[Thing]:
        """The items."""
        return self._things

    @property
    def things_in_sight(self) -> Sequence[Thing]:
        """The items whose rows are visible."""
        top = self.scroll_offset.y
        return self._things[top : top + self.height]

    def has_more(self, direction: int) -> bool:
        """Whether the cursor can move down (1) or up (-1) in a table whose rows are not all visible at once."""
        has_rows = self.cursor < self.count - 1 if direction > 0 else self.cursor > 0
        return has_rows and self.count - 1 >= self.height

    @property
    def current(self) -> Thing | None:
        """The item under the cursor; None if the table is empty."""
        return self._things[self.cursor] if self.cursor < self.count else None

    @property
    def current_key(self) -> object:
        """The identity of the item under the cursor; None if the table is empty."""
        return None if self.current is None else self._key(self.current)

    def put(self, things: Sequence[Thing], *, more: bool = False) -> None:
        """Replaces the items. The cursor stays on the item with the same key if there is one.

        Args:
            things: the items.
            more: whether a read still runs, so that an empty table says so.
        """
        before = self.current
        self._things, self._more = things, more
        self._needs, self._measured, self._fitted = dict.fromkeys(self._needs, 0), set(), (0, 0, [])
        self.show_rows()
        self.go(self.cursor if before is None else self._find_row(self._key(before)))
        self._go_to_awaited()
        self.post_moved()

    def set_nothing(self, nothing: SafeText) -> None:
        """Changes the text that an empty table shows."""
        self._nothing = nothing

    def _find_row(self, key: object) -> int:
        return next((place for place, thing in enumerate(self._things) if self._key(thing) == key), self.cursor)

    def return_to(self, key: object) -> None:
        """Moves the cursor to the item with this key as soon as it is there, unless the user moves it before."""
        self._awaited = key
        self._go_to_awaited()

    def _go_to_awaited(self) -> None:
        row = None if self._awaited is None else self._find_row(self._awaited)
        if self.cursor or row or (self._things and not self._more):
            self._awaited = None
        if row and not self.cursor:
            self.go(row)

    def go_to(self, key: object) -> None:
        """Moves the cursor to the item with this key, if there is one."""
        self.go(self._find_row(key))

    def go_to_match(self, filter_text: str) -> None:
        """Moves the cursor to the first row after a change of the filter. Without a filter it stays on its item."""
        if filter_text.strip():
            self.go(0)

    # Drawing.

    def draw_head(self) -> Strip:
        return self._draw_line(lambda column, width: Content(column.title), "virtual-list--head")

    def draw_row(self, number: int) -> Strip:
        thing = self._things[number]
        part = "virtual-list--cursor" if number == self.cursor else ""
        return self._draw_line(lambda column, width: column.create_content(thing, width), part)

    def draw_nothing(self, y: int) -> Strip:
        if not self.count and y == HEAD + 1:
            words = READING_TEXT if self._more else self._nothing
            return self._draw_strip(Content.styled(f" {words}", "$text-muted"), "")
        return super().draw_nothing(y)

    @property
    def _columns_in_sight(self) -> list[tuple[Column[Thing], int]]:
        """The columns that fit, each with its width, after the rows in sight were measured."""
        top = self.scroll_offset.y
        for number in set(range(top, min(top + self.height, self.count))) - self._measured:
            self._measured.add(number)
            for column in self._columns:
                cells = _measure(column.cell(self._things[number]))
                self._needs[column] = max(cells, self._needs[column])
        case = (self.size.width, len(self._measured))
        if case != self._fitted[:2]:
            self._fitted = (*case, give_to_names(fit_columns(self._columns, self.size.width - 2), self._needs))
        return self._fitted[2]

    def _draw_line(self, cell: Callable[[Column[Thing], int], Content], part: str) -> Strip:
        kept = [cell(column, width).truncate(width, ellipsis=True, pad=True)
                for column, width in self._columns_in_sight]
        return self._draw_strip(Content.assemble(" ", Content(GAP).join(kept)), part)

    def _draw_strip(self, line: Content, part: str) -> Strip:
        """Draws one line. Text under the cursor has a single colour so that it is legible."""
        style = self.get_visual_style(part) if part else self.visual_style
        words = Content(line.plain) if part else line
        width = self.size.width
        return Visual.to_strips(self, words.truncate(width, pad=True), width, 1, style, pad=True)[0]
