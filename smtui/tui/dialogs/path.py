"""The path of a file, with the names that are there offered while one types."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textual.suggester import Suggester

from smtui.shown import Shown
from smtui.tui.bridge import call
from smtui.tui.dialogs.one_line import OneLine
from smtui.tui.values import can_be_typed

if TYPE_CHECKING:
    from smtui.tui.app import SmtuiApp

LONGEST = 4096


async def ask_path(app: SmtuiApp, question: Shown) -> Path | None:
    """`~` is the person's home."""
    typed = await app.push_screen_wait(OneLine(question, longest=LONGEST, suggester=Paths()))
    return _at_home(typed) if typed else None


def _at_home(typed: str) -> Path:
    try:
        return Path(typed).expanduser()
    except RuntimeError:
        return Path(typed)


class Paths(Suggester):
    """The first name in the folder that goes on as one began; a folder with the slash that leads into it."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        return await call(_completed, value)


def _completed(typed: str) -> str | None:
    head, slash, begun = typed.rpartition("/")
    folder = Path(head + slash or ".").expanduser()
    try:
        found = min((each for each in folder.iterdir() if _offered(each.name, begun)), key=lambda each: each.name)
        return head + slash + found.name + ("/" if found.is_dir() else "")
    except (OSError, ValueError, RuntimeError):
        return None


def _offered(name: str, begun: str) -> bool:
    """Hidden files only to who asks for them; nothing that could not be shown as it is."""
    return name.startswith(begun) and bool(begun or not name.startswith(".")) and can_be_typed(name)
