"""A field for a path, which completes what is typed from what is there."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from textual.suggester import Suggester

from smtui.tui.values import can_be_typed
from smtui.tui.widgets.plain_input import PlainInput


class PathInput(PlainInput):
    """→ takes what is suggested."""

    def __init__(self, value: str = "", *, id: str | None = None) -> None:
        super().__init__(value, id=id, compact=True, select_on_focus=False, suggester=Paths())


class Paths(Suggester):
    """The first file or folder that begins so; a folder ends with a slash."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        return await asyncio.to_thread(completed, value)


def completed(typed: str) -> str | None:
    """`~/ba` is `~/backups/`; None where nothing begins so, or nothing that could be typed."""
    folder, _, begun = typed.rpartition("/")
    if not begun:
        return None
    try:
        with os.scandir(Path(f"{folder}/" if "/" in typed else ".").expanduser()) as entries:
            names = sorted(entry.name + ("/" if entry.is_dir() else "") for entry in entries)
    except (OSError, RuntimeError):
        return None
    found = next((name for name in names if name.startswith(begun) and can_be_typed(name)), None)
    return typed + found[len(begun):] if found else None
