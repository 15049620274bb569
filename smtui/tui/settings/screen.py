"""The screen with all settings and keys. It saves each change immediately."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Static

from smtui.system.settings import Settings, SettingsError, change_settings, get_settings_path, load_settings
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui import key_names, keys
from smtui.tui.bridge import call, gesture
from smtui.tui.dialogs.one_line import ask_line
from smtui.tui.filtered_table_screen import FilteredTableScreen
from smtui.tui.help import places
from smtui.tui.settings.key_conflicts import find_conflict
from smtui.tui.settings.press_key import PressKey
from smtui.tui.settings.theme import PickTheme
from smtui.tui.shortcut import PLACES, Shortcut
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.find_line import has_words
from smtui.tui.widgets.read_pane import ReadPane
from smtui.tui.widgets.safe_input import SafeInput
from smtui.tui.widgets.table import Column, Table

if TYPE_CHECKING:
    from smtui.tui.session import Session

Change = Callable[[Settings], Settings]
NOTHING = SafeText("No settings.")
LONGEST = 1024
NO_NUMBER = "Enter a whole number (digits only); 0 turns it off."


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One row of the table.

    Args:
        name: the field of `Settings`, or the id of the shortcut.
        words: the label.
        value: the present value.
        tooltip: the description.
        shortcut: the shortcut whose keys the row shows; None for a setting.
    """

    name: str
    words: SafeText
    value: SafeText
    tooltip: SafeText
    shortcut: Shortcut | None = None


class SettingsScreen(FilteredTableScreen[None]):
    """A filter above a table of all settings, then of all keys. The tables in `docs/` have the same descriptions."""

    place = places.SETTINGS
    BINDINGS = keys.list_bindings("settings")
    CSS_PATH = "screen.tcss"
    at_once = frozenset({"filter"})

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._rows: list[SettingRow] = []

    def compose(self) -> ComposeResult:
        yield self.create_header()
        yield SafeInput(placeholder="/ filter: words, like clipboard or lock", compact=True, select_on_focus=False,
                        id="filter")
        with ReadPane(title="Settings and keys"):
            yield Table(
                Column("Setting", lambda row: row.words, 30), Column("Value", lambda row: row.value, 14, grows=1),
                Column("Description", lambda row: row.tooltip, 30, grows=3, drop=1),
                key=lambda row: row.name, nothing=NOTHING,
            )
            yield Static(id="about")
        yield Footer()

    async def load(self) -> None:
        """Shows the settings in the file, and applies what other sessions have changed there."""
        stored = await call(load_settings)
        if stored != self.app.settings:
            self.app.use(stored)
        self._rows = [*_list_setting_rows(self.app.settings), *_list_key_rows(self.app.settings)]
        self._show_rows()

    @on(Input.Changed)
    def _show_found(self) -> None:
        self._show_rows()
        self.table.go_to_match(self.bar.value)

    def _show_rows(self) -> None:
        """Shows the rows with all words of the filter."""
        self.table.put([row for row in self._rows if has_words(
            f"{row.words} {row.value} {row.tooltip} {row.name}", self.bar.value)])

    async def look_for_more(self) -> None:
        """Shows what another session has changed in the file."""
        if await call(load_settings) != self.app.settings:
            await self.reload()

    def on_screen_resume(self) -> None:
        if self.has_read:
            self.start_reading()

    @on(Table.Moved)
    def _show_current(self) -> None:
        row = self.table.current
        lines = [Content(row.tooltip) if row else Content("")]
        lines.append(Content.styled(f"Stored in {sanitize(get_settings_path())}", "$text-muted"))
        self.query_one("#about", Static).update(Content("\n").join(lines))

    @on(Table.Selected)
    @gesture
    async def action_edit(self) -> None:
        """Asks for a new value or a new key and saves it."""
        row = await self._find_current_row()
        if row is None:
            return
        if row.shortcut is None and row.name != "theme" and not isinstance(getattr(self.app.settings, row.name), bool):
            await self._edit_line(row)
            return
        chosen = await (self._ask_key(row.shortcut) if row.shortcut else self._ask_value(row))
        if chosen is not None:
            await self._store(chosen)

    @gesture
    async def action_default(self) -> None:
        """Resets the row to its default."""
        row = await self._find_current_row()
        if row is None:
            return
        shortcut = row.shortcut
        if shortcut is None:
            await self._store(_create_change(self.app.settings, row.name, getattr(Settings(), row.name)))
        else:
            await self._store(_create_key_change(self.app.settings, shortcut.id, None))

    async def _find_current_row(self) -> SettingRow | None:
        """Reads the file; returns the row under the cursor, or None if another session has changed what it showed."""
        shown = self.table.current
        await self.reload()
        row: SettingRow | None = self.table.current
        if row is None or row == shown:
            return row
        self.say(f"Another session has changed this setting to {row.value}. No changes made.", severity="warning")
        return None

    async def _store(self, change: Change) -> None:
        """Saves the change to the file, which other sessions may have changed, and applies the settings in the file."""
        try:
            self.app.use(await call(change_settings, change))
        finally:
            await self.reload()

    async def _ask_value(self, row: SettingRow) -> Change | None:
        """Asks for a theme, or toggles another setting; None if the user cancels."""
        seen = self.app.settings
        if row.name != "theme":
            return _create_change(seen, row.name, not getattr(seen, row.name))
        themes = PickTheme(self.app.theme)
        picked = await self.app.push_screen_wait(themes)
        return None if picked is None else _create_change(seen, row.name, themes.offered[picked])

    async def _edit_line(self, row: SettingRow) -> None:
        """Asks for a text or a number until it can be saved or the user cancels."""
        seen = self.app.settings
        before = getattr(seen, row.name)
        is_text = isinstance(before, str)

        async def store(typed: str) -> str:
            nonlocal seen
            change = _create_change(seen, row.name, typed if is_text else int(typed))
            try:
                await self._store(change)
            finally:
                seen = self.app.settings
            return ""

        await ask_line(
            self.app, row.words, store, str(before), longest=LONGEST, noun="" if is_text else "a number of seconds",
            find_problem=lambda line: "" if is_text or line.strip().isdecimal() else NO_NUMBER)

    async def _ask_key(self, shortcut: Shortcut) -> Change | None:
        """Asks for a key of an action; None if the user cancels or another action has the key."""
        settings = self.app.settings
        key = await self.app.push_screen_wait(PressKey(sanitize(f"{shortcut.words}: {shortcut.tooltip}")))
        if key is None:
            return None
        taken = find_conflict(key, shortcut, settings.keys)
        if taken is not None:
            spelled = f"{key_names.spell(key)} is assigned to “{taken.words}” ({PLACES[taken.place]})"
            self.say(f"{spelled}. Assign another key to that first.", severity="warning")
            return None
        return _create_key_change(settings, shortcut.id, key)


