"""The view of a query that finds words: the best match first, as far as the entries are read."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from smtui.tui.secret_list.finding import Ranking
from smtui.tui.secret_list.query import ListQuery
from smtui.tui.secret_list.results import FilteredView, PageCache

if TYPE_CHECKING:
    from smtui.api.types import SecretListEntry

SCAN_BATCH = 5000
"""Entries in which words are found at once, before other tasks have their turn."""
FEW = 5000
"""Up to so many matches of the previous words are scanned at once, which is as fast as finding the best of all."""
PARTIAL_COUNT = 200
"""Rows that are shown at least, where there are as many, while further entries are read."""


class TooManyToFindError(Exception):
    """There are more entries than a cache keeps."""


def make_view(cache: PageCache, list_query: ListQuery, now: datetime) -> FilteredView:
    """Makes the view of a query: the best match first, or in the order of the query."""
    return (RankedView if list_query.is_ranked else FilteredView)(cache, list_query, now)


class RankedView(FilteredView):
    """The entries of a cache that contain the words of a query, the best match first.

    `rows` are the best matches so far. While entries are read, `update_rows` may replace them by others. Words are
    found in a thread, so that the screen can answer the next key.
    """

    def __init__(self, cache: PageCache, list_query: ListQuery, now: datetime) -> None:
        super().__init__(cache, list_query, now)
        self._ranking = Ranking(list_query.filter.words, cache.index, cache.ranking)
        self._match_count = 0
        self._parts: Iterator[list[int]] | None = None
        """The matches that are not in `_ordered` yet; None if entries were scanned since these were ordered."""
        self._ordered: list[SecretListEntry] = []
        """The first matches in order; the same list as `rows` as soon as it has as many."""
        self._is_ordered = False
        """Whether all matches are in order."""
        self._is_replaced = False
        """Whether `rows` were replaced since the last `update_rows`."""
        self._are_best = False
        """Whether the rows stay as they are, and others follow: no entry that is not scanned yet is a better match."""

    @property
    def reads_all(self) -> bool:
        return self.wants_all and not (self._are_best and self.rows)

    @property
    def wants_all(self) -> bool:
        return self.scanned < len(self.cache.entries) or self.cache.has_more

    @property
    def has_best(self) -> bool:
        return bool(self.rows) and not self.cache.has_more

    @property
    def has_more(self) -> bool:
        return self.wants_all or not self._is_ordered

    @property
    def is_count_final(self) -> bool:
        return not self.has_more if self._predicates else not self.wants_all

    @property
    def match_count(self) -> int:
        return len(self.rows) if self._predicates else self._match_count

    async def advance(self) -> None:
        """Finds the words in the next batch of cached entries, or in one more page; at last, orders more rows.

        Raises:
            TooManyToFindError: there are more entries than the cache keeps.
        """
        if self.scanned < len(self.cache.entries):
            if not await self._show_best():
                await self._scan()
        elif self.cache.has_more:
            await self.cache.read_page()
            if not self.cache.is_complete:
                raise TooManyToFindError
            await self._scan()
        else:
            self._add_part(await asyncio.to_thread(next, self._parts or self._begin_order(), None))

    async def _scan(self) -> None:
        """Finds the words in the next batch of cached entries."""
        batch = len(self.cache.entries) if self._ranking.is_narrow(FEW) else SCAN_BATCH
        await asyncio.to_thread(self._ranking.scan, min(len(self.cache.entries), self.scanned + batch))
        self.scanned, self._match_count = self._ranking.scanned, self._ranking.match_count
        self._parts, self._ordered, self._is_ordered = None, [], False
        if self.scanned == len(self.cache.entries):
            self.cache.ranking = self._ranking

    async def _show_best(self) -> bool:
        """Shows the best matches before the scan, once all entries are read; returns whether there are any."""
        if self.scanned or self.rows or self._are_best or self.cache.has_more or self._ranking.is_narrow(FEW):
            return False
        self._are_best = True
        self.rows = self._select(await asyncio.to_thread(self._ranking.find_best, PARTIAL_COUNT))
        return bool(self.rows)

    def _begin_order(self) -> Iterator[list[int]]:
        """Begins to order all matches; returns the parts that follow."""
        self._parts, self._ordered = self._ranking.order(), []
        return self._parts

    def _add_part(self, part: list[int] | None) -> None:
        """Adds matches that come next in order; None if there are no more.

        After a scan the rows stay until as many are in the new order.
        """
        self._is_ordered = part is None
        self._ordered += self._select(part or [])
        if self._ordered is not self.rows and (self._is_ordered or len(self._ordered) >= max(1, len(self.rows))):
            self.rows, self._is_replaced = self._ordered, True

    def update_rows(self) -> bool:
        while self.cache.has_more and self.scanned and not self._is_ordered and (
                self._ordered is not self.rows or len(self.rows) < PARTIAL_COUNT):
            self._add_part(next(self._parts or self._begin_order(), None))
        is_replaced, self._is_replaced = self._is_replaced, False
        return is_replaced

    def _select(self, found: list[int]) -> list[SecretListEntry]:
        entries = [self.cache.entries[at] for at in found]
        return [entry for entry in entries if self._matches(entry)] if self._predicates else entries
