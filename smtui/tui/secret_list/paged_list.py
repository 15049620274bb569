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
from smtui.tui.secret_list.list_model import ListModel
from smtui.tui.secret_list.loader import read_first_rows, read_more_rows, read_up_to
from smtui.tui.secret_list.query import ListQuery
from smtui.tui.secret_list.ranked_view import TooManyToFindError, make_view
from smtui.tui.secret_list.results import Fetch, FilteredView, PageCache, TooManyToSortError
from smtui.tui.widgets.virtual_list import VirtualList

if TYPE_CHECKING:
    from smtui.api.types import SecretListEntry

READ_AHEAD = 40
"""Number of rows to read in advance, below the last visible row."""
DRAW_PAUSE = 0.05
"""Seconds in which the first matches are drawn, and another key may come, before all are counted and ordered."""


class PagedList(VirtualList):
    """A list of secrets that reads pages on demand. `show_list` sets its query."""

    class Loaded(Message):
        """The rows or the progress of reading have changed."""

        def can_replace(self, message: Message) -> bool:
            """Merges consecutive messages: a handler reads the state of the list, not of the message."""
            return isinstance(message, PagedList.Loaded)

    class TooManyToSort(Message):
        """There are too many entries for a local sort. The rows do not change."""

    class TooManyToFind(Message):
        """There are too many entries to find words in them here. The rows do not change."""

    def __init__(self, clock: Callable[[], datetime], id: str | None = None) -> None:
        super().__init__(id=id)
        self.clock = clock
        self.model = ListModel()
        """What is shown, and in which order."""
        self.reads_to_end = False
        """Whether the list reads all pages because the user goes to the last row."""
        self.reads_ahead = False
        """Whether the list reads pages that are not in sight, because words may have to be found in them."""
        self._initial_cursor: tuple[str, int] | None = None
        self._reading: Worker[None] | None = None
        self._is_answered = True
        self._moved_to: str | None = None
        self._moved_entry: SecretListEntry | None = None
        self.read_error: SmtuiError | None = None
        """The error of the last read; None if it succeeded."""

    @property
    def entries(self) -> Sequence[SecretListEntry]:
        """The entries read so far, filtered and sorted."""
        return self.model.entries

    @property
    def count(self) -> int:
        return len(self.model.rows)

    @property
    def current(self) -> SecretListEntry | None:
        """The secret under the cursor; None if it is on a group, or the list is empty."""
        return self.model.get_entry(self.cursor) if self.cursor < self.count else None

    @property
    def current_key(self) -> str | None:
        """The ARN of the secret under the cursor, or the path of the group; None if the list is empty."""
        return self.model.get_key(self.cursor) if self.cursor < self.count else None

    @property
    def busy(self) -> bool:
        """Whether a worker is reading."""
        return self._reading is not None and not self._reading.is_finished

    @property
    def pending(self) -> Worker[None] | None:
        """The worker that reads the result of a new query, until its first rows stand and no better can come."""
        is_partial = self.model.has_more and (self.model.reads_all or not self.entries)
        return self._reading if self.busy and (is_partial or not self._is_answered) else None

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
            delay: seconds to wait before a page is read; what is cached is shown at once.
        """
        self.reads_to_end = False
        cache = self.model.find_cache(list_query, fetch, reread=reread)
        self._is_answered = self.model.has_read and list_query == self.model.list_query  # a reload
        self._reading = self._read_list(list_query, cache, keep_cursor, delay)

    def read_ahead(self, reads_ahead: bool) -> None:
        """Begins or ends reading pages that are not in sight, because words may have to be found in them."""
        self.reads_ahead = reads_ahead
        if reads_ahead:
            self.read_on()

    def stop(self) -> None:
        """Cancels the read. The rows that are shown stay."""
        if self._reading is not None:
            self._reading.cancel()

    @work(exclusive=True, group="pages")
    async def _read_list(self, list_query: ListQuery, cache: PageCache, keep_cursor: bool, delay: float) -> None:
        await asyncio.sleep(delay if cache.has_more else 0)
        view = make_view(cache, list_query, self.clock())
        self.model.next_view, self.read_error = view, None
        try:
            kept, place = self._find_cursor_target() if keep_cursor else (None, 0)
            await read_first_rows(view, place + self.height, in_part=kept is None, report_progress=self._post_loaded)
            if kept and (list_query.is_tree or list_query.text != self.model.list_query.text):
                await read_up_to(view, kept)
            self._show_view(list_query, view, kept, place)
            await asyncio.sleep(DRAW_PAUSE if view.has_more and view.has_best else 0)
            await read_more_rows(self.model, lambda: self._needs_more, self._show)
        except TooManyToSortError:
            self.post_message(self.TooManyToSort())
        except TooManyToFindError:
            self.post_message(self.TooManyToFind())
        except SmtuiError as error:
            self.read_error = error
        except asyncio.CancelledError:
            if self.model.next_view is view and not self.model.has_read:
                self.read_error = JobStoppedError()
            raise
        finally:
            if self.model.next_view is view:
                self.model.next_view = None
            self._post_loaded()

    def _post_loaded(self) -> None:
        self.post_message(self.Loaded())

    def set_initial_cursor(self, key: str, row: int) -> None:
        """Sets the cursor of the first result: on this secret or group, or in this row if that is not listed."""
        self._initial_cursor = (key, row)

    def _find_cursor_target(self) -> tuple[str | None, int]:
        if not self.model.has_read and self._initial_cursor is not None:
            return self._initial_cursor
        place = self.cursor
        if self.model.tree and self.current:
            place = self.model.entries.index(self.current)
        return self.current_key, place

    def _show_view(self, list_query: ListQuery, view: FilteredView, kept: str | None, place: int) -> None:
        """Shows a view, with the cursor on the secret or group `kept` if it is listed, or in the row `place`."""
        is_other = list_query.text != self.model.list_query.text
        self.model.show_view(list_query, view)
        if kept and self.model.tree and self.model.find_row(kept) is None:
            self.model.tree.reveal(kept)
        self.read_error, self._is_answered = None, True
        if is_other and kept is None:
            self.scroll_to(y=0, animate=False, force=True)
        self.update_selection()
        self._show()
        found = self.model.find_row(kept) if kept else None
        if found is None and self.model.tree and is_other:
            found = next((number for number, row in enumerate(self.model.tree.rows) if row.entry), None)
        self.go(place if found is None else found)

    def update_selection(self) -> None:
        """Called when the rows were replaced. Subclasses update their selection here."""

    def read_on(self) -> None:
        """Reads further rows, if more are needed and nothing reads."""
        if self._needs_more and not self.busy:
            self._reading = self._read_further()

    @work(exclusive=True, group="pages")
    async def _read_further(self) -> None:
        self.read_error = None
        try:
            await read_more_rows(self.model, lambda: self._needs_more, self._show)
            if self.reads_ahead and not self.model.keeps_all:
                raise TooManyToFindError
        except TooManyToFindError:
            self.post_message(self.TooManyToFind())
        except SmtuiError as error:
            self.reads_to_end = False
            self.read_error = error
        finally:
            self._post_loaded()

    @property
    def _needs_more(self) -> bool:
        last_in_sight = max(self.cursor, self.scroll_offset.y + self.height)
        reads_ahead = self.reads_ahead and self.model.keeps_all and not self.model.list_query.filter.filters
        wants_more = (self.reads_to_end or reads_ahead or self.model.wants_all
                      or self.count < last_in_sight + READ_AHEAD)
        return self.model.has_read and self.model.has_more and wants_more

    def _show(self) -> None:
        kept = self.current_key if self.cursor else None
        is_replaced = self.model.update_rows()
        self.model.update_tree()
        if is_replaced or self.model.tree:
            if is_replaced:
                self.update_selection()
            self.cursor = self.model.find_row(kept) or min(self.cursor, max(0, self.count - 1))
        self.show_rows()
        if self.reads_to_end:
            self.go(self.count - 1)
            self.reads_to_end = self.model.has_more
        self.post_moved()
        self._post_loaded()

    # Moving.

    def post_moved(self) -> None:
        """Posts `Moved` only if a different entry is under the cursor."""
        if self.current_key != self._moved_to or self.current is not self._moved_entry:
            self._moved_to, self._moved_entry = self.current_key, self.current
            super().post_moved()

    def go(self, number: int) -> None:
        super().go(number)
        self.read_on()

    def watch_scroll_y(self, before: float, now: float) -> None:
        super().watch_scroll_y(before, now)
        self.read_on()

    def action_last(self) -> None:
        """Reads all pages and moves to the last row. The next key press stops the read."""
        self.reads_to_end = self.model.has_more
        super().action_last()
        self._post_loaded()

    def on_key(self) -> None:
        if self.reads_to_end:
            self.reads_to_end = False
            self._post_loaded()