def _create_change(seen: Settings, name: str, value: Any) -> Change:
    """Creates the change of a setting, which fails if it is no longer in the file as the user saw it."""

    def change(stored: Settings) -> Settings:
        _must_be_unchanged(getattr(stored, name), getattr(seen, name))
        return replace(stored, **{name: value})

    return change


def _create_key_change(seen: Settings, id: str, key: str | None) -> Change:
    """Creates the change of the user's key of a shortcut; None removes it."""

    def change(stored: Settings) -> Settings:
        _must_be_unchanged(stored.keys.get(id), seen.keys.get(id))
        others = {other: keys for other, keys in stored.keys.items() if other != id}
        return replace(stored, keys=others if key is None else {**others, id: key})

    return change


def _list_setting_rows(settings: Settings) -> Iterator[SettingRow]:
    for each in fields(Settings):
        value = getattr(settings, each.name)
        if isinstance(value, str | int):
            about = each.metadata
            yield SettingRow(
                each.name, sanitize(about["words"]), _format_value(each.name, value), sanitize(about["tooltip"])
            )


def _format_value(name: str, value: Any) -> SafeText:
    if isinstance(value, bool):
        return SafeText("✓ on" if value else "○ off")
    if isinstance(value, int):
        unit = next((word for word in ("days", "bits") if name.endswith(f"_{word}")), "s")
        return sanitize(f"{value} {unit}" if value else "never")
    return sanitize(value or "default")


def _list_key_rows(settings: Settings) -> Iterator[SettingRow]:
    for shortcut in keys.SHORTCUTS:
        own = settings.keys.get(shortcut.id)
        spelled = " ".join(map(key_names.spell, (own or shortcut.keys).split(",")))
        value = sanitize(f"{spelled}  (yours)" if own else spelled)
        words = sanitize(f"{PLACES[shortcut.place]}: {shortcut.words}")
        yield SettingRow(shortcut.id, words, value, sanitize(shortcut.tooltip), shortcut)


def _must_be_unchanged(stored: object, seen: object) -> None:
    """Checks that a setting in the file is as it was shown.

    Raises:
        SettingsError: another session has changed it.
    """
    if stored != seen:
        raise SettingsError(f"Another session has changed this setting to {stored or 'the default'}. No changes made.")
