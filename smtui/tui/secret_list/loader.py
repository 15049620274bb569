"""Loads the rows of the list: the pages of ListSecrets, and as many of them as the screen needs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from smtui.tui.bridge import call, look
from smtui.tui.secret_list import entry_state
from smtui.tui.secret_list.list_model import ListModel
from smtui.tui.secret_list.list_state import ListState, read_list_state
from smtui.tui.secret_list.name_tree import is_at_key
from smtui.tui.secret_list.query import ListQuery
from smtui.tui.secret_list.results import Fetch, FilteredView, Page
from smtui.tui.secret_list.suggestions import Vocabulary

if TYPE_CHECKING:
    from smtui.tui.reader import Reader
    from smtui.tui.session import Session

MAX_SOUGHT = 10_000
"""The number of rows that are read to find the secret under the cursor again."""
SHOW_INTERVAL = 0.1
"""Seconds between two updates of the rows while pages are read."""


class PageLoader:
    """Reads pages of ListSecrets, and flags the secrets that call for attention.

    Args:
        session: the session, for its vault and its Region.
        reader: the reader of the screen.
        vocabulary: learns the names, labels and tags of the pages.
    """

    def __init__(self, session: Session, reader: Reader, vocabulary: Vocabulary) -> None:
        self._session = session
        self._reader = reader
        self._vocabulary = vocabulary
        self._totals: dict[bool, int] = {}
        """The number of secrets, without those scheduled for deletion (False) or with them (True)."""
        self.state: ListState | None = None
        """The state of the vault before the first page was read; None until then."""

    def make_fetch(self, list_query: ListQuery) -> Fetch:
        """Makes the function that reads one page of a query."""
        request: Any = list_query.build_request()
        vault = self._session.vault

        async def fetch(token: str | None) -> Page:
            more: Any = {"NextToken": token} if token else {}
            if self.state is None:
                self.state = await call(read_list_state, vault, self._session.region)
            answer = await look(vault.interrupt, self._reader.list_secrets, **request, **more)
            names = [entry["Name"] for entry in answer["SecretList"]]
            alerts = await call(vault.alerts.find, names, region_name=self._session.region)
            entry_state.flag_alerts(answer["SecretList"], alerts)
            self._vocabulary.learn(answer["SecretList"])
            if token is None:
                await self._session.read_favorites()
            total = None if token or not list_query.text.strip() else await self.count(list_query.shows_planned)
            return Page(answer["SecretList"], answer.get("NextToken"), total)

        return fetch

    async def count(self, shows_planned: bool) -> int | None:
        """Counts all secrets; only once until the next `forget`, because it takes as long as a key may.

        None for an account whose list is not read to its end: AWS does not count.
        """
        if shows_planned not in self._totals:
            total: int | None = await call(
                self._session.vault.count_secrets, region_name=self._session.region, include_scheduled=shows_planned)
            if total is None:
                return None
            self._totals[shows_planned] = total
        return self._totals[shows_planned]

    def forget(self) -> None:
        """Counts the secrets again, and notes the state of the vault, for the next query."""
        self._totals.clear()
        self.state = None


async def read_first_rows(
    view: FilteredView, count: int, *, in_part: bool, report_progress: Callable[[], object],
) -> None:
    """Reads the first rows of a view, or all entries for a local sort.

    Args:
        count: the number of rows to read.
        in_part: whether to return with fewer rows, unless the sort is local: after `SHOW_INTERVAL`, or with the best
            matches, before all are found.
        report_progress: called every `SHOW_INTERVAL`.

    Raises:
        TooManyToSortError: see `FilteredView.advance`.
        SmtuiError: a page could not be read.
    """
    loop = asyncio.get_running_loop()
    report_at = loop.time() + SHOW_INTERVAL
    while view.has_more and (view.sorts_locally or len(view.rows) < count or (view.reads_all and not in_part)):
        await view.advance()
        if in_part and view.has_best:
            return
        if loop.time() >= report_at:
            if in_part and not view.sorts_locally:
                return
            report_progress()
            report_at = loop.time() + SHOW_INTERVAL


async def read_up_to(view: FilteredView, key: str) -> None:
    """Reads the rows of a view up to a secret or the first one of a group, or `MAX_SOUGHT` of them.

    Args:
        key: the ARN of the secret, or the path of the group.

    Raises:
        SmtuiError: a page could not be read.
    """
    seen = 0
    while not any(is_at_key(entry, key) for entry in view.rows[seen:]):
        seen = len(view.rows)
        if not view.has_more or seen >= MAX_SOUGHT:
            return
        await view.advance()


async def read_more_rows(model: ListModel, needs_more: Callable[[], bool], show_rows: Callable[[], object]) -> None:
    """Reads further rows of the result that is shown, as long as `needs_more` returns True.

    Args:
        show_rows: called every `SHOW_INTERVAL`, and at the end.

    Raises:
        SmtuiError: a page could not be read.
    """
    loop = asyncio.get_running_loop()
    show_at = loop.time()
    while needs_more():
        await model.read_more()
        if not needs_more() or loop.time() >= show_at:
            show_rows()
            show_at = loop.time() + SHOW_INTERVAL
