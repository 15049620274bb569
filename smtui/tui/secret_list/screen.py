"""The first screen of a session: the list of secrets with its actions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import partial
from typing import TYPE_CHECKING

from textual import on

from smtui.system.settings import SettingsError
from smtui.text.sanitize import sanitize
from smtui.tui import keys
from smtui.tui.bridge import gesture
from smtui.tui.secret.allowed_actions import OPERATIONS
from smtui.tui.secret_list.columns import COLUMNS, propose_columns
from smtui.tui.secret_list.copying import CopyingScreen
from smtui.tui.secret_list.filter_bar import FilterLine
from smtui.tui.secret_list.filter_text import list_grammar
from smtui.tui.secret_list.list_settings import read_list_settings, replace_columns
from smtui.tui.secret_list.list_widget import SecretList
from smtui.tui.secret_list.tree_navigation import get_group, leave_group, open_group
from smtui.tui.secret_list.tree_screen import TreeScreen

if TYPE_CHECKING:
    from smtui.api.types import SecretListEntry

PaletteEntry = tuple[str, str, Callable[[], object]]
"""A command of the palette: its title, its description, and what it runs."""


class SecretsScreen(TreeScreen, CopyingScreen):
    """Adds the actions of the keys. Operations apply to the selected secrets, or else to the one under the cursor."""

    BINDINGS = keys.list_bindings("secrets")
    at_once = frozenset({"add", "filter", "saved", "columns", "preview"})
    operations = OPERATIONS

    # The list and its order.

    def action_filter(self) -> None:
        self.filter.focus_to_replace()

    @on(FilterLine.OpenRequested)
    def _open_best_match(self) -> None:
        """Opens the secret under the cursor, at first the best match, once no better one can come.

        Without words to find there is no best match: the list gets the focus.
        """
        if self.secrets.pending is not None:
            self.say("Still searching. Press Enter again in a moment.")
            return
        if self.secrets.current or not self.list_query.text.strip():
            self.secrets.focus()
        if self.list_query.filter.words:
            self.action_open()

    @gesture
    async def action_saved(self) -> None:
        from smtui.tui.secret_list.filter_actions import choose_filter

        if name := await choose_filter(self, self.list_query.text):
            self._apply_saved_filter(name)

    def _apply_saved_filter(self, name: str) -> None:
        self.filter.value = self.app.settings.filters[name]

    @on(FilterLine.MoveRequested)
    def _move_cursor(self, event: FilterLine.MoveRequested) -> None:
        self.secrets.action_move(event.by)

    @on(FilterLine.SaveRequested)
    @gesture
    async def _save_filter(self) -> None:
        from smtui.tui.secret_list.filter_actions import save_filter

        await save_filter(self, self.list_query.text)

    @gesture
    async def action_columns(self) -> None:
        from smtui.tui.secret_list.columns_dialog import ColumnsForm

        await read_list_settings(self.app)
        visible, problem = self.app.settings.columns, ""
        while True:
            seen = self.app.settings.columns
            form = ColumnsForm(visible or propose_columns(self.secrets.fitted_columns), self.secrets.available_width,
                               self.secrets.column_needs, problem)
            chosen = await self.app.push_screen_wait(form)
            if chosen is None:
                return
            try:
                await replace_columns(self.app, seen, list(chosen))
            except SettingsError as error:
                visible, problem = list(chosen), str(error)
                await read_list_settings(self.app)
            else:
                self.secrets.set_columns(chosen)
                return

    def action_preview(self) -> None:
        """Shows or hides the preview: beside the list on a wide screen, over it on a narrow one."""
        self.toggle_class("-beside" if self.has_class("-wide") else "-over")

    def action_back(self) -> None:
        """Goes one step back.

        Leaves the filter line; else stops reading a new query, ends the range, clears the selection, clears the filter,
        leaves the open group, or leaves the planned deletions, whichever applies first.
        """
        if self.filter.has_focus:
            self.secrets.focus()
        elif self.secrets.model.next_view is not None:
            self.stop_reading()
        elif self.secrets.selection.has_range:
            self.secrets.selection.end_range()
        elif self.secrets.selection.selected:
            self.secrets.selection.clear()
        elif self.list_query.text:
            self.filter.value = ""
        elif leave_group(self.secrets):
            return
        elif self.previous_query is not None:
            self.action_planned()

    # Operations on the selection.

    def action_select(self) -> None:
        self.secrets.toggle_selection()

    def action_select_range(self) -> None:
        self.secrets.selection.toggle_range()

    def action_invert_selection(self) -> None:
        self.secrets.selection.invert()
        if self.secrets.model.has_more:
            count = len(self.secrets.entries)
            self.say(f"Inverted among the {count:,} read so far. {self.find_key('list.last')} reads the rest.")

    @property
    def targets(self) -> list[SecretListEntry]:
        """The selected secrets, or else the secret under the cursor; empty, with a message, on a group."""
        current = self.secrets.current
        if not self.secrets.selection.entries and get_group(self.secrets):
            self.say(f"This is a group. {self.find_key('secrets.select')} marks all secrets in it.")
        return self.secrets.selection.entries or ([current] if current else [])

    def list_resource_ids(self) -> Collection[str]:
        """Those of the secret under the cursor. A selection has a plan, which says what is refused for each secret."""
        current = None if self.secrets.selection.entries else self.secrets.current
        return [current["ARN"], current["Name"]] if current else []

    def _find_targets_to_change(self) -> list[SecretListEntry]:
        """The targets; none in a read-only session, which says so."""
        targets = self.targets
        return targets if targets and not self.refuses_to_write() else []

    @gesture
    async def action_delete(self) -> None:
        from smtui.tui.secret_list.bulk_actions import delete

        if targets := self._find_targets_to_change():
            await delete(self, targets)

    @gesture
    async def action_restore(self) -> None:
        from smtui.tui.secret_list.bulk_actions import restore

        if targets := self._find_targets_to_change():
            await restore(self, targets)

    @gesture
    async def action_tag(self) -> None:
        from smtui.tui.secret_list.bulk_actions import tag

        if targets := self._find_targets_to_change():
            await tag(self, targets)

    @gesture
    async def action_export(self) -> None:
        from smtui.tui.secret_list.bulk_actions import export

        if targets := self.targets:
            await export(self, targets)

    def action_compare(self) -> None:
        """Compares the marked secrets, or the one under the cursor, with another side."""
        from smtui.tui.comparison.screen import ComparisonScreen

        if names := frozenset(entry["Name"] for entry in self.targets):
            self.app.push_screen(ComparisonScreen(self.session, names=names))

    @gesture
    async def action_names(self) -> None:
        from smtui.tui.secret_list.bulk_actions import copy_names

        if targets := self.targets:
            await copy_names(self, targets)

    # Operations on the secret under the cursor, and on none.

    @on(SecretList.Selected)
    def action_open(self) -> None:
        if group := get_group(self.secrets):
            open_group(self.secrets, group)
        elif entry := self.secrets.current:
            from smtui.tui.secret.screen import SecretScreen

            self.app.push_screen(SecretScreen(self.session, secret_id=entry["ARN"]))

    def action_add(self) -> None:
        if not self.refuses_to_write():
            from smtui.tui.secret.create_secret import create_secret

            self.app.run_task(create_secret)

    # Help and command palette.

    def list_further_help(self) -> Iterator[tuple[str, str, str]]:
        """Yields rows for the help screen: chapter, filter words, and what they find."""
        return (("Filter words", " ".join(words), finds) for words, finds in list_grammar())

    def list_commands(self) -> Iterator[PaletteEntry]:
        """Yields commands for the command palette: sort orders and saved filters."""
        for column in COLUMNS.values():
            yield f"Sort by {column.title.lower()}", f"By {column.description}", partial(self.sort_by, column.id)
        for name, text in self.app.settings.filters.items():
            yield sanitize(f"Filter: {name}"), sanitize(text), partial(self._apply_saved_filter, name)
