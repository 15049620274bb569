"""The base of the screen with the list of secrets: filter, saved filters, order, columns, and status."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from textual import getters, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from smtui.system.settings import Settings, SettingsError, change_settings, load_settings
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui import keys
from smtui.tui.base_screen import SessionScreen
from smtui.tui.bridge import call, gesture, look
from smtui.tui.secret_list import rows
from smtui.tui.secret_list.columns import COLUMNS
from smtui.tui.secret_list.filter_bar import FilterBar, FilterLine
from smtui.tui.secret_list.filter_text import list_grammar
from smtui.tui.secret_list.list_widget import SecretList
from smtui.tui.secret_list.preview import Preview
from smtui.tui.secret_list.query import DEFAULT_ORDER, ListQuery
from smtui.tui.secret_list.results import MAX_SORTED, Fetch, Page
from smtui.tui.secret_list.suggestions import Vocabulary
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.read_pane import ReadPane
from smtui.tui.widgets.read_state import READ, READING

if TYPE_CHECKING:
    from smtui.tui.session import Session

TYPING_PAUSE = 0.04
"""Seconds after the last key press until the filter is applied."""
SORT_PAUSE = 0.3
"""Seconds after the last key press until all entries are read for a local sort."""
Command = tuple[str, str, Callable[[], object]]


class ListingScreen(SessionScreen[None]):
    """Shows the filter, the list, and a preview of the secret under the cursor if there is room."""

    BINDINGS = keys.of("secrets")
    CSS_PATH = "screen.tcss"
    AUTO_FOCUS = "SecretList"
    opened_by = ("list_secrets",)
    tells_itself = True
    at_once = frozenset({"filter", "saved", "sort", "reverse", "columns", "planned", "preview"})

    filter_bar = getters.query_one(FilterBar)
    filter = getters.query_one(FilterLine)
    secrets = getters.query_one(SecretList)
    preview = getters.query_one(Preview)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.list_query = ListQuery()
        self.previous_query: ListQuery | None = None
        self._initial_cursor: tuple[str, int] | None = None
        self._shown_ignored: tuple[str, ...] = ()
        self._vocabulary = Vocabulary()

    def compose(self) -> ComposeResult:
        yield self.create_header()
        yield FilterBar(self._vocabulary)
        with ReadPane(), Horizontal(id="body"):
            yield SecretList(self.session.now)
            yield Static(id="empty")
            yield Preview()
        yield Static(id="ignored")
        yield Static(id="status")
        yield Footer()

    def set_initial_list(self, list_query: ListQuery, previous_query: ListQuery | None, arn: str, row: int) -> None:
        """Sets the first query and the cursor. Call it before the screen is shown.

        Args:
            previous_query: the query to which `action_planned` returns; None if there is none.
            arn: the secret for the cursor.
            row: the row for the cursor if the list does not contain that secret.
        """
        self.list_query, self.previous_query, self._initial_cursor = list_query, previous_query, (arn, row)

    def on_mount(self) -> None:
        self.add_class("-beside")
        if self._initial_cursor is not None:
            self.secrets.set_initial_cursor(*self._initial_cursor)
            with self.prevent(Input.Changed):
                self.filter.value = self.list_query.text
        self.secrets.set_columns(self.app.settings.columns)

    # Reading.

    def on_screen_resume(self) -> None:
        self._read_list(keep_cursor=True)

    async def load(self) -> None:
        """Starts a worker that reads the list again. The cursor stays on its secret."""
        self._read_list(keep_cursor=True)

    @property
    def busy(self) -> bool:
        """Whether the list is reading; the screen does not reload it until that is finished."""
        return self.secrets.busy

    @property
    def pending_read(self) -> object | None:
        """The worker that reads the result of the newest query; None if there is none."""
        return self.secrets.pending if self.query(SecretList) else None

    def _read_list(self, *, reread: bool = True, keep_cursor: bool = False, delay: float = 0) -> None:
        self.secrets.show_list(self.list_query, self._make_fetch(), reread=reread, keep_cursor=keep_cursor, delay=delay)

    def _make_fetch(self) -> Fetch:
        request: Any = self.list_query.build_request()

        async def fetch(token: str | None) -> Page:
            more: Any = {"NextToken": token} if token else {}
            answer = await look(self.vault.interrupt, self.reader.list_secrets, **request, **more)
            waiting = await call(self.vault.scheduler.list_waiting_functions, region_name=self.session.region)
            rows.flag_waiting(answer["SecretList"], waiting)
            self._vocabulary.learn(answer["SecretList"])
            return Page(answer["SecretList"], answer.get("NextToken"))

        return fetch

    def _change_query(self, list_query: ListQuery, *, keep_cursor: bool = False, delay: float = 0) -> None:
        self.list_query = list_query
        self._read_list(reread=False, keep_cursor=keep_cursor, delay=delay)

    # The filter.

    @on(Input.Changed)
    def _apply_filter(self, event: Input.Changed) -> None:
        if event.value != self.list_query.text:
            self._change_query(self.list_query.change_text(event.value), delay=TYPING_PAUSE)

    @on(FilterLine.Left)
    def _focus_list(self) -> None:
        self.secrets.focus()

    def action_filter(self) -> None:
        self.filter.focus()

    def action_back(self) -> None:
        """Goes one step back.

        Leaves the filter line; else stops reading a new query, ends the range, clears the selection, clears the filter,
        or leaves the planned deletions, whichever applies first.
        """
        if self.filter.has_focus:
            self.secrets.focus()
        elif self.secrets.next_view is not None:
            self.secrets.stop()
            self.list_query = self.secrets.list_query
            # The stopped read may have been a reload after a change. Without a change count, the next check reloads.
            self._changes = None
        elif self.secrets.has_range:
            self.secrets.end_range()
        elif self.secrets.selected:
            self.secrets.clear_selection()
        elif self.list_query.text:
            self.filter.value = ""
        elif self.previous_query is not None:
            self.action_planned()

    @on(FilterLine.SaveRequested)
    def _save_typed_filter(self) -> None:
        self.save_filter()

    @gesture
    async def save_filter(self) -> None:
        """Asks for a name and saves the current filter under it."""
        from smtui.tui.dialogs.one_line import OneLine

        text = self.list_query.text.strip()
        name = await self.app.push_screen_wait(OneLine(SafeText("Keep this filter as"), longest=40)) if text else None
        if name and await self._may_keep(name, text):
            await self._change_settings(lambda settings: replace(settings, filters={**settings.filters, name: text}))
            self.say(f"Kept as {name}: {text}")

    async def _may_keep(self, name: str, text: str) -> bool:
        """Asks before a different filter of that name is replaced, including one that another session has saved."""
        from smtui.tui.dialogs.confirm import Confirm

        await self._read_settings()
        saved = self.app.settings.filters.get(name, text)
        if saved == text:
            return True
        words = sanitize(f"It is {saved}, and becomes {text}.")
        list_query = Confirm(sanitize(f"Replace the filter {name}?"), words, SafeText("Replace"))
        return await self.app.push_screen_wait(list_query) is True

    @gesture
    async def action_saved(self) -> None:
        from smtui.tui.secret_list.saved_filters import ApplyFilter, RemoveFilter, SavedFilters, SaveFilter

        await self._read_settings()
        answer = await self.app.push_screen_wait(SavedFilters(self.app.settings.filters, self.list_query.text.strip()))
        match answer:
            case ApplyFilter(name):
                self._apply_saved_filter(name)
            case RemoveFilter(name):
                await self._change_settings(lambda settings: replace(
                    settings, filters={each: text for each, text in settings.filters.items() if each != name}
                ))
                self.say(f"{name} is removed.")
            case SaveFilter():
                self.save_filter()

    def _apply_saved_filter(self, name: str) -> None:
        self.filter.value = self.app.settings.filters[name]

    async def _change_settings(self, change: Callable[[Settings], Settings]) -> None:
        """Stores a change of filters or columns in the settings file, and takes both from the stored file."""
        self._show_stored(await call(change_settings, change))

    async def _read_settings(self) -> None:
        """Reads filters that other sessions may have saved. An invalid file changes nothing."""
        with suppress(SettingsError):
            self._show_stored(await call(load_settings))

    def _show_stored(self, stored: Settings) -> None:
        self.app.settings = replace(self.app.settings, filters=stored.filters, columns=stored.columns)

    # Order and columns.

    def action_sort(self) -> None:
        visible = [column.id for column, _ in self.secrets.fit_columns_for(DEFAULT_ORDER)]
        self._sort(self.list_query.select_next_order(visible))

    def action_reverse(self) -> None:
        self._sort(self.list_query.reverse_order())

    @on(SecretList.SortRequested)
    def _sort_by_clicked_title(self, event: SecretList.SortRequested) -> None:
        self.sort_by(event.column)

    def sort_by(self, column: str) -> None:
        """Sorts by a column, given by id; reverses the order if the list is sorted by it already."""
        self._sort(self.list_query.change_order(column))

    def _sort(self, list_query: ListQuery) -> None:
        self._change_query(list_query, delay=SORT_PAUSE if list_query.sort_key else 0)
        self._show_list_state()

    @on(SecretList.TooManyToSort)
    def _refuse_sort(self) -> None:
        self.say(f"The service does not sort by {self.list_query.column.title.lower()}, and here it is done with up to "
                 f"{MAX_SORTED:,}. Narrow the filter first.", severity="warning")
        self.list_query = self.secrets.list_query

    @gesture
    async def action_columns(self) -> None:
        from smtui.tui.secret_list.columns_dialog import ColumnsForm

        visible = self.app.settings.columns or [column.id for column, _ in self.secrets.fitted_columns]
        chosen = await self.app.push_screen_wait(ColumnsForm(visible, self.secrets.available_width))
        if chosen is not None:
            self.secrets.set_columns(chosen)
            await self._change_settings(lambda settings: replace(settings, columns=list(chosen)))

    def action_planned(self) -> None:
        """Shows the planned deletions, or the previous list if they are shown."""
        before, self.previous_query = self.previous_query, None if self.previous_query else self.list_query
        self.list_query = before or self.list_query.make_planned_query()
        with self.prevent(Input.Changed):
            self.filter.value = self.list_query.text
        self._read_list()

    # Status.

    @on(SecretList.Loaded)
    def _show_read_state(self) -> None:
        if read_error := self.secrets.read_error:
            self.could_not_read(read_error)
        else:
            self.show_state(READ if self.secrets.has_read else READING)

    @on(SecretList.Loaded)
    @on(SecretList.SelectionChanged)
    def _show_list_state(self) -> None:
        if not self.secrets.has_read:
            return
        self.query_one("#status", Static).update(Content(" · ".join(self._list_status_parts())), layout=False)
        parsed = self.list_query.filter
        self._show_ignored((*parsed.ignored, *parsed.hints))
        is_empty = self.secrets.count == 0 and not self.secrets.has_more and self.secrets.next_view is None
        if is_empty:
            self.query_one("#empty", Static).update(Content(self._explain_empty_list()))
        self.set_class(is_empty, "-empty")
        self.filter_bar.suggest()

    def _show_ignored(self, sentences: tuple[str, ...]) -> None:
        if sentences != self._shown_ignored:
            self._shown_ignored = sentences
            ignored = self.query_one("#ignored", Static)
            ignored.display = bool(sentences)
            ignored.update(Content("\n".join(map(sanitize, sentences))))

    def _list_status_parts(self) -> Iterator[SafeText]:
        listed, next_view = self.secrets, self.secrets.next_view
        yield sanitize(self._format_count())
        if next_view is not None and next_view.scanned:
            why = f" to sort {self.list_query.describe_order()}" if next_view.sorts_locally else ""
            yield sanitize(f"reading all{why}: {next_view.scanned:,} read, {next_view.match_count:,} match, Esc stops")
        elif listed.reads_to_end:
            yield SafeText("reading on, any key stops")
        elif listed.busy and self.list_query.predicates:
            yield sanitize(f"{listed.scanned:,} read, reading on")
        yield sanitize(listed.list_query.describe_order())
        if listed.list_query.planned:
            yield SafeText("planned deletions")
        if many := len(listed.selected_entries):
            unseen = f" ({elsewhere:,} not in this list)" if (elsewhere := listed.selected_elsewhere) else ""
            yield sanitize(f"✓ {many:,} marked{unseen}")

    def _format_count(self) -> str:
        count, more = self.secrets.count, "+" if self.secrets.has_more else ""
        if self.list_query.text.strip():
            return f"{count:,}{more} match"
        return f"{count:,}{more} {'secret' if count == 1 else 'secrets'}"

    def _explain_empty_list(self) -> str:
        if self.list_query.text.strip():
            return f"Nothing matches.\n\n{self.key_of('secrets.back')} leaves the filter, and again clears it."
        if self.list_query.planned:
            return (
                "No deletion is planned.\n\n"
                f"{self.key_of('secrets.delete')} on a secret plans one; until its day it stands here, "
                f"and {self.key_of('secrets.restore')} brings it back.\n"
                f"{self.key_of('secrets.planned')} goes back to the list."
            )
        return (
            "There is nothing here yet.\n\n"
            f"{self.key_of('secrets.add')} makes a secret.\n"
            f"{self.key_of('secrets.planned')} shows those whose deletion is planned.\n"
            "smtui import brings some along."
        )

    @on(SecretList.Moved)
    def _show_preview(self) -> None:
        self.preview.show(self.secrets.current, self.session.now())

    def action_preview(self) -> None:
        """Shows or hides the preview: beside the list on a wide screen, over it on a narrow one."""
        self.toggle_class("-beside" if self.has_class("-wide") else "-over")

    def list_further_help(self) -> Iterator[tuple[str, str, str]]:
        """Yields rows for the help screen: chapter, filter words, and what they find."""
        return (("Words of the filter", " ".join(words), finds) for words, finds in list_grammar())

    def commands(self) -> Iterator[Command]:
        """Yields commands for the command palette: sort orders and saved filters."""
        for column in COLUMNS.values():
            yield f"Sort by {column.title.lower()}", f"By {column.description}", partial(self.sort_by, column.id)
        for name, text in self.app.settings.filters.items():
            yield sanitize(f"Filter: {name}"), sanitize(text), partial(self._apply_saved_filter, name)
