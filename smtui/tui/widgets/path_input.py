"""An input for a path, with completion from the file system."""

from __future__ import annotations

import asyncio
import os
from os.path import commonprefix

from textual import events
from textual.suggester import Suggester

from smtui.system.paths import expand_home
from smtui.text.typed_text import can_be_typed
from smtui.tui.widgets.plain_input import PlainInput


class PathInput(PlainInput):
    """An input for a path. → accepts the suggestion; Tab completes the path as a shell does.

    Tab inserts the common prefix of all candidates. If there is nothing to insert, further Tabs go through the
    candidates one by one; after the last candidate, Tab focuses the next field.
    """

    def __init__(self, value: str = "", *, id: str | None = None) -> None:
        super().__init__(value, id=id, compact=True, select_on_focus=False, suggester=PathSuggester())
        self._offered: list[str] = []

    async def on_key(self, event: events.Key) -> None:
        if event.key != "tab":
            self._offered = []
            return
        found = await asyncio.to_thread(self._find_next_completion, self.value) if self.value else None
        if found is None:
            self._offered = []
            return
        event.stop()
        event.prevent_default()
        self.value = found
        self.cursor_position = len(found)

    def _find_next_completion(self, typed: str) -> str | None:
        """Finds the text that Tab inserts; None if there is nothing left to complete."""
        if typed in self._offered:
            left = self._offered[self._offered.index(typed) + 1 :]
            return left[0] if left else None
        candidates = list_completions(typed)
        common = commonprefix(candidates)  # noqa: RUF071  # completes characters, not whole path components
        if len(common) > len(typed):
            return common
        self._offered = candidates if len(candidates) > 1 else []
        return next((each for each in self._offered if each != typed), None)


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
