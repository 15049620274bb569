"""A list that reads its pages on demand: the next one when the cursor or the scroll position is near the end."""

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
"""Number of rows to read in advance, below the last visible row."""
SHOW_INTERVAL = 0.1
"""Seconds between two updates of the rows while pages are read."""


class PagedList(VirtualList):
    """A list of secrets that reads pages on demand. `show_list` sets its query."""

    class Loaded(Message):
        """The rows or the progress of reading have changed."""

        def can_replace(self, message: Message) -> bool:
            """Merges consecutive messages: a handler reads the state of the list, not of the message."""
            return isinstance(message, PagedList.Loaded)

    class TooManyToSort(Message):
        """There are too many entries for a local sort. The rows do not change."""

    def __init__(self, clock: Callable[[], datetime], id: str | None = None) -> None:
        super().__init__(id=id)
        self.clock = clock
        self.list_query = ListQuery()
        """The query whose result is shown."""
        self.reads_to_end = False
        """Whether the list reads all pages because the user goes to the last row."""
        self._initial_cursor: tuple[str, int] | None = None
        self._view: FilteredView | None = None
        self._next_view: FilteredView | None = None
        self._reading: Worker[None] | None = None
        self._is_answered = True
        self._moved_to: SecretListEntry | None = None
        self.read_error: SmtuiError | None = None
        """The error of the last read; None if it succeeded."""

    @property
    def entries(self) -> Sequence[SecretListEntry]:
        """The rows read so far, filtered and sorted."""
        return self._view.rows if self._view else ()

    @property
    def count(self) -> int:
        return len(self.entries)

    @property
    def current(self) -> SecretListEntry | None:
        """The entry under the cursor; None if the list is empty."""
        return self.entries[self.cursor] if self.cursor < self.count else None

    def find_row(self, arn: str | None) -> int | None:
        """Returns the row of a secret; None if the rows read so far do not contain it."""
        return next((row for row, entry in enumerate(self.entries) if entry["ARN"] == arn), None)

    @property
    def has_more(self) -> bool:
        """Whether there are entries that are not read yet."""
        return self._view is None or self._view.has_more

    @property
    def has_read(self) -> bool:
        """Whether a result has been read. If not, an empty list does not mean that there are no secrets."""
        return self._view is not None

    @property
    def busy(self) -> bool:
        """Whether a worker is reading."""
        return self._reading is not None and not self._reading.is_finished

    @property
    def pending(self) -> Worker[None] | None:
        """The worker that reads the result of a new query, until its first rows are shown."""
        return self._reading if self.busy and not self._is_answered else None

    @property
    def next_view(self) -> FilteredView | None:
        """The view of a query that is being read while the previous result is still shown."""
        return self._next_view

    @property
    def scanned(self) -> int:
        """The number of entries to which the filter was applied so far."""
        return self._view.scanned if self._view else 0

    # Reading.

    def show_list(
        self, list_query: ListQuery, fetch: Fetch, *, reread: bool = True, keep_cursor: bool = False, delay: float = 0
    ) -> None:
        """Replaces the rows by the result of a query as soon as its first screenful is read.

        A new call cancels the read of the previous one.

        Args:
            fetch: reads one page of the request.
            reread: whether to read again the pages that are cached for the same request.
            keep_cursor: whether the cursor stays on its secret.
            delay: seconds to wait before the first page is read.
        """
        self.reads_to_end = False
        cache = self._view.cache if self._view and not reread else None
        same_request = list_query.build_request() == self.list_query.build_request()
        serves = cache is not None and cache.is_complete and same_request
        self._is_answered = self._view is not None and list_query == self.list_query  # a reload
        self._reading = self._read_list(list_query, cache if cache and serves else PageCache(fetch), keep_cursor, delay)

    def stop(self) -> None:
        """Cancels the read. The rows that are shown stay."""
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
        """Sets the cursor of the first result: on this secret, or in this row if the secret is not listed."""
        self._initial_cursor = (arn, row)

    def _find_cursor_target(self) -> tuple[str | None, int]:
        if self._view is None and self._initial_cursor is not None:
            return self._initial_cursor
        return self.current["ARN"] if self.current else None, self.cursor

    async def _read_first(self, view: FilteredView, rows: int, *, in_part: bool) -> None:
        """Reads the first `rows` rows, or all entries for a local sort.

        With `in_part`, it returns after `SHOW_INTERVAL` even if there are fewer rows, unless the sort is local.
        """
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
        """Shows a view, with the cursor on the secret with the ARN `kept` if it is listed, or in the row `place`."""
        self._view, self._next_view, self.list_query, self.read_error = view, None, list_query, None
        self._is_answered = True
        self.update_selection()
        self._show()
        found = self.find_row(kept) if kept else None
        self.go(place if found is None else found)

    def update_selection(self) -> None:
        """Called when the rows were replaced. Subclasses update their selection here."""

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
        """Reads while rows are missing for the visible area and `READ_AHEAD`."""
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
        self.post_moved()
        self.post_message(self.Loaded())

    # Moving.

    def post_moved(self) -> None:
        """Posts `Moved` only if a different entry is under the cursor."""
        if self.current is not self._moved_to:
            self._moved_to = self.current
            super().post_moved()

    def go(self, number: int) -> None:
        super().go(number)
        self._read_on_if_near_end()

    def watch_scroll_y(self, before: float, now: float) -> None:
        super().watch_scroll_y(before, now)
        self._read_on_if_near_end()

    def action_last(self) -> None:
        """Reads all pages and moves to the last row. The next key press stops the read."""
        self.reads_to_end = self.has_more
        super().action_last()
        self.post_message(self.Loaded())

    def on_key(self) -> None:
        if self.reads_to_end:
            self.reads_to_end = False
            self.post_message(self.Loaded())
