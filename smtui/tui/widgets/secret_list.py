"""A list of any number of secrets, of which it reads no more than it is about to show.

Pages come from `fetch`, the first at once, the next when cursor or scroll position nears the end of what is here.
Text goes into the segments of a line as it is: nothing of it is ever read as markup.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, cast

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events, work
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.worker import Worker

from smtui.api.errors import SmtuiError
from smtui.tui import keys, rows

if TYPE_CHECKING:
    from smtui.api.types import SecretListEntry
    from smtui.tui.app import SmtuiApp

AHEAD = 100
"""How many rows below the last one in sight are read in advance."""
HEAD = 1
"""Lines above the rows, which do not scroll."""
TOGETHER = 0.1
"""Seconds for which pages are collected before they are shown, while everything is read."""


@dataclass(frozen=True, slots=True)
class Page:
    entries: list[SecretListEntry]
    next_token: str | None


Fetch = Callable[[str | None], Awaitable[Page]]


class SecretList(ScrollView, can_focus=True):
    """`ask` gives it another list to show; `current` is the entry under the cursor."""

    BINDINGS = keys.of("list")
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "secret-list--head", "secret-list--name", "secret-list--rest", "secret-list--state", "secret-list--cursor",
    }  # fmt: skip
    DEFAULT_CSS = """
    SecretList {
        scrollbar-size-vertical: 1;
        overflow-x: hidden;

        & .secret-list--head { color: $text-muted; text-style: bold; background: $surface; }
        & .secret-list--name { color: $foreground; }
        & .secret-list--rest { color: $text-muted; }
        & .secret-list--state { color: $warning; }
        & .secret-list--cursor {
            background: $block-cursor-blurred-background;
            color: $block-cursor-blurred-foreground;
        }
        &:focus .secret-list--cursor {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
            text-style: $block-cursor-text-style;
        }
    }
    """

    cursor: reactive[int] = reactive(0, repaint=False)

    class Moved(Message):
        """Another secret is under the cursor, or none."""

    class Loaded(Message):
        """More of the list is here, or another list."""

    class Chosen(Message):
        """Somebody clicked twice on the secret under the cursor."""

    def __init__(self, clock: Callable[[], datetime], id: str | None = None) -> None:
        super().__init__(id=id)
        self._clock = clock
        self._entries: list[SecretListEntry] = []
        self._fetch: Fetch | None = None
        self._token: str | None = None
        self._reading: Worker[None] | None = None
        self._planned = False
        self._moved_to: SecretListEntry | None = None
        self.hurrying = False

    @property
    def current(self) -> SecretListEntry | None:
        return self._entries[self.cursor] if self.cursor < len(self._entries) else None

    @property
    def count(self) -> int:
        return len(self._entries)

    @property
    def more(self) -> bool:
        """Whether there are rows that are not here yet."""
        return self._token is not None

    # Reading.

    def ask(self, fetch: Fetch, *, planned: bool = False, keep: bool = False, after: float = 0) -> None:
        """Shows what `fetch` gives instead of what is here, once it is here; `keep` stays on the same secret.

        A newer question ends an older one, whose answer is never shown; `after` so many seconds it begins to be read.
        """
        self.hurrying = False
        self._reading = self._read_anew(fetch, planned, keep, after)

    @work(exclusive=True, group="pages")
    async def _read_anew(self, fetch: Fetch, planned: bool, keep: bool, after: float) -> None:
        try:
            await asyncio.sleep(after)
            kept, place = (self.current, self.cursor) if keep else (None, 0)
            entries, token = await _read_until(fetch, kept, place + self.size.height)
            self._fetch, self._token, self._entries, self._planned = fetch, token, entries, planned
            self._show_rows()
            self._go(_place_of(kept, entries, place))
            await self._read_on()
        except SmtuiError as error:
            cast("SmtuiApp", self.app).report(error)

    def _read_on_if_near_the_end(self) -> None:
        if self._lacking and (self._reading is None or self._reading.is_finished):
            self._reading = self._read_further()

    @work(exclusive=True, group="pages")
    async def _read_further(self) -> None:
        try:
            await self._read_on()
        except SmtuiError as error:
            self.hurrying = False
            cast("SmtuiApp", self.app).report(error)

    async def _read_on(self) -> None:
        """Pages, one after the other, for as long as some are lacking."""
        loop = asyncio.get_running_loop()
        show_at = loop.time()
        while self._lacking and self._fetch is not None:
            page = await self._fetch(self._token)
            self._token = page.next_token
            self._entries += page.entries
            if not self._lacking or loop.time() >= show_at:
                self._show_rows()
                show_at = loop.time() + TOGETHER

    @property
    def _lacking(self) -> bool:
        return self.more and (self.hurrying or self.count < self._last_in_sight + AHEAD)

    @property
    def _last_in_sight(self) -> int:
        return max(self.cursor, self.scroll_offset.y + self._height)

    # Showing.

    def _show_rows(self) -> None:
        self.virtual_size = Size(0, self.count + HEAD)
        if self.hurrying:
            self._go(self.count - 1)
            self.hurrying = self.more
        self.refresh()
        self.post_message(self.Loaded())
        self._tell_of_the_move()

    @property
    def _height(self) -> int:
        return max(1, self.size.height - HEAD)

    def render_line(self, y: int) -> Strip:
        columns = rows.columns(self.size.width - 1, planned=self._planned)
        number = y - HEAD + self.scroll_offset.y
        if y < HEAD:
            line = self._head(columns)
        elif number < self.count:
            line = self._row(columns, number)
        else:
            return Strip.blank(self.size.width, self.rich_style)
        return Strip(line).adjust_cell_length(self.size.width, line[-1].style)

    def _head(self, columns: rows.Columns) -> list[Segment]:
        style = self.get_component_rich_style("secret-list--head")
        return [Segment(" ", style), *(Segment(fitted(title, width), style) for title, width in columns)]

    def _row(self, columns: rows.Columns, number: int) -> list[Segment]:
        cells = rows.cells(self._entries[number], self._clock())
        cursor = self.get_component_rich_style("secret-list--cursor") if number == self.cursor else None
        line = [Segment(" ", cursor or self.rich_style)]
        for title, width in columns:
            line.append(Segment(fitted(cells[title], width), cursor or self._style(title)))
        return line

    def _style(self, title: str) -> Style:
        part = {"Name": "name", "State": "state"}.get(title, "rest")
        return self.get_component_rich_style(f"secret-list--{part}")

    # Moving.

    def watch_cursor(self, before: int, now: int) -> None:
        for number in (before, now):
            self.refresh(Region(0, number - self.scroll_offset.y + HEAD, self.size.width, 1))
        self._tell_of_the_move()

    def _tell_of_the_move(self) -> None:
        if self.current is not self._moved_to:
            self._moved_to = self.current
            self.post_message(self.Moved())

    def watch_scroll_y(self, before: float, now: float) -> None:
        super().watch_scroll_y(before, now)
        self._read_on_if_near_the_end()

    def on_resize(self) -> None:
        self._go(self.cursor)

    def _go(self, number: int) -> None:
        """To a row, in sight."""
        self.cursor = max(0, min(self.count - 1, number))
        top = self.scroll_offset.y
        wanted = min(self.cursor, max(top, self.cursor - self._height + 1))
        if wanted != top:
            self.scroll_to(y=wanted, animate=False)
        self._read_on_if_near_the_end()

    def action_move(self, by: int) -> None:
        self._go(self.cursor + by)

    def action_page(self, by: int) -> None:
        self._go(self.cursor + by * self._height)

    def action_first(self) -> None:
        self._go(0)

    def action_last(self) -> None:
        """Reads all there is; the next key stays where we are."""
        self.hurrying = self.more
        self._go(self.count - 1)
        self.post_message(self.Loaded())

    def on_key(self) -> None:
        if self.hurrying:
            self.hurrying = False
            self.post_message(self.Loaded())

    def on_click(self, event: events.Click) -> None:
        number = event.y - HEAD + self.scroll_offset.y
        if event.y >= HEAD and number < self.count:
            self._go(number)
            if event.chain == 2:
                self.post_message(self.Chosen())


async def _read_until(
    fetch: Fetch, kept: SecretListEntry | None, least: int
) -> tuple[list[SecretListEntry], str | None]:
    """The first page, and where a secret is to be kept as many more as were needed to have it in sight."""
    page = await fetch(None)
    entries, token = list(page.entries), page.next_token
    while kept is not None and token is not None and len(entries) < least:
        page = await fetch(token)
        entries += page.entries
        token = page.next_token
    return entries, token


def _place_of(kept: SecretListEntry | None, entries: list[SecretListEntry], otherwise: int) -> int:
    """Where the same secret stands now; the same place where it is gone."""
    arn = kept["ARN"] if kept else None
    return next((place for place, entry in enumerate(entries) if entry["ARN"] == arn), otherwise)


def fitted(text: str, width: int) -> str:
    """Exactly `width` cells and the gap behind them; an ellipsis where something is missing."""
    if cell_len(text) > width:
        text = set_cell_size(text, width - 1).rstrip() + "…"
    return set_cell_size(text, width) + " " * rows.GAP
