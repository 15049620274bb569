"""What the list shows, and in which order: the query and its rows, as far as they are read. Knows no widget."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from smtui.tui.secret_list.finding import FindIndex
from smtui.tui.secret_list.query import ListQuery
from smtui.tui.secret_list.results import Fetch, FilteredView, PageCache

if TYPE_CHECKING:
    from smtui.api.types import SecretListEntry


class ListModel:
    """The result that is shown, and the view of the next query while that is being read."""

    def __init__(self) -> None:
        self.list_query = ListQuery()
        """The query whose result is shown."""
        self.next_view: FilteredView | None = None
        """The view of a query that is being read while the previous result is still shown."""
        self._view: FilteredView | None = None

    @property
    def entries(self) -> Sequence[SecretListEntry]:
        """The rows read so far, filtered and sorted."""
        return self._view.rows if self._view else ()

    def find_row(self, arn: str | None) -> int | None:
        """Returns the row of a secret; None if the rows read so far do not contain it."""
        return next((row for row, entry in enumerate(self.entries) if entry["ARN"] == arn), None)

    @property
    def has_more(self) -> bool:
        """Whether there are entries that are not read yet."""
        return self._view is None or self._view.has_more

    @property
    def reads_all(self) -> bool:
        """Whether further entries may change the first rows, so that all are to be read."""
        return self._view is not None and self._view.reads_all

    @property
    def match_count(self) -> int:
        """How many entries match so far; more than `entries` if these are not all ordered yet."""
        return max(self._view.match_count, len(self._view.rows)) if self._view else 0

    @property
    def total(self) -> int | None:
        """How many secrets there are, whether or not they match; None if it is not known."""
        return self._view.cache.total if self._view else None

    @property
    def is_count_final(self) -> bool:
        """Whether `match_count` counts the matches of all entries."""
        return self._view is not None and self._view.is_count_final

    @property
    def keeps_all(self) -> bool:
        """Whether the entries that were read are all kept, so that words can be found in them."""
        return self._view is None or self._view.cache.is_complete

    def update_rows(self) -> bool:
        """Brings the rows up to what was read so far; returns whether they were replaced."""
        return self._view is not None and self._view.update_rows()

    def expect_words(self) -> None:
        """Keeps the texts of entries from now on, in which words are found."""
        if self._view is not None and self._view.cache.index is None:
            self._view.cache.index = FindIndex()

    @property
    def has_read(self) -> bool:
        """Whether a result has been read. If not, an empty list does not mean that there are no secrets."""
        return self._view is not None

    @property
    def is_empty(self) -> bool:
        """Whether the whole result has been read and has no rows, and no other is being read."""
        return not self.entries and not self.has_more and self.next_view is None

    @property
    def scanned(self) -> int:
        """The number of entries to which the filter was applied so far."""
        return self._view.scanned if self._view else 0

    def find_cache(self, list_query: ListQuery, fetch: Fetch, *, reread: bool) -> PageCache:
        """Returns the cached pages if they serve for a query; otherwise a new cache.

        Args:
            list_query: the next query.
            fetch: reads one page of its request.
            reread: whether to read again the pages that are cached for the same request.
        """
        cache = self._view.cache if self._view and not reread else None
        same_request = list_query.build_request() == self.list_query.build_request()
        return cache if cache is not None and cache.is_complete and same_request else PageCache(fetch)

    def show_view(self, list_query: ListQuery, view: FilteredView) -> None:
        """Replaces the rows by those of a view."""
        self.list_query, self._view, self.next_view = list_query, view, None
        view.update_rows()

    async def read_more(self) -> None:
        """Reads the next batch or page of the result that is shown.

        Raises:
            TooManyToSortError: see `FilteredView.advance`.
            SmtuiError: the page could not be read.
        """
        if self._view is not None:
            await self._view.advance()
