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
from smtui.tui.secret_list.query import Question
from smtui.tui.secret_list.results import Fetch, Stock, TooManyToSortError, View
from smtui.tui.widgets.virtual_list import VirtualList

if TYPE_CHECKING:
    from smtui.api.types import SecretListEntry

AHEAD = 40
"""How many rows below the last one in sight are read in advance: with one page, those of a filter's first screen."""
TOGETHER = 0.1
"""Seconds for which pages are collected before they are shown."""


class PagedList(VirtualList):
    """`ask` gives it another list to show; `current` is the entry under the cursor."""

    class Loaded(Message):
        """More of the list is here, or another list, or something was told about what is being read."""

        def can_replace(self, message: Message) -> bool:
            """Two in a row are one: whoever hears of it looks at the list as it is then."""
            return isinstance(message, PagedList.Loaded)

    class TooMany(Message):
        """There are too many for an order that is made here; the list stays as it was."""

    def __init__(self, clock: Callable[[], datetime], id: str | None = None) -> None:
        super().__init__(id=id)
        self.clock = clock
        self.question = Question()
        """What is shown answers this."""
        self.hurrying = False
        """Whether everything is read because the person wants to see the end of it."""
        self._begin_at: tuple[str, int] | None = None
        self._view: View | None = None
        self._coming: View | None = None
        self._reading: Worker[None] | None = None
        self._taken = True
        self._moved_to: SecretListEntry | None = None
        self.failure: SmtuiError | None = None
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

    def row_of(self, arn: str | None) -> int | None:
        return next((row for row, entry in enumerate(self.entries) if entry["ARN"] == arn), None)

    @property
    def more(self) -> bool:
        """Whether there are rows that are not here yet."""
        return self._view is None or self._view.more

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
        """What reads the answer to another question than before, until its first screenful is shown."""
        return self._reading if self.busy and not self._taken else None

    @property
    def coming(self) -> View | None:
        """What is being read while something else is shown."""
        return self._coming

    @property
    def looked_at(self) -> int:
        """Through how many entries one had to look to find those that are here."""
        return self._view.looked_at if self._view else 0

    # Reading.

    def ask(
        self, question: Question, fetch: Fetch, *, anew: bool = True, keep: bool = False, after: float = 0
    ) -> None:
        """Shows what `fetch` gives instead of what is here, once it is here; `keep` stays on the same secret.

        What was read already serves again, unless it is to be read `anew`. A newer question ends an older one, whose
        answer is never shown; `after` so many seconds it begins to be read.
        """
        self.hurrying = False
        stock = self._view.stock if self._view and not anew else None
        serves = stock is not None and stock.whole and question.request() == self.question.request()
        self._taken = self._view is not None and question == self.question  # what is here is asked for again
        self._reading = self._read_anew(question, stock if stock and serves else Stock(fetch), keep, after)

    def stop(self) -> None:
        """What is being read is not wanted any more; what is here stays."""
        if self._reading is not None:
            self._reading.cancel()

    @work(exclusive=True, group="pages")
    async def _read_anew(self, question: Question, stock: Stock, keep: bool, after: float) -> None:
        await asyncio.sleep(after)
        view = View(stock, question, self.clock())
        self._coming, self.failure = view, None
        try:
            kept, place = self._where_to_stay() if keep else (None, 0)
            await self._read_first(view, place + self.height, in_part=kept is None)
            self._take(question, view, kept, place)
            await self._read_on()
        except TooManyToSortError:
            self.post_message(self.TooMany())
        except SmtuiError as error:
            self.failure = error
        except asyncio.CancelledError:
            if self._coming is view and not self.has_read:
                self.failure = JobStoppedError()
            raise
        finally:
            if self._coming is view:
                self._coming = None
            self.post_message(self.Loaded())

    def begin_at(self, arn: str, row: int) -> None:
        """The first list that is shown has its cursor on this secret, or in this row."""
        self._begin_at = (arn, row)

    def _where_to_stay(self) -> tuple[str | None, int]:
        if self._view is None and self._begin_at is not None:
            return self._begin_at
        return self.current["ARN"] if self.current else None, self.cursor

    async def _read_first(self, view: View, rows: int, *, in_part: bool) -> None:
        """As many as fill the screen; where they are few and far between, `in_part` shows what a moment brought."""
        loop = asyncio.get_running_loop()
        tell_at = loop.time() + TOGETHER
        while view.more and (view.sorts or len(view.rows) < rows):
            await view.go_on()
            if loop.time() >= tell_at:
                if in_part and not view.sorts:
                    return
                self.post_message(self.Loaded())
                tell_at = loop.time() + TOGETHER

    def _take(self, question: Question, view: View, kept: str | None, place: int) -> None:
        """From here on this is what is shown."""
        self._view, self._coming, self.question, self.failure = view, None, question, None
        self._taken = True
        self.taken()
        self._show()
        found = self.row_of(kept) if kept else None
        self.go(place if found is None else found)

    def taken(self) -> None:
        """Another list is here."""

    def _read_on_if_near_the_end(self) -> None:
        if self._lacking and not self.busy:
            self._reading = self._read_further()

    @work(exclusive=True, group="pages")
    async def _read_further(self) -> None:
        self.failure = None
        try:
            await self._read_on()
        except SmtuiError as error:
            self.hurrying = False
            self.failure = error
        finally:
            self.post_message(self.Loaded())

    async def _read_on(self) -> None:
        """Further, for as long as some are lacking."""
        loop = asyncio.get_running_loop()
        show_at = loop.time()
        while self._lacking and self._view is not None:
            await self._view.go_on()
            if not self._lacking or loop.time() >= show_at:
                self._show()
                show_at = loop.time() + TOGETHER

    @property
    def _lacking(self) -> bool:
        last_in_sight = max(self.cursor, self.scroll_offset.y + self.height)
        return self._view is not None and self.more and (self.hurrying or self.count < last_in_sight + AHEAD)

    def _show(self) -> None:
        self.show_rows()
        if self.hurrying:
            self.go(self.count - 1)
            self.hurrying = self.more
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
        self._read_on_if_near_the_end()

    def watch_scroll_y(self, before: float, now: float) -> None:
        super().watch_scroll_y(before, now)
        self._read_on_if_near_the_end()

    def action_last(self) -> None:
        """Reads all there is; the next key stays where we are."""
        self.hurrying = self.more
        super().action_last()
        self.post_message(self.Loaded())

    def on_key(self) -> None:
        if self.hurrying:
            self.hurrying = False
            self.post_message(self.Loaded())
