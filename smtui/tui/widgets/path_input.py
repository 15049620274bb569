"""A field for a path, which completes what is typed from what is there."""

from __future__ import annotations

import asyncio
import os
from os.path import commonprefix
from pathlib import Path

from textual import events
from textual.suggester import Suggester

from smtui.tui.secret.values import can_be_typed
from smtui.tui.widgets.plain_input import PlainInput


class PathInput(PlainInput):
    """→ takes what is suggested; Tab completes as a shell does, and moves on where nothing is left to complete.

    It adds what all that begin so have in common; where they differ at once, Tab again goes through them one by one,
    and after the last to the next field.
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
        if typed in self._offered:
            left = self._offered[self._offered.index(typed) + 1 :]
            return left[0] if left else None
        candidates = list_completions(typed)
        common = commonprefix(candidates)  # noqa: RUF071  # letters are completed, not whole names
        if len(common) > len(typed):
            return common
        self._offered = candidates if len(candidates) > 1 else []
        return next((each for each in self._offered if each != typed), None)


class PathSuggester(Suggester):
    """The first file or folder that begins so; a folder ends with a slash."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        return await asyncio.to_thread(find_completion, value)


def find_completion(typed: str) -> str | None:
    """`~/ba` is `~/backups/`; None where nothing begins so, or nothing that could be typed."""
    return next(iter(list_completions(typed)), None) if typed.rpartition("/")[2] else None


def list_completions(typed: str) -> list[str]:
    """What a path can go on to be, in order; folders end with a slash, hidden ones need their dot to be typed."""
    folder, _, begun = typed.rpartition("/")
    try:
        with os.scandir(Path(f"{folder}/" if "/" in typed else ".").expanduser()) as entries:
            names = sorted(entry.name + ("/" if entry.is_dir() else "") for entry in entries)
    except (OSError, RuntimeError):
        return []
    return [typed + name[len(begun):] for name in names
            if name.startswith(begun) and can_be_typed(name) and (begun or not name.startswith("."))]
