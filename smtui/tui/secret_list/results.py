"""What has been read of a list so far, and what is shown of it: sifted, and sorted where the service cannot.

A `Stock` belongs to one request. While only what is decided here changes, as when one types an age, it stays, and
nothing is read twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from smtui.tui.secret_list.columns import Key
from smtui.tui.secret_list.query import Question

if TYPE_CHECKING:
    from smtui.api.types import SecretListEntry

PORTION = 2000
"""How many entries are sifted before anything else gets a turn."""
MOST_KEPT = 100_000
"""How many entries that were sifted out are remembered."""
MOST_SORTED = 100_000
"""How many entries are sorted here, which needs all of them at once."""


@dataclass(frozen=True, slots=True)
class Page:
    entries: list[SecretListEntry]
    next_token: str | None


Fetch = Callable[[str | None], Awaitable[Page]]


class Stock:
    """The entries of one request, page by page, in the order in which the service gives them."""

    def __init__(self, fetch: Fetch) -> None:
        self.entries: list[SecretListEntry] = []
        self.whole = True
        """Whether nothing that was read has been let go."""
        self._fetch = fetch
        self._token: str | None = None
        self._begun = False

    @property
    def more(self) -> bool:
        return not self._begun or self._token is not None

    async def read(self) -> list[SecretListEntry]:
        """One page further."""
        page = await self._fetch(self._token)
        self._begun, self._token = True, page.next_token
        if len(self.entries) + len(page.entries) <= MOST_KEPT:
            self.entries += page.entries
        else:
            self.whole = False
        return page.entries


class TooManyToSortError(Exception):
    """There are more than `MOST_SORTED`."""


class View:
    """The entries of a stock that a question keeps; `rows` are those that have been found.

    An order that is made here is made when all are read: until then there are none.
    """

    def __init__(self, stock: Stock, question: Question, now: datetime) -> None:
        self.stock = stock
        self.rows: list[SecretListEntry] = []
        self.looked_at = 0
        self._sieves = question.sieves
        self._key = question.key
        self._descending = question.descending
        self._now = now
        self._unsorted: list[SecretListEntry] = []

    @property
    def sorts(self) -> bool:
        return self._key is not None

    @property
    def more(self) -> bool:
        return self.looked_at < len(self.stock.entries) or self.stock.more

    @property
    def found(self) -> int:
        """How many were kept so far, shown or not."""
        return len(self._unsorted) or len(self.rows)

    async def go_on(self) -> None:
        """A little further: through what is here already, or through one more page."""
        if self.looked_at < len(self.stock.entries):
            portion = self.stock.entries[self.looked_at:self.looked_at + PORTION]
            await asyncio.sleep(0)
        else:
            portion = await self.stock.read()
        self.looked_at += len(portion)
        kept = [entry for entry in portion if self._keeps(entry)] if self._sieves else portion
        if self._key is None:
            self.rows += kept
            return
        self._unsorted += kept
        if len(self._unsorted) > MOST_SORTED:
            raise TooManyToSortError
        if not self.more:
            self.rows = await asyncio.to_thread(in_order, self._unsorted, self._key, descending=self._descending)
            self._unsorted = []

    def _keeps(self, entry: SecretListEntry) -> bool:
        return all(sieve(entry, self._now) for sieve in self._sieves)


def in_order(entries: Sequence[SecretListEntry], key: Key, *, descending: bool) -> list[SecretListEntry]:
    """By `key`; where that is equal, as they were. What has none comes last in either direction."""
    keyed = [(key(entry), entry) for entry in entries]
    having = [pair for pair in keyed if pair[0] is not None]
    having.sort(key=lambda pair: pair[0], reverse=descending)
    return [entry for _, entry in having] + [entry for value, entry in keyed if value is None]
