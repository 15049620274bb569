"""The base of the screens that list audit events: a filter line and a table, newest event first.

The screen reads more events when the cursor is near the end of the table.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Input, Static

from smtui.api.context import Feature
from smtui.text.dates import format_time
from smtui.text.sanitize import sanitize
from smtui.tui import keys
from smtui.tui.audit.filter_line import AuditFilterLine
from smtui.tui.audit.query import GRAMMAR, AuditQuery, parse_query
from smtui.tui.audit.table import Event, make_event_table
from smtui.tui.bridge import call, reading
from smtui.tui.filtered_table_screen import FilteredTableScreen
from smtui.tui.reading_screen import Answer
from smtui.tui.widgets.read_pane import ReadPane
from smtui.tui.widgets.read_state import READ
from smtui.tui.widgets.table import Table

if TYPE_CHECKING:
    from smtui.tui.session import Session

TYPING_PAUSE = 0.1
"""Seconds after the last key press until the filter is applied."""
MAX_SOUGHT = 10_000
"""Number of events that are read to find the event under the cursor again."""
READ_AHEAD = 200
"""Number of matching events to read beyond the cursor."""
MAX_SCANNED = 5000
"""Maximum number of events that one call reads, so that other calls can run in between."""

PAID_BATCH = 50
"""Maximum number of events that one call reads of an account: a page of CloudTrail."""
MOST_BATCHES = 20
"""How many pages are read before the cursor has to move."""


class EventsScreen(FilteredTableScreen[Answer]):
    """A filter over a table of events. A subclass yields `compose_events` and may restrict `get_fixed_criteria`."""

    BINDINGS = keys.list_bindings("audit")
    CSS_PATH = Path(__file__).with_name("events.tcss")
    at_once = frozenset({"filter"})
    is_of_many = True
    """Whether the events can be about different resources."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._query = AuditQuery()
        self._with_reads = False
        self._events: list[Event] = []
        self._rest: Iterator[Event] = iter(())
        self._more = False
        self._newest = 0
        self._reading = False
        self._pause: Timer | None = None

    def get_fixed_criteria(self) -> dict[str, Any]:
        """Keyword arguments of `Vault.audit_log` that take precedence over those of the filter."""
        return {}

    def compose_events(self) -> ComposeResult:
        """The widgets of the filter and the table."""
        yield AuditFilterLine(id="filter")
        with ReadPane(title="Events"):
            yield make_event_table(with_resource=self.is_of_many)
            yield Static(id="source", classes="-muted")
            yield Static(id="ignored")

    # Reading.

    async def load(self) -> None:
        """Reads the events that match the filter again."""
        typed = parse_query(self.bar.value, self.session.now())
        changes_only = typed.changes or not (self._with_reads or typed.reads)
        criteria = {**typed.criteria, **self.get_fixed_criteria(), "changes_only": changes_only}
        self._query = replace(typed, criteria=criteria)
        self._show_source()
        self._newest = await call(self.vault.audit.find_newest_number)
        self._rest = await call(self._iterate_events, up_to=self._newest)
        self._events, self._more = [], True
        await self._read_on(sought=None if self.bar.value.strip() else self.table.current)

    def _show_source(self) -> None:
        """Says where the events of an account come from, and when they were read."""
        source, reason = self.query_one("#source", Static), self.vault.can.explain(Feature.AUDIT_LOG)
        source.display = bool(reason)
        source.update(Content(sanitize(f"{reason} As of {format_time(self.session.now())}." if reason else "")))

    def _iterate_events(self, *, above: int = 0, up_to: int) -> Iterator[Event]:
        region = self.session.region
        return _OneAtATime(self.vault.audit_log(**self._query.criteria, region_name=region, above=above, up_to=up_to))

    async def look_for_more(self) -> None:
        """Adds the events recorded since the last read at the top. It does not read the others again."""
        rest, before = self._rest, self._newest
        newest = await call(self.vault.audit.find_newest_number)
        if newest == before:
            return
        newer = await call(self._iterate_events, above=before, up_to=newest)
        new: list[Event] = []
        more = True
        while more:
            matching, more = await call(_read_batch, newer, self._query, MAX_SCANNED)
            new += matching
        if rest is self._rest and before == self._newest:
            self._newest, self._events = newest, [*new, *self._events]
            self._show()

    async def load_changes(self) -> None:
        """Reads new events only: every change of the vault is recorded as a new event. After an error, reads all."""
        await (self.look_for_more() if self.has_read else self.load())

    async def _read_on(self, sought: Event | None = None) -> None:
        """Reads further events, as far as the screen needs them, and up to `sought`, on which the cursor stays."""
        rest, wanted = self._rest, sought["eventID"] if sought else None
        costs, batches = self.vault.can.has_costs, 0
        while self._more and (wanted or len(self._events) < self.table.cursor + READ_AHEAD) and rest is self._rest:
            if costs and batches >= MOST_BATCHES:
                break
            batches += 1
            matching, more = await call(_read_batch, rest, self._query, PAID_BATCH if costs else MAX_SCANNED)
            if rest is self._rest:
                self._events += matching
                self._more = more
                if len(self._events) >= MAX_SOUGHT or any(each["eventID"] == wanted for each in matching):
                    wanted = None
                if wanted is None or not more or costs:
                    self._show()

    def _show(self) -> None:
        self.table.put(self._events, more=self._more)
        if not self.has_read:
            self.show_state(READ)
        ignored = self.query_one("#ignored", Static)
        sentences = (*self._query.ignored, *self._query.hints)
        ignored.display = bool(sentences)
        ignored.update(Content("\n".join(map(sanitize, sentences))))
        count = len(self._events)
        more = "+" if self._more else ""
        filtered = f" · filter: {self.bar.value.strip()}" if self.bar.value.strip() else ""
        kinds = "changes only" if self._query.criteria.get("changes_only") else "changes and reads"
        words = f"{count:,}{more} event{'' if count == 1 else 's'}{filtered} · {kinds} · newest first"
        self.query_one(ReadPane).show_title(sanitize(words))

    @on(Table.Moved)
    @reading
    async def _read_on_if_needed(self) -> None:
        if self._more and not self._reading and self.table.cursor + READ_AHEAD // 2 > len(self._events):
            self._reading = True
            try:
                await self._read_on()
            finally:
                self._reading = False

    @on(Input.Changed)
    def _search_later(self) -> None:
        if self._pause is not None:
            self._pause.stop()
        self._pause = self.set_timer(TYPING_PAUSE, self._search_now)

    def _search_now(self) -> None:
        self._pause = None
        self.table.go_to_match(self.bar.value)
        self.start_reading()

    @property
    def pending_read(self) -> object | None:
        """The timer that applies the filter; None if it is applied."""
        return self._pause

    # Actions.

    @on(Table.Selected)
    def action_open(self) -> None:
        from smtui.tui.audit.event import EventDialog

        event: Event | None = self.table.current
        if event is not None:
            self.app.push_screen(EventDialog(event))

    def list_further_help(self) -> Iterator[tuple[str, str, str]]:
        """Yields rows for the help screen: chapter, filter word, and what it finds."""
        return (("Audit log filter", word, finds) for word, finds in GRAMMAR)

    def action_toggle_reads(self) -> None:
        """Shows events that only read too, or changes only again."""
        self._with_reads = not self._with_reads
        self.start_reading()

    def action_export(self) -> None:
        from smtui.tui.audit.export import export_audit_log

        query = self._query
        self.app.run_task(lambda app, session: export_audit_log(app, session, query))


class _OneAtATime(Iterator[Event]):
    """Events that several threads may ask for: those of an account run in several."""

    def __init__(self, events: Iterator[Event]) -> None:
        self._events = events
        self._lock = Lock()

    def __next__(self) -> Event:
        with self._lock:
            return next(self._events)


def _read_batch(rest: Iterator[Any], query: AuditQuery, scanned: int) -> tuple[list[Event], bool]:
    """Reads the next `scanned` events, and returns those that match, and whether there may be more."""
    found: list[Event] = []
    for _ in range(scanned):
        event = next(rest, None)
        if event is None:
            return found, False
        if query.matches(event):
            found.append(event)
        if len(found) == READ_AHEAD:
            break
    return found, True
