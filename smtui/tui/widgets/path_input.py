"""An input for a path, with completion from the file system."""

from __future__ import annotations

import asyncio
import os

from textual import events
from textual.suggester import Suggester

from smtui.system.paths import expand_home
from smtui.text.typed_text import can_be_typed
from smtui.tui.widgets.plain_input import PlainInput
from smtui.tui.widgets.tab_completion import TabCompletion


class PathInput(PlainInput):
    """An input for a path. → accepts the suggestion; Tab completes the path as a shell does.

    Tab inserts the common prefix of all candidates. If there is nothing to insert, further Tabs go through the
    candidates one by one; after the last candidate, Tab focuses the next field.
    """

    def __init__(self, value: str = "", *, id: str | None = None) -> None:
        super().__init__(value, id=id, compact=True, select_on_focus=False, suggester=PathSuggester())
        self._completion = TabCompletion(list_completions)

    async def on_key(self, event: events.Key) -> None:
        found = None
        if event.key == "tab" and self.value:
            found = await asyncio.to_thread(self._completion.find_next, self.value)
        if found is None:
            self._completion.reset()
            return
        event.stop()
        event.prevent_default()
        self.value = found
        self.cursor_position = len(found)


class PathSuggester(Suggester):
    """Suggests the first file or folder that begins with the text. A folder ends with a slash."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        return await asyncio.to_thread(find_completion, value)


def find_completion(typed: str) -> str | None:
    """Finds the first completion, for example `~/backups/` for `~/ba`; None if there is none or after a slash."""
    return next(iter(list_completions(typed)), None) if typed.rpartition("/")[2] else None


def list_completions(typed: str) -> list[str]:
    """Lists the paths that begin with the text, sorted. Folders end with a slash.

    Hidden files are listed only after a typed dot; names with invisible characters are left out.
    """
    folder, _, begun = typed.rpartition("/")
    try:
        with os.scandir(expand_home(f"{folder}/" if "/" in typed else ".")) as entries:
            names = sorted(entry.name + ("/" if entry.is_dir() else "") for entry in entries)
    except OSError:
        return []
    return [typed + name[len(begun):] for name in names
            if name.startswith(begun) and can_be_typed(name) and (begun or not name.startswith("."))]
