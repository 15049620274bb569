"""The actions on saved filters: apply one, save the current filter, or remove one. They run inside a gesture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.dialogs.confirm import Confirm
from smtui.tui.dialogs.one_line import ask_line
from smtui.tui.secret_list.list_settings import read_list_settings, remove_filter, store_filter
from smtui.tui.secret_list.saved_filters import ApplyFilter, RemoveFilter, SavedFilters, SaveFilter

if TYPE_CHECKING:
    from smtui.tui.base_screen import SessionScreen
    from smtui.tui.shell import Shell

MAX_NAME_LENGTH = 40
NOT_SAVED = "Not saved."


async def choose_filter(screen: SessionScreen[Any], text: str) -> str | None:
    """Opens the dialog of saved filters, and saves or removes one.

    Args:
        text: the current filter.

    Returns:
        The name of the filter to apply; None if there is none.

    Raises:
        SettingsError: the settings file is invalid or cannot be written.
    """
    await read_list_settings(screen.app)
    shown = screen.app.settings.filters
    match await screen.app.push_screen_wait(SavedFilters(shown, text.strip())):
        case ApplyFilter(name):
            return name
        case RemoveFilter(name):
            await remove_filter(screen.app, name, shown.get(name))
            screen.say(f"{name} removed.")
        case SaveFilter():
            await save_filter(screen, text)
    return None


async def save_filter(screen: SessionScreen[Any], text: str) -> None:
    """Asks for a name and saves the filter `text` under it.

    Raises:
        SettingsError: the settings file is invalid or cannot be written.
    """
    text = text.strip()
    if not text:
        screen.say("Enter a filter first to save it.", severity="warning")
        return

    async def save(name: str) -> str:
        await read_list_settings(screen.app)
        seen = screen.app.settings.filters.get(name)
        if seen not in (None, text) and not await _confirm_replacement(screen.app, name, seen, text):
            return NOT_SAVED
        await store_filter(screen.app, name, seen, text)
        screen.say(f"Saved as {name}: {text}")
        return ""

    await ask_line(screen.app, SafeText("Save filter as"), save, longest=MAX_NAME_LENGTH, noun="a name for the filter")


async def _confirm_replacement(app: Shell, name: str, saved: str | None, text: str) -> bool:
    """Asks before a different filter of that name is replaced, including one that another session has saved."""
    words = sanitize(f"{saved} → {text}")
    question = Confirm(sanitize(f"Replace the filter {name}?"), words, SafeText("Replace"))
    return await app.push_screen_wait(question)
