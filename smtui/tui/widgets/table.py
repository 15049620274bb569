"""A table of anything: named columns, a cursor, and no more work than for the lines in sight.

    table = Table(
        Column("Key", lambda key: shown(key.id), 20, grows=1),
        Column("Made", lambda key: day(key.made), 10, drop=1),
        key=lambda key: key.id, nothing=Shown("There is no key yet."),
    )
    table.put(keys)                     # any sequence; the cursor stays on the same thing, or in the same place
    table.current                       # the thing under the cursor, or None
    @on(Table.Moved), @on(Table.Chosen) # another thing is under the cursor; somebody clicked it twice

A cell is made when its line is drawn, so a sequence may be long and costs nothing until it is looked at. Enter is the
screen's own: bind it there, beside what else can be done with a row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from textual import events
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

from smtui.shown import Shown
from smtui.tui import keys

GAP = "  "
HEAD = 1
"""Lines above the rows, which do not scroll."""
Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Column(Generic[Thing]):
    """At least `width` cells wide; what is left over goes to those that grow, each after its measure `grows`.

    Where there is not room for all, the column with the highest `drop` goes first; one with 0 stays.
    """

    title: str
    cell: Callable[[Thing], Shown | Content]
    width: int
    grows: int = 0
    drop: int = 0


def fitting(columns: Sequence[Column[Thing]], width: int) -> list[tuple[Column[Thing], int]]:
    """Which columns a width has room for, and how wide each of them is."""
    left = list(columns)
    while _needed(left) > width and any(column.drop for column in left):
        left.remove(max(left, key=lambda column: column.drop))
    spare, shares = max(0, width - _needed(left)), sum(column.grows for column in left)
    return [(column, column.width + (spare * column.grows // shares if shares else 0)) for column in left]


def _needed(columns: Sequence[Column[Thing]]) -> int:
    return sum(column.width + len(GAP) for column in columns) - len(GAP)


class Table(ScrollView, Generic[Thing], can_focus=True):
    """Takes only what is `Shown`, or made of it."""

    BINDINGS = keys.of("list")
    COMPONENT_CLASSES: ClassVar[set[str]] = {"table--head", "table--cursor"}
    DEFAULT_CSS = """
    Table {
        height: 1fr;
        scrollbar-size-vertical: 1;
        overflow-x: hidden;

        & .table--head { color: $text-muted; text-style: bold; background: $surface; }
        & .table--cursor {
            background: $block-cursor-blurred-background;
            color: $block-cursor-blurred-foreground;
        }
        &:focus .table--cursor {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
            text-style: $block-cursor-text-style;
        }
    }
    """

    cursor: reactive[int] = reactive(0, repaint=False)

    class Moved(Message):
        """Something else is under the cursor, or nothing."""

    class Chosen(Message):
        """Somebody clicked twice on the thing under the cursor."""

    def __init__(
        self, *columns: Column[Thing], key: Callable[[Thing], object], nothing: Shown, id: str | None = None
    ) -> None:
        super().__init__(id=id)
        self._columns = columns
        self._key = key
        self._nothing = nothing
        self._things: Sequence[Thing] = ()

    # What is in it.

    @property
    def count(self) -> int:
        return len(self._things)

    @property
    def current(self) -> Thing | None:
        return self._things[self.cursor] if self.cursor < self.count else None

    def put(self, things: Sequence[Thing]) -> None:
        """These instead of those before."""
        before = self.current
        self._things = things
        self.virtual_size = Size(0, self.count + HEAD)
        self._go(self.cursor if before is None else self._place_of(self._key(before)))
        self.refresh()
        self.post_message(self.Moved())

    def _place_of(self, key: object) -> int:
        return next((place for place, thing in enumerate(self._things) if self._key(thing) == key), self.cursor)

    def go_to(self, key: object) -> None:
        """The cursor goes to the thing of this key, if it is here."""
        self._go(self._place_of(key))

    # How it looks.

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        number = y - HEAD + self.scroll_offset.y
        if y < HEAD:
            return self._line((Content(column.title) for column in self._columns), "table--head")
        if number < self.count:
            thing = self._things[number]
            cells = (Content(cell) if isinstance(cell := column.cell(thing), str) else cell for column in self._columns)
            return self._line(cells, "table--cursor" if number == self.cursor else "")
        if not self.count and number == 1:
            return self._drawn(Content.styled(f" {self._nothing}", "$text-muted"), "")
        return Strip.blank(width, self.rich_style)

    def _line(self, cells: Iterator[Content], part: str) -> Strip:
        widths = {id(column): width for column, width in fitting(self._columns, self.size.width - 2)}
        kept = [cell.truncate(widths[id(column)], ellipsis=True, pad=True)
                for column, cell in zip(self._columns, cells, strict=True) if id(column) in widths]
        return self._drawn(Content.assemble(" ", Content(GAP).join(kept)), part)

    def _drawn(self, line: Content, part: str) -> Strip:
        """Under the cursor every word has the one colour that is legible there."""
        style = self.get_visual_style(part) if part else self.visual_style
        words = Content(line.plain) if part else line
        width = self.size.width
        return Visual.to_strips(self, words.truncate(width, pad=True), width, 1, style, pad=True)[0]

    # Moving.

    def watch_cursor(self, before: int, now: int) -> None:
        for number in (before, now):
            self.refresh(Region(0, number - self.scroll_offset.y + HEAD, self.size.width, 1))
        self.post_message(self.Moved())

    @property
    def _height(self) -> int:
        return max(1, self.size.height - HEAD)

    def _go(self, number: int) -> None:
        """To a row, in sight."""
        self.cursor = max(0, min(self.count - 1, number))
        top = self.scroll_offset.y
        wanted = min(self.cursor, max(top, self.cursor - self._height + 1))
        if wanted != top:
            self.scroll_to(y=wanted, animate=False, force=True)

    def on_resize(self) -> None:
        self._go(self.cursor)

    def action_move(self, by: int) -> None:
        self._go(self.cursor + by)

    def action_page(self, by: int) -> None:
        self._go(self.cursor + by * self._height)

    def action_first(self) -> None:
        self._go(0)

    def action_last(self) -> None:
        self._go(self.count - 1)

    def on_click(self, event: events.Click) -> None:
        number = event.y - HEAD + self.scroll_offset.y
        if event.y >= HEAD and number < self.count:
            self._go(number)
            if event.chain == 2:
                self.post_message(self.Chosen())
