"""The pages read of a list, and the view of them: filtered by predicates, and sorted where the service cannot.

A `PageCache` belongs to one request. It stays while only local predicates or a local order change, so that no page is
read twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from smtui.tui.garbage_collection import COLLECTION
from smtui.tui.secret_list.columns import SortKey
from smtui.tui.secret_list.find_index import FindIndex
from smtui.tui.secret_list.finding import Ranking
from smtui.tui.secret_list.query import ListQuery

if TYPE_CHECKING:
    from smtui.api.types import ListSecretsRequest, SecretListEntry

BATCH_SIZE = 2000
"""Entries filtered at once, before other tasks have their turn."""
MAX_CACHED = 100_000
"""Entries that a cache keeps at most."""
FROZEN_AT_ONCE = 10_000
"""Entries read after which the garbage collector leaves alone what there is (see `PageCache.read_page`)."""
MAX_SORTED = 100_000
"""Entries that are sorted locally at most, which needs all of them at once."""


@dataclass(frozen=True, slots=True)
class Page:
    entries: list[SecretListEntry]
    next_token: str | None
    total: int | None = None
    """The number of secrets there are, whether or not they match; None on all pages but the first."""


Fetch = Callable[[str | None], Awaitable[Page]]


class PageCache:
    """The entries of one request, page by page, in the order of the service.

    Args:
        fetch: reads a page of the request.
        request: the request, for a cache in which the next query may look for its own.
    """

    def __init__(self, fetch: Fetch, request: ListSecretsRequest | None = None) -> None:
        self.request = request
        self.entries: list[SecretListEntry] = []
        self.is_complete = True
        """Whether the cache still has all entries that were read."""
        self.index = FindIndex()
        """The texts of the entries."""
        self.ranking: Ranking | None = None
        """The last ranking that covers the entries."""
        self.total: int | None = None
        """The number of secrets there are, whether or not they match; None until the first page is read."""
        self._fetch = fetch
        self._token: str | None = None
        self._has_begun = False

    @property
    def has_more(self) -> bool:
        return not self._has_begun or self._token is not None

    async def read_page(self) -> list[SecretListEntry]:
        """Reads and returns the next page.

        A collection of the garbage among 100,000 entries takes half a second, in which no key is answered, so many
        entries are exempt from it (see `garbage_collection`).
        """
        page = await self._fetch(self._token)
        self._has_begun, self._token = True, page.next_token
        self.total = page.total if self.total is None else self.total
        if len(self.entries) + len(page.entries) <= MAX_CACHED:
            self.entries += page.entries
            self.index.add(page.entries)
            if not self.has_more:
                self.index.join_names()
            if len(self.entries) // FROZEN_AT_ONCE > (len(self.entries) - len(page.entries)) // FROZEN_AT_ONCE:
                COLLECTION.freeze_all()
        else:
            self.is_complete = False
        return page.entries


class TooManyToSortError(Exception):
    """There are more than `MAX_SORTED`."""


class FilteredView:
    """The entries of a cache that match a query; `rows` are those found so far.

    A local order needs all entries: until they are read, `rows` is empty.
    """

    def __init__(self, cache: PageCache, list_query: ListQuery, now: datetime) -> None:
        self.cache = cache
        self.rows: list[SecretListEntry] = []
        self.scanned = 0
        self._predicates = list_query.predicates
        self._key = list_query.sort_key
        self._descending = list_query.descending
        self._now = now
        self._unsorted: list[SecretListEntry] = []

    @property
    def sorts_locally(self) -> bool:
        return self._key is not None

    @property
    def reads_all(self) -> bool:
        """Whether further entries may change the first rows, so that all are to be read."""
        return False

    @property
    def wants_all(self) -> bool:
        """Whether all entries are to be read, because they are counted."""
        return False

    @property
    def has_best(self) -> bool:
        """Whether `rows` are the best matches, which stay while others follow."""
        return False

    def update_rows(self) -> bool:
        """Brings `rows` up to what was read so far; returns whether they were replaced."""
        return False

    @property
    def has_more(self) -> bool:
        return self.scanned < len(self.cache.entries) or self.cache.has_more

    @property
    def is_count_final(self) -> bool:
        """Whether `match_count` counts the matches of all entries."""
        return not self.has_more

    @property
    def match_count(self) -> int:
        """How many entries match so far, shown or not."""
        return len(self._unsorted) or len(self.rows)

    async def advance(self) -> None:
        """Filters the next batch of cached entries, or one more page.

        Raises:
            TooManyToSortError: more than `MAX_SORTED` entries match, and the order is local.
        """
        if self.scanned < len(self.cache.entries):
            batch = self.cache.entries[self.scanned:self.scanned + BATCH_SIZE]
            await asyncio.sleep(0)
        else:
            batch = await self.cache.read_page()
        self.scanned += len(batch)
        matching = [entry for entry in batch if self._matches(entry)] if self._predicates else batch
        if self._key is None:
            self.rows += matching
            return
        self._unsorted += matching
        if len(self._unsorted) > MAX_SORTED:
            raise TooManyToSortError
        if not self.has_more:
            self.rows = await asyncio.to_thread(sort_entries, self._unsorted, self._key, descending=self._descending)
            self._unsorted = []

    def _matches(self, entry: SecretListEntry) -> bool:
        return all(predicate(entry, self._now) for predicate in self._predicates)


def sort_entries(entries: Sequence[SecretListEntry], key: SortKey, *, descending: bool) -> list[SecretListEntry]:
    """Sorts stably by `key`. Entries without a key come last in either direction."""
    keyed = [(key(entry), entry) for entry in entries]
    having = [pair for pair in keyed if pair[0] is not None]
    having.sort(key=lambda pair: pair[0], reverse=descending)
    return [entry for _, entry in having] + [entry for value, entry in keyed if value is None]
