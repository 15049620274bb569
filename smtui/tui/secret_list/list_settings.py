"""The settings of the list, saved filters and columns, as stored in the settings file. Other sessions may change it."""

from __future__ import annotations

from collections.abc import Callable
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


def _take_stored(app: Shell, stored: Settings) -> None:
    app.settings = replace(app.settings, filters=stored.filters, columns=stored.columns)
