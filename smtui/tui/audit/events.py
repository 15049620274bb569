"""A list of events of the trail, newest first, narrowed as one types, and read no further than is about to be shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual import getters, on
from textual.app import ComposeResult
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Input, Static

from smtui.text.sanitize import sanitize
from smtui.tui import keys
from smtui.tui.audit.filter_line import TrailLine
from smtui.tui.audit.query import GRAMMAR, TrailQuestion, read
from smtui.tui.audit.table import Event, event_table
from smtui.tui.base_screen import Answer, SessionScreen
from smtui.tui.bridge import call, reading
from smtui.tui.widgets.read_pane import ReadPane
from smtui.tui.widgets.read_state import READ
from smtui.tui.widgets.table import Table

if TYPE_CHECKING:
    from smtui.tui.session import Session

PAUSE = 0.1
AHEAD, LOOKED_AT = 200, 5000
"""Events read beyond the cursor, and looked at in one call, before others have their turn."""


class EventsScreen(SessionScreen[Answer]):
    """`always` is asked beside whatever is typed: a screen may be about one secret."""

    BINDINGS = keys.of("trail")
    CSS_PATH = Path(__file__).with_name("events.tcss")
    AUTO_FOCUS = "Table"
    at_once = frozenset({"filter"})

    table = getters.query_one(Table)
    bar = getters.query_one("#filter", TrailLine)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._question = TrailQuestion()
        self._events: list[Event] = []
        self._rest: Iterator[Event] = iter(())
        self._more = False
        self._newest = 0
        self._reading = False
        self._pause: Timer | None = None

    def always(self) -> dict[str, Any]:
        return {}

    def events(self) -> ComposeResult:
        yield TrailLine(id="filter")
        with ReadPane():
            yield event_table()
            yield Static(id="left-out")
            yield Static(id="status")

    # Reading.

    async def load(self) -> None:
        """The same question again, with the cursor on the same event."""
        typed = read(self.bar.value, self.session.now())
        self._question = replace(typed, asked={**typed.asked, **self.always()})
        self._newest = await call(self.vault.audit.find_newest_number)
        self._rest = await call(self._asked, up_to=self._newest)
        self._events, self._more = [], True
        await self._read_on()

    def _asked(self, *, above: int = 0, up_to: int) -> Iterator[Event]:
        region = self.session.region
        return self.vault.audit_log(**self._question.asked, region_name=region, above=above, up_to=up_to)

    async def look_for_more(self) -> None:
        """What was recorded since the last look comes above what is here, of which nothing is read again."""
        below, before = self._rest, self._newest
        newest = await call(self.vault.audit.find_newest_number)
        if newest == before:
            return
        rest = await call(self._asked, above=before, up_to=newest)
        new: list[Event] = []
        more = True
        while more:
            found, more = await call(_some, rest, self._question)
            new += found
        if below is self._rest and before == self._newest:
            self._newest, self._events = newest, [*new, *self._events]
            self._show()

    async def load_changes(self) -> None:
        """A change of the content is one more event."""
        await self.look_for_more()

    async def _read_on(self) -> None:
        rest = self._rest
        while self._more and len(self._events) < self.table.cursor + AHEAD and rest is self._rest:
            found, more = await call(_some, rest, self._question)
            if rest is self._rest:
                self._events += found
                self._more = more
                self._show()

    def _show(self) -> None:
        self.table.put(self._events, more=self._more)
        if not self.has_read:
            self.show_state(READ)
        left_out = self.query_one("#left-out", Static)
        sentences = (*self._question.left_out, *self._question.hints)
        left_out.display = bool(sentences)
        left_out.update(Content("\n".join(map(sanitize, sentences))))
        count = len(self._events)
        more = "+" if self._more else ""
        filtered = f" · filter: {self.bar.value.strip()}" if self.bar.value.strip() else ""
        self.query_one("#status", Static).update(
            Content(sanitize(f"{count:,}{more} event{'' if count == 1 else 's'}{filtered} · newest first")))

    @on(Table.Moved)
    @reading
    async def _moved(self) -> None:
        if self._more and not self._reading and self.table.cursor + AHEAD // 2 > len(self._events):
            self._reading = True
            try:
                await self._read_on()
            finally:
                self._reading = False

    @on(Input.Changed)
    def _typed(self) -> None:
        if self._pause is not None:
            self._pause.stop()
        self._pause = self.set_timer(PAUSE, self._look_now)

    def _look_now(self) -> None:
        self._pause = None
        self.first_look()

    @property
    def pending_read(self) -> object | None:
        """The pause before what is typed is asked."""
        return self._pause

    # What is done.

    @on(Input.Submitted)
    def _to_the_list(self) -> None:
        self.table.focus()

    def action_filter(self) -> None:
        self.bar.focus()

    def action_back(self) -> None:
        if self.bar.has_focus:
            self.table.focus()
        elif self.bar.value:
            self.bar.value = ""
        else:
            self.leave()

    @on(Table.Chosen)
    def action_open(self) -> None:
        from smtui.tui.audit.event import EventDialog

        event: Event | None = self.table.current
        if event is not None:
            self.app.push_screen(EventDialog(event))

    def further_help(self) -> Iterator[tuple[str, str, str]]:
        """What help says besides keys."""
        return (("Words of the trail's filter", word, finds) for word, finds in GRAMMAR)

    def action_export(self) -> None:
        from smtui.tui.audit.export import export_trail

        question = self._question
        self.app.do(lambda app, session: export_trail(app, session, question))


def _some(rest: Iterator[Any], question: TrailQuestion) -> tuple[list[Event], bool]:
    """The next events that fit, and whether there may be more."""
    found: list[Event] = []
    for _ in range(LOOKED_AT):
        event = next(rest, None)
        if event is None:
            return found, False
        if question.keeps(event):
            found.append(event)
        if len(found) == AHEAD:
            break
    return found, True
