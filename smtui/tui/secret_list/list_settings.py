"""The settings of the list, saved filters and columns, as stored in the settings file. Other sessions may change it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from smtui.system.settings import Settings, SettingsError, change_settings, load_settings
from smtui.tui.bridge import call

if TYPE_CHECKING:
    from smtui.tui.shell import Shell


async def read_list_settings(app: Shell) -> None:
    """Takes saved filters and columns from the settings file. An invalid file changes nothing."""
    with suppress(SettingsError):
        _take_stored(app, await call(load_settings))


async def change_list_settings(app: Shell, change: Callable[[Settings], Settings]) -> None:
    """Stores a change of filters or columns in the settings file, and takes both from the stored file.

    Args:
        change: returns the changed settings.

    Raises:
        SettingsError: the file is invalid or cannot be written.
    """
    _take_stored(app, await call(change_settings, change))


async def replace_columns(app: Shell, seen: Sequence[str], chosen: Sequence[str]) -> None:
    """Stores the columns, unless they are no longer in the file as they were `seen`.

    Raises:
        SettingsError: another session has changed them, or the file is invalid or cannot be written.
    """
    def change(stored: Settings) -> Settings:
        if stored.columns not in (seen, chosen):
            raise SettingsError(f"Another session has changed the columns to {_list_columns(stored)}.")
        return replace(stored, columns=chosen)

    await change_list_settings(app, change)


async def store_filter(app: Shell, name: str, seen: str | None, text: str) -> None:
    """Stores a filter under a name, unless the filter of that name is no longer the one that was `seen`.

    Raises:
        SettingsError: another session has changed it, or the file is invalid or cannot be written.
    """
    def change(stored: Settings) -> Settings:
        if stored.filters.get(name) not in (seen, text):
            found = stored.filters.get(name)
            raise SettingsError(f"Another session has {f'saved {name} as {found}' if found else f'removed {name}'}.")
        return replace(stored, filters={**stored.filters, name: text})

    await change_list_settings(app, change)


async def remove_filter(app: Shell, name: str, seen: str | None) -> None:
    """Removes a saved filter, unless its text is no longer the one that was `seen`.

    Raises:
        SettingsError: another session has changed it, or the file is invalid or cannot be written.
    """
    def change(stored: Settings) -> Settings:
        if stored.filters.get(name, seen) != seen:
            raise SettingsError(f"Another session has changed {name} to {stored.filters[name]}. No changes made.")
        return replace(stored, filters={each: text for each, text in stored.filters.items() if each != name})

    await change_list_settings(app, change)


def _list_columns(settings: Settings) -> str:
    return ", ".join(settings.columns) or "automatic"


def _take_stored(app: Shell, stored: Settings) -> None:
    app.settings = replace(app.settings, filters=stored.filters, columns=stored.columns)
