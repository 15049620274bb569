"""What is listed: the filter as one types it, the order, the columns, planned deletions, and what is said about it."""

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
from smtui.tui.secret_list.filter_text import grammar
from smtui.tui.secret_list.list_widget import SecretList
from smtui.tui.secret_list.preview import Preview
from smtui.tui.secret_list.query import FIRST, Question
from smtui.tui.secret_list.results import MOST_SORTED, Fetch, Page
from smtui.tui.secret_list.suggestions import Vocabulary
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.read_pane import ReadPane
from smtui.tui.widgets.read_state import READ, READING

if TYPE_CHECKING:
    from smtui.tui.session import Session

PAUSE = 0.04
"""Seconds without a key after which the filter is asked."""
LONGER_PAUSE = 0.3
"""Seconds without a key after which everything is read, for an order that is made here."""
Command = tuple[str, str, Callable[[], object]]


class ListingScreen(SessionScreen[None]):
    """Filter, list, and, where there is room, a preview of the secret under the cursor."""

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
        self.question = Question()
        self.put_by: Question | None = None
        self._begin_at: tuple[str, int] | None = None
        self._said_left_out: tuple[str, ...] = ()
        self._vocabulary = Vocabulary()

    def compose(self) -> ComposeResult:
        yield self.create_header()
        yield FilterBar(self._vocabulary)
        with ReadPane(), Horizontal(id="body"):
            yield SecretList(self.session.now)
            yield Static(id="nothing")
            yield Preview()
        yield Static(id="left-out")
        yield Static(id="status")
        yield Footer()

    def begin_with(self, question: Question, put_by: Question | None, arn: str, row: int) -> None:
        """Before it is first shown: shows the answer to `question`, with the cursor on this secret or in this row."""
        self.question, self.put_by, self._begin_at = question, put_by, (arn, row)

    def on_mount(self) -> None:
        self.add_class("-beside")
        if self._begin_at is not None:
            self.secrets.begin_at(*self._begin_at)
            with self.prevent(Input.Changed):
                self.filter.value = self.question.text
        self.secrets.choose(self.app.settings.columns)

    # What is listed.

    def on_screen_resume(self) -> None:
        self._ask(keep=True)

    async def load(self) -> None:
        """The same question again, with the cursor on the same secret; the list tells how that goes."""
        self._ask(keep=True)

    @property
    def busy(self) -> bool:
        """What is being read is read to its end before it is read anew."""
        return self.secrets.busy

    @property
    def pending_read(self) -> object | None:
        """What reads the answer to the newest question; nothing does before there is a list."""
        return self.secrets.pending if self.query(SecretList) else None

    def _ask(self, *, anew: bool = True, keep: bool = False, after: float = 0) -> None:
        self.secrets.ask(self.question, self._fetch(), anew=anew, keep=keep, after=after)

    def _fetch(self) -> Fetch:
        request: Any = self.question.request()

        async def fetch(token: str | None) -> Page:
            more: Any = {"NextToken": token} if token else {}
            answer = await look(self.vault.interrupt, self.reader.list_secrets, **request, **more)
            waiting = await call(self.vault.scheduler.list_waiting_functions, region_name=self.session.region)
            rows.mark_waiting(answer["SecretList"], waiting)
            self._vocabulary.learn(answer["SecretList"])
            return Page(answer["SecretList"], answer.get("NextToken"))

        return fetch

    def _ask_instead(self, question: Question, *, keep: bool = False, after: float = 0) -> None:
        self.question = question
        self._ask(anew=False, keep=keep, after=after)

    # The filter.

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        if event.value != self.question.text:
            self._ask_instead(self.question.typed(event.value), after=PAUSE)

    @on(FilterLine.Left)
    def _to_the_list(self) -> None:
        self.secrets.focus()

    def action_filter(self) -> None:
        self.filter.focus()

    def action_back(self) -> None:
        """One step: out of the filter; then whatever was begun last is ended."""
        if self.filter.has_focus:
            self.secrets.focus()
        elif self.secrets.coming is not None:
            self.secrets.stop()
            self.question = self.secrets.question
            # What was stopped may have been what others changed: it is looked for again.
            self._changes = None
        elif self.secrets.ranging:
            self.secrets.end_range()
        elif self.secrets.marked:
            self.secrets.clear_marks()
        elif self.question.text:
            self.filter.value = ""
        elif self.put_by is not None:
            self.action_planned()

    @on(FilterLine.Saved)
    def _keep_the_filter(self) -> None:
        self.keep_filter()

    @gesture
    async def keep_filter(self) -> None:
        """Asks for a name, and keeps the present filter under it."""
        from smtui.tui.dialogs.one_line import OneLine

        text = self.question.text.strip()
        name = await self.app.push_screen_wait(OneLine(SafeText("Keep this filter as"), longest=40)) if text else None
        if name and await self._may_keep(name, text):
            await self._set(lambda settings: replace(settings, filters={**settings.filters, name: text}))
            self.say(f"Kept as {name}: {text}")

    async def _may_keep(self, name: str, text: str) -> bool:
        """Asks before another filter of that name is replaced, also one that another session has saved."""
        from smtui.tui.dialogs.confirm import Confirm

        await self._read_settings()
        saved = self.app.settings.filters.get(name, text)
        if saved == text:
            return True
        words = sanitize(f"It is {saved}, and becomes {text}.")
        question = Confirm(sanitize(f"Replace the filter {name}?"), words, SafeText("Replace"))
        return await self.app.push_screen_wait(question) is True

    @gesture
    async def action_saved(self) -> None:
        from smtui.tui.secret_list.saved_filters import Keep, Recalled, Removed, SavedFilters

        await self._read_settings()
        answer = await self.app.push_screen_wait(SavedFilters(self.app.settings.filters, self.question.text.strip()))
        match answer:
            case Recalled(name):
                self._recall(name)
            case Removed(name):
                await self._set(lambda settings: replace(
                    settings, filters={each: text for each, text in settings.filters.items() if each != name}
                ))
                self.say(f"{name} is removed.")
            case Keep():
                self.keep_filter()

    def _recall(self, name: str) -> None:
        self.filter.value = self.app.settings.filters[name]

    async def _set(self, change: Callable[[Settings], Settings]) -> None:
        """Stores a change of filters or columns in the settings file, and shows those that are then there."""
        self._show_stored(await call(change_settings, change))

    async def _read_settings(self) -> None:
        """Other sessions may have saved filters since; while the file is not valid, the known ones stay."""
        with suppress(SettingsError):
            self._show_stored(await call(load_settings))

    def _show_stored(self, stored: Settings) -> None:
        self.app.settings = replace(self.app.settings, filters=stored.filters, columns=stored.columns)

    # Order and columns.

    def action_sort(self) -> None:
        visible = [column.id for column, _ in self.secrets.fitted_by(FIRST)]
        self._sort(self.question.next_order(visible))

    def action_reverse(self) -> None:
        self._sort(self.question.reversed())

    @on(SecretList.SortWanted)
    def _sort_by_its_title(self, event: SecretList.SortWanted) -> None:
        self.sort_by(event.column)

    def sort_by(self, column: str) -> None:
        self._sort(self.question.by(column))

    def _sort(self, question: Question) -> None:
        self._ask_instead(question, after=LONGER_PAUSE if question.key else 0)
        self._show_what_is_here()

    @on(SecretList.TooMany)
    def _too_many_to_sort(self) -> None:
        self.say(f"The service does not sort by {self.question.column.title.lower()}, and here it is done with up to "
                 f"{MOST_SORTED:,}. Narrow the filter first.", severity="warning")
        self.question = self.secrets.question

    @gesture
    async def action_columns(self) -> None:
        from smtui.tui.secret_list.columns_dialog import ColumnsForm

        visible = self.app.settings.columns or [column.id for column, _ in self.secrets.fitted]
        chosen = await self.app.push_screen_wait(ColumnsForm(visible, self.secrets.room))
        if chosen is not None:
            self.secrets.choose(chosen)
            await self._set(lambda settings: replace(settings, columns=list(chosen)))

    def action_planned(self) -> None:
        """To the planned deletions, and back to the list as it was left."""
        before, self.put_by = self.put_by, None if self.put_by else self.question
        self.question = before or self.question.of_planned()
        with self.prevent(Input.Changed):
            self.filter.value = self.question.text
        self._ask()

    # What is shown.

    @on(SecretList.Loaded)
    def _show_how_it_went(self) -> None:
        if failure := self.secrets.failure:
            self.could_not_read(failure)
        else:
            self.show_state(READ if self.secrets.has_read else READING)

    @on(SecretList.Loaded)
    @on(SecretList.MarksChanged)
    def _show_what_is_here(self) -> None:
        if not self.secrets.has_read:
            return
        self.query_one("#status", Static).update(Content(" · ".join(self._status())), layout=False)
        search = self.question.search
        self._say_what_is_left_out((*search.left_out, *search.hints))
        nothing = self.secrets.count == 0 and not self.secrets.more and self.secrets.coming is None
        if nothing:
            self.query_one("#nothing", Static).update(Content(self._why_nothing()))
        self.set_class(nothing, "-nothing")
        self.filter_bar.suggest()

    def _say_what_is_left_out(self, sentences: tuple[str, ...]) -> None:
        if sentences != self._said_left_out:
            self._said_left_out = sentences
            left_out = self.query_one("#left-out", Static)
            left_out.display = bool(sentences)
            left_out.update(Content("\n".join(map(sanitize, sentences))))

    def _status(self) -> Iterator[SafeText]:
        listed, coming = self.secrets, self.secrets.coming
        yield sanitize(self._count())
        if coming is not None and coming.looked_at:
            why = f" to sort {self.question.order_words()}" if coming.sorts else ""
            yield sanitize(f"reading all{why}: {coming.looked_at:,} read, {coming.found:,} match, Esc stops")
        elif listed.hurrying:
            yield SafeText("reading on, any key stops")
        elif listed.busy and self.question.sieves:
            yield sanitize(f"{listed.looked_at:,} read, reading on")
        yield sanitize(listed.question.order_words())
        if listed.question.planned:
            yield SafeText("planned deletions")
        if many := len(listed.marked_entries):
            unseen = f" ({elsewhere:,} not in this list)" if (elsewhere := listed.marked_elsewhere) else ""
            yield sanitize(f"✓ {many:,} marked{unseen}")

    def _count(self) -> str:
        count, more = self.secrets.count, "+" if self.secrets.more else ""
        if self.question.text.strip():
            return f"{count:,}{more} match"
        return f"{count:,}{more} {'secret' if count == 1 else 'secrets'}"

    def _why_nothing(self) -> str:
        if self.question.text.strip():
            return f"Nothing matches.\n\n{self.key_of('secrets.back')} leaves the filter, and again clears it."
        if self.question.planned:
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
    def _preview(self) -> None:
        self.preview.show(self.secrets.current, self.session.now())

    def action_preview(self) -> None:
        """Beside the list where there is room, over it where there is not."""
        self.toggle_class("-beside" if self.has_class("-wide") else "-over")

    def further_help(self) -> Iterator[tuple[str, str, str]]:
        """What help says besides keys."""
        return (("Words of the filter", " ".join(words), finds) for words, finds in grammar())

    def commands(self) -> Iterator[Command]:
        """What the command palette offers besides keys."""
        for column in COLUMNS.values():
            yield f"Sort by {column.title.lower()}", f"By {column.words}", partial(self.sort_by, column.id)
        for name, text in self.app.settings.filters.items():
            yield sanitize(f"Filter: {name}"), sanitize(text), partial(self._recall, name)
