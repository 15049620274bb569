"""A list that is read in pages, the next one when cursor or scroll position nears the end of what is here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from textual import work
from textual.message import Message
from textual.worker import Worker

from smtui.api.errors import SmtuiError
from smtui.tui.jobs.job import JobStoppedError
from smtui.tui.secret_list.query import ListQuery
from smtui.tui.secret_list.results import Fetch, FilteredView, PageCache, TooManyToSortError
from smtui.tui.widgets.virtual_list import VirtualList

if TYPE_CHECKING:
    from smtui.api.types import SecretListEntry

READ_AHEAD = 40
"""How many rows below the last one in sight are read in advance: with one page, those of a filter's first screen."""
SHOW_INTERVAL = 0.1
"""Seconds for which pages are collected before they are shown."""


class PagedList(VirtualList):
    """`ask` gives it another list to show; `current` is the entry under the cursor."""

    class Loaded(Message):
        """More of the list is here, or another list, or something was told about what is being read."""

        def can_replace(self, message: Message) -> bool:
            """Two in a row are one: whoever hears of it looks at the list as it is then."""
            return isinstance(message, PagedList.Loaded)

    class TooManyToSort(Message):
        """There are too many for an order that is made here; the list stays as it was."""

    def __init__(self, clock: Callable[[], datetime], id: str | None = None) -> None:
        super().__init__(id=id)
        self.clock = clock
        self.list_query = ListQuery()
        """What is shown answers this."""
        self.reads_to_end = False
        """Whether everything is read because the person wants to see the end of it."""
        self._initial_cursor: tuple[str, int] | None = None
        self._view: FilteredView | None = None
        self._next_view: FilteredView | None = None
        self._reading: Worker[None] | None = None
        self._is_answered = True
        self._moved_to: SecretListEntry | None = None
        self.read_error: SmtuiError | None = None
        """Why the last reading brought nothing, or not all that was wanted."""

    @property
    def entries(self) -> Sequence[SecretListEntry]:
        return self._view.rows if self._view else ()

    @property
    def count(self) -> int:
        return len(self.entries)

    @property
    def current(self) -> SecretListEntry | None:
        return self.entries[self.cursor] if self.cursor < self.count else None

    def find_row(self, arn: str | None) -> int | None:
        return next((row for row, entry in enumerate(self.entries) if entry["ARN"] == arn), None)

    @property
    def has_more(self) -> bool:
        """Whether there are rows that are not here yet."""
        return self._view is None or self._view.has_more

    @property
    def has_read(self) -> bool:
        """Whether what is shown was read, so that no rows means that there are none."""
        return self._view is not None

    @property
    def busy(self) -> bool:
        """Whether something is being read."""
        return self._reading is not None and not self._reading.is_finished

    @property
    def pending(self) -> Worker[None] | None:
        """The worker that reads the answer to a new query, until its first screenful is shown."""
        return self._reading if self.busy and not self._is_answered else None

    @property
    def next_view(self) -> FilteredView | None:
        """What is being read while something else is shown."""
        return self._next_view

    @property
    def scanned(self) -> int:
        """The number of entries that were filtered to find the present rows."""
        return self._view.scanned if self._view else 0

    # Reading.

    def show_list(
        self, list_query: ListQuery, fetch: Fetch, *, reread: bool = True, keep_cursor: bool = False, delay: float = 0
    ) -> None:
        """Replaces the list by the answer to a query as soon as its first screenful is read.

        A newer query ends an older one, whose answer is never shown.

        Args:
            fetch: reads one page of the request.
            reread: whether pages are read again that are already cached for the same request.
            keep_cursor: whether the cursor stays on its secret.
            delay: seconds to wait before the first page is read.
        """
        self.reads_to_end = False
        cache = self._view.cache if self._view and not reread else None
        same_request = list_query.build_request() == self.list_query.build_request()
        serves = cache is not None and cache.is_complete and same_request
        self._is_answered = self._view is not None and list_query == self.list_query  # what is here is asked for again
        self._reading = self._read_list(list_query, cache if cache and serves else PageCache(fetch), keep_cursor, delay)

    def stop(self) -> None:
        """What is being read is not wanted any more; what is here stays."""
        if self._reading is not None:
            self._reading.cancel()

    @work(exclusive=True, group="pages")
    async def _read_list(self, list_query: ListQuery, cache: PageCache, keep_cursor: bool, delay: float) -> None:
        await asyncio.sleep(delay)
        view = FilteredView(cache, list_query, self.clock())
        self._next_view, self.read_error = view, None
        try:
            kept, place = self._find_cursor_target() if keep_cursor else (None, 0)
            await self._read_first(view, place + self.height, in_part=kept is None)
            self._show_view(list_query, view, kept, place)
            await self._read_on()
        except TooManyToSortError:
            self.post_message(self.TooManyToSort())
        except SmtuiError as error:
            self.read_error = error
        except asyncio.CancelledError:
            if self._next_view is view and not self.has_read:
                self.read_error = JobStoppedError()
            raise
        finally:
            if self._next_view is view:
                self._next_view = None
            self.post_message(self.Loaded())

    def set_initial_cursor(self, arn: str, row: int) -> None:
        """The first list that is shown has its cursor on this secret, or in this row."""
        self._initial_cursor = (arn, row)

    def _find_cursor_target(self) -> tuple[str | None, int]:
        if self._view is None and self._initial_cursor is not None:
            return self._initial_cursor
        return self.current["ARN"] if self.current else None, self.cursor

    async def _read_first(self, view: FilteredView, rows: int, *, in_part: bool) -> None:
        """As many as fill the screen; where they are few and far between, `in_part` shows what a moment brought."""
        loop = asyncio.get_running_loop()
        report_at = loop.time() + SHOW_INTERVAL
        while view.has_more and (view.sorts_locally or len(view.rows) < rows):
            await view.advance()
            if loop.time() >= report_at:
                if in_part and not view.sorts_locally:
                    return
                self.post_message(self.Loaded())
                report_at = loop.time() + SHOW_INTERVAL

    def _show_view(self, list_query: ListQuery, view: FilteredView, kept: str | None, place: int) -> None:
        """From here on this is what is shown."""
        self._view, self._next_view, self.list_query, self.read_error = view, None, list_query, None
        self._is_answered = True
        self.update_selection()
        self._show()
        found = self.find_row(kept) if kept else None
        self.go(place if found is None else found)

    def update_selection(self) -> None:
        """Another list is here."""

    def _read_on_if_near_end(self) -> None:
        if self._needs_more and not self.busy:
            self._reading = self._read_further()

    @work(exclusive=True, group="pages")
    async def _read_further(self) -> None:
        self.read_error = None
        try:
            await self._read_on()
        except SmtuiError as error:
            self.reads_to_end = False
            self.read_error = error
        finally:
            self.post_message(self.Loaded())

    async def _read_on(self) -> None:
        """Further, for as long as some are lacking."""
        loop = asyncio.get_running_loop()
        show_at = loop.time()
        while self._needs_more and self._view is not None:
            await self._view.advance()
            if not self._needs_more or loop.time() >= show_at:
                self._show()
                show_at = loop.time() + SHOW_INTERVAL

    @property
    def _needs_more(self) -> bool:
        last_in_sight = max(self.cursor, self.scroll_offset.y + self.height)
        wants_more = self.reads_to_end or self.count < last_in_sight + READ_AHEAD
        return self._view is not None and self.has_more and wants_more

    def _show(self) -> None:
        self.show_rows()
        if self.reads_to_end:
            self.go(self.count - 1)
            self.reads_to_end = self.has_more
        self.moved()
        self.post_message(self.Loaded())

    # Moving.

    def moved(self) -> None:
        """Said once for each secret that comes under the cursor."""
        if self.current is not self._moved_to:
            self._moved_to = self.current
            super().moved()

    def go(self, number: int) -> None:
        super().go(number)
        self._read_on_if_near_end()

    def watch_scroll_y(self, before: float, now: float) -> None:
        super().watch_scroll_y(before, now)
        self._read_on_if_near_end()

    def action_last(self) -> None:
        """Reads all there is; the next key stays where we are."""
        self.reads_to_end = self.has_more
        super().action_last()
        self.post_message(self.Loaded())

    def on_key(self) -> None:
        if self.reads_to_end:
            self.reads_to_end = False
            self.post_message(self.Loaded())
