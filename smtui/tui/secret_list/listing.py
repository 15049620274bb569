"""The base of the screen with the list of secrets: it shows the result of a query, its status, and a preview."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, cast

from textual import getters, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from smtui.api.errors import ClientError, SmtuiError
from smtui.text.sanitize import sanitize
from smtui.tui.base_screen import SessionScreen
from smtui.tui.bridge import background, call, reading
from smtui.tui.secret_list.filter_bar import FilterBar, FilterLine
from smtui.tui.secret_list.list_state import ListState, find_accessed, read_list_state
from smtui.tui.secret_list.list_widget import SecretList
from smtui.tui.secret_list.loader import PageLoader
from smtui.tui.secret_list.name_tree import TreeState
from smtui.tui.secret_list.preview import Preview
from smtui.tui.secret_list.query import ListQuery
from smtui.tui.secret_list.results import MAX_CACHED
from smtui.tui.secret_list.status import explain_empty_list, format_status
from smtui.tui.secret_list.suggestions import Vocabulary
from smtui.tui.secret_list.tree_navigation import get_group
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.panel import Panel, show_title
from smtui.tui.widgets.read_pane import ReadPane
from smtui.tui.widgets.read_state import READ, READING

if TYPE_CHECKING:
    from smtui.tui.contexts.account_vault import AccountVault
    from smtui.tui.session import Session

TYPING_PAUSE = 0.04
"""Seconds after the last key press until the filter is applied."""
COUNT_PAUSE = 0.3
"""Seconds after the first list until the secrets are counted, which takes as long as a key may."""


class ListingScreen(SessionScreen[None]):
    """Shows the filter, the list, and a preview of the secret under the cursor if there is room.

    `list_query` is the newest query; the list shows its result once the first rows are read.
    """

    CSS_PATH = "screen.tcss"
    AUTO_FOCUS = "SecretList"
    DEFAULT_CLASSES = "-beside"
    opened_by = ("list_secrets",)
    tells_itself = True
    at_once = frozenset({"planned"})

    filter_bar = getters.query_one(FilterBar)
    filter = getters.query_one(FilterLine)
    secrets = getters.query_one(SecretList)
    preview = getters.query_one(Preview)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.list_query = ListQuery()
        self.previous_query: ListQuery | None = None
        self._initial_cursor: tuple[str, int] | None = None
        self._tree_state = TreeState()
        self._shown_ignored: tuple[str, ...] = ()
        self._is_counting = False
        self._vocabulary = Vocabulary()
        self._loader = PageLoader(session, self.reader, self._vocabulary)

    def compose(self) -> ComposeResult:
        yield self.create_header()
        yield FilterBar(self._vocabulary)
        with ReadPane(), Horizontal(id="body"):
            with Panel(id="listed"):
                yield SecretList(self.session.now)
                yield Static(id="empty")
            yield Preview()
        yield Static(id="ignored")
        yield Footer()

    def set_initial_list(
        self, list_query: ListQuery, previous_query: ListQuery | None, key: str, row: int,
        tree_state: TreeState | None = None,
    ) -> None:
        """Sets the first query and the cursor. Call it before the screen is shown.

        Args:
            previous_query: the query to which `action_planned` returns; None if there is none.
            key: the secret for the cursor, by its ARN, or the group, by its path.
            row: the row for the cursor if the list does not contain it.
            tree_state: which groups are expanded; None for none.
        """
        self.list_query, self.previous_query, self._initial_cursor = list_query, previous_query, (key, row)
        self._tree_state = tree_state or TreeState()

    def on_mount(self) -> None:
        if self._initial_cursor is not None:
            self.secrets.model.tree_state = self._tree_state
            self.secrets.set_initial_cursor(*self._initial_cursor)
            with self.prevent(Input.Changed):
                self.filter.value = self.list_query.text
        else:
            self.list_query = replace(self.list_query, is_tree=self.app.settings.tree)
        self.secrets.set_columns(self.app.settings.columns)

    # Reading.

    def on_screen_resume(self) -> None:
        separator = self.app.settings.tree_separator or "/"
        if separator != self.secrets.model.separator:
            self.secrets.model.separator = separator
            self.show_result(self.list_query, reread=False, keep_cursor=True)
        self._refresh()

    @reading
    async def _refresh(self) -> None:
        """Brings the list up to date after another screen or a dialog was shown above it.

        It is read again only if the vault has changed; what was only accessed gets its day of access.
        """
        seen = self._loader.state
        if seen is None and self.secrets.busy:
            return  # the first read
        try:
            now = await call(read_list_state, self.vault, self.session.region)
            is_same = seen is not None and now is not None and now.has_same_content(seen)
            if seen is None or now is None or not is_same or not await self._update_accessed(seen, now):
                self.show_result(self.list_query, keep_cursor=True)
                return
        except SmtuiError as error:
            self.show_read_error(error)
            return
        self._show_list_state()
        self.secrets.read_on()

    async def _update_accessed(self, seen: ListState, now: ListState) -> bool:
        """Updates the entries of secrets whose values were read since the list was; returns whether that is enough."""
        names = await call(find_accessed, self.vault, seen, now)
        depends = self.list_query.order == "accessed" or bool(self.list_query.filter.predicates)
        if names is None or (names and depends):
            return False
        for name in names:
            try:
                described = await call(self.reader.describe_secret, SecretId=name)
            except ClientError:
                return False
            self.secrets.model.update_access(described["ARN"], described.get("LastAccessedDate"))
        if names:
            self._loader.state = now
            self.secrets.refresh()
            self._show_preview()
        return True

    async def load(self) -> None:
        """Starts a worker that reads the list again. The cursor stays on its secret."""
        self.show_result(self.list_query, keep_cursor=True)

    @property
    def busy(self) -> bool:
        """Whether the list is reading; the screen does not reload it until that is finished."""
        return self.secrets.busy

    @property
    def pending_read(self) -> object | None:
        """The worker that reads the result of the newest query; None if there is none."""
        return self.secrets.pending if self.query(SecretList) else None

    def show_result(
        self, list_query: ListQuery, *, reread: bool = True, keep_cursor: bool = False, delay: float = 0,
    ) -> None:
        """Shows the result of a query once its first rows are read (see `PagedList.show_list`)."""
        self.list_query = list_query
        if reread:
            self._loader.forget()
        fetch = self._loader.make_fetch(list_query)
        self.secrets.show_list(list_query, fetch, reread=reread, keep_cursor=keep_cursor, delay=delay)

    def stop_reading(self) -> None:
        """Stops reading a new query; the result of the last one stays."""
        self.secrets.stop()
        self.list_query = self.secrets.model.list_query
        # The stopped read may have been a reload after a change. Without a change count, the next check reloads.
        self._changes = self._loader.state = None

    def action_planned(self) -> None:
        """Shows the planned deletions, or the previous list if they are shown."""
        before, self.previous_query = self.previous_query, None if self.previous_query else self.list_query
        list_query = before or self.list_query.make_planned_query()
        with self.prevent(Input.Changed):
            self.filter.value = list_query.text
        self.show_result(list_query)

    @on(Input.Changed)
    def _apply_filter(self, event: Input.Changed) -> None:
        """Shows the result of the filter. If Esc cleared it, the cursor stays on its secret."""
        if event.value != self.list_query.text:
            is_cleared = not event.value.strip() and not self.filter.has_focus
            self.show_result(self.list_query.change_text(event.value), reread=False, keep_cursor=is_cleared,
                             delay=TYPING_PAUSE)

    @on(FilterLine.FocusChanged)
    def _prepare_to_find(self) -> None:
        self.secrets.read_ahead(self.filter.has_focus and not self.list_query.uses_search)

    @on(SecretList.TooManyToFind)
    def _search_instead(self) -> None:
        self.say(f"More than {MAX_CACHED:,} secrets: fuzzy find is off, words are searched as all:word.")
        list_query = replace(self.list_query, uses_search=True)
        self.secrets.read_ahead(False)
        if list_query.text.strip():
            self.show_result(list_query)
        self.list_query = list_query

    # Status and preview.

    @on(SecretList.Loaded)
    def _show_read_state(self) -> None:
        if read_error := self.secrets.read_error:
            self._loader.state = None
            self.show_read_error(read_error)
        else:
            self.show_state(READ if self.secrets.model.has_read else READING)

    @on(SecretList.Loaded)
    def _count_rest(self) -> None:
        """Counts the secrets if only the first ones are read and nobody has to wait for it."""
        model = self.secrets.model
        is_unknown = model.has_read and model.has_more and model.total is None and not model.list_query.text.strip()
        if is_unknown and not self._is_counting:
            self._count_all(model.list_query)

    @background
    async def _count_all(self, list_query: ListQuery) -> None:
        self._is_counting = True
        try:
            await asyncio.sleep(COUNT_PAUSE)
            total = await self._loader.count(list_query.shows_planned)
        finally:
            self._is_counting = False
        if total is not None and self.secrets.model.list_query == list_query and not list_query.planned:
            self.secrets.model.set_total(total)
            self._show_list_state()

    @on(SecretList.Loaded)
    @on(SecretList.SelectionChanged)
    def _show_list_state(self) -> None:
        model, self.secrets.favorites = self.secrets.model, self.session.favorites
        if not model.has_read:
            return
        show_title(self.query_one("#listed"), format_status(self.secrets, self.list_query, self._find_kept_date()))
        self._show_ignored()
        self.filter_bar.show_kind(self.list_query.kind)
        if model.is_empty:
            self.query_one("#empty", Static).update(Content(explain_empty_list(self.list_query, self.find_key)))
        self.set_class(model.is_empty, "-empty")
        self.filter_bar.suggest()

    def _find_kept_date(self) -> datetime | None:
        """When the list was stored, if it is that of an earlier session with an account."""
        vault = self.vault
        return cast("AccountVault", vault).find_kept_date(self.session.region) if vault.can.has_costs else None

    def _show_ignored(self) -> None:
        """Shows which words of the filter have no effect, and hints about others."""
        sentences = (*self.list_query.filter.ignored, *self.list_query.filter.hints)
        if sentences != self._shown_ignored:
            self._shown_ignored = sentences
            ignored = self.query_one("#ignored", Static)
            ignored.display = bool(sentences)
            ignored.update(Content("\n".join(map(sanitize, sentences))))

    @on(SecretList.Moved)
    def _show_preview(self) -> None:
        self.preview.show(self.secrets.current or get_group(self.secrets), self.session.now())
        if self.secrets.model.tree:
            self._show_list_state()
