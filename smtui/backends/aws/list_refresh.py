"""Reading a kept list again: page by page, so that nobody waits for all pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from threading import Lock
from typing import Any

RETRY_SECONDS = 60
"""After a failure, the next attempt is so much later."""
Page = dict[str, Any]


class ListRefresh:
    """The state of reading a kept list again.

    Args:
        kept_since: when the list was stored.
        fetch: reads the page of a token; of None, the first.
        monotonic: returns seconds that never decrease.
    """

    def __init__(
        self, kept_since: datetime, fetch: Callable[[str | None], Page], monotonic: Callable[[], float]
    ) -> None:
        self.kept_since = kept_since
        self.arns: set[str] = set()
        """The secrets of the pages so far."""
        self.is_over = False
        """Whether all pages are read."""
        self._fetch = fetch
        self._monotonic = monotonic
        self._due = monotonic()
        self._token: str | None = None
        self._is_reading = Lock()

    def read_page(self, accept: Callable[[Page], bool]) -> bool:
        """Reads the next page, if it is due and no other thread reads it; returns what `accept` returns, or False.

        Raises:
            ClientError: AWS could not be asked.
        """
        if self._monotonic() < self._due or not self._is_reading.acquire(blocking=False):
            return False
        try:
            self._due = self._monotonic() + RETRY_SECONDS
            page = self._fetch(self._token)
            self._due = self._monotonic()
            self._token = page.get("NextToken") or None
            self.is_over = self._token is None
            self.arns.update(entry["ARN"] for entry in page["SecretList"])
            return accept(page)
        finally:
            self._is_reading.release()
