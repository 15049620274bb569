"""What the list shows, and in which order: the query and its rows, as far as they are read. Knows no widget."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING

from smtui.tui.secret_list.name_tree import NameTree, TreeRow, TreeState
from smtui.tui.secret_list.query import ListQuery
from smtui.tui.secret_list.results import BATCH_SIZE, Fetch, FilteredView, PageCache

if TYPE_CHECKING:
    from smtui.api.types import SecretListEntry


class ListModel:
    """The result that is shown, and the view of the next query while that is being read."""

    def __init__(self) -> None:
        self.list_query = ListQuery()
        """The query whose result is shown."""
        self.next_view: FilteredView | None = None
        """The view of a query that is being read while the previous result is still shown."""
        self.tree: NameTree | None = None
        """The tree of the rows; None if the list is flat."""
        self.separator = "/"
        """What separates the levels of the tree."""
        self.tree_state = TreeState()
        """Which groups of the tree are expanded."""
        self._view: FilteredView | None = None
        self._shown: PageCache | None = None
        """The pages of the view; None while they are read again, so that no other view is made of the old ones."""
        self._unfiltered: PageCache | None = None
        """The pages of the last request without filters of AWS, to which the next word to find may return."""

    @property
    def entries(self) -> Sequence[SecretListEntry]:
        """The entries read so far, filtered and sorted."""
        return self._view.rows if self._view else ()

    @property
    def rows(self) -> Sequence[SecretListEntry | TreeRow]:
        """What the list shows: the entries, or the visible rows of the tree."""
        return self.tree.rows if self.tree else self.entries

    def find_row(self, key: str | None) -> int | None:
        """Returns the row of a secret by its ARN, or of a group by its path; None if it is not visible, or not read."""
        if key is None:
            return None
        if self.tree:
            return self.tree.find_row(key)
        return next((row for row, entry in enumerate(self.entries) if entry["ARN"] == key), None)

    def get_key(self, row: int) -> str:
        """Returns the ARN of the secret in a row, or the path of the group."""
        return self.tree.rows[row].key if self.tree else self.entries[row]["ARN"]

    def get_entry(self, row: int) -> SecretListEntry | None:
        """Returns the secret in a row; None for a group."""
        return self.tree.rows[row].entry if self.tree else self.entries[row]

    def list_entries_at(self, row: int, *, in_range: bool = False) -> Iterator[SecretListEntry]:
        """Yields the secret in a row, or all below a group; in a range, none below one whose rows are visible."""
        shown = self.tree.rows[row] if self.tree else None
        if shown is not None and shown.group is not None:
            if not (in_range and shown.is_expanded):
                yield from shown.group.list_entries()
        elif entry := self.get_entry(row):
            yield entry

    def change_tree(self) -> None:
        """Builds the tree of the rows anew, or removes it, as the query says."""
        if self.tree is not None:
            self.tree.release()
        self.tree = None
        if self.list_query.is_tree:
            expands_all = bool(self.list_query.text.strip())
            if expands_all:
                self.tree_state.collapsed.clear()
            self.tree = NameTree(self.entries, self.separator, self.tree_state, expands_all=expands_all)
            self.tree.extend(BATCH_SIZE)

    def update_tree(self) -> None:
        """Brings the tree up to the entries read so far, as far as there is time between two keys."""
        if self.tree is not None:
            if self.tree.entries is not self.entries:
                self.change_tree()
            else:
                self.tree.extend(BATCH_SIZE)

    @property
    def has_more(self) -> bool:
        """Whether there are entries that are not read yet, or not in the tree yet."""
        return self._view is None or self._view.has_more or (self.tree is not None and self.tree.is_behind)

    @property
    def reads_all(self) -> bool:
        """Whether further entries may change the first rows, so that all are to be read."""
        return self._view is not None and self._view.reads_all

    @property
    def wants_all(self) -> bool:
        """Whether all entries are to be read: further ones may change the first rows, or are counted."""
        return self._view is not None and (self._view.wants_all or self.tree is not None)

    @property
    def match_count(self) -> int:
        """How many entries match so far; more than `entries` if these are not all ordered yet."""
        return max(self._view.match_count, len(self._view.rows)) if self._view else 0

    @property
    def total(self) -> int | None:
        """How many secrets there are, whether or not they match; None if it is not known."""
        if self._view is None:
            return None
        cache = self._view.cache
        is_known = not (cache.has_more or self.list_query.filter.filters) and cache.is_complete
        return len(cache.entries) if is_known else cache.total

    def update_access(self, arn: str, day: datetime | None) -> None:
        """Sets the day of the last access of a secret, wherever it was read."""
        caches = (cache.entries for cache in (self._shown, self._unfiltered) if cache is not None)
        for entry in chain(self.entries, *caches):
            if entry["ARN"] == arn and day is not None:
                entry["LastAccessedDate"] = day

    def set_total(self, total: int) -> None:
        """Sets the number of secrets that there are."""
        if self._view is not None and self._view.cache.total is None:
            self._view.cache.total = total

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
        request = list_query.build_request()
        if reread:
            self._shown = self._unfiltered = None
        for known in (self._shown, self._unfiltered):
            if known is not None and known.is_complete and known.request == request:
                return known
        cache = PageCache(fetch, request)
        if not list_query.filter.filters:
            self._unfiltered = cache
        return cache

    def show_view(self, list_query: ListQuery, view: FilteredView) -> None:
        """Replaces the rows by those of a view."""
        self.list_query, self._view, self.next_view, self._shown = list_query, view, None, view.cache
        if not list_query.filter.filters:
            self._unfiltered = view.cache
        view.update_rows()
        self.change_tree()

    async def read_more(self) -> None:
        """Reads the next batch or page of the result that is shown.

        Raises:
            TooManyToSortError: see `FilteredView.advance`.
            SmtuiError: the page could not be read.
        """
        if self.tree is not None and self.tree.is_behind and self.tree.entries is self.entries:
            self.tree.extend(BATCH_SIZE)
            await asyncio.sleep(0)
        elif self._view is not None:
            await self._view.advance()
