"""A new value for a secret, and, before it is stored, which keys it changes."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from smtui.shown import Shown, shown
from smtui.tui.dialogs.confirm import Confirm
from smtui.tui.dialogs.form import ValueFormScreen
from smtui.tui.values import Changes, changes
from smtui.tui.widgets.frame import KeyBar
from smtui.tui.widgets.value_editor import ValueEditor

MOST_LINES = 10
UNCHANGED = Shown("Nothing is changed yet.")


class ValueForm(ValueFormScreen[str]):
    """Answers the new value; None where nothing is to be stored. Begins at the value of `key`."""

    CSS_PATH = "form.tcss"

    def __init__(self, name: Shown, before: str, key: str | None = None) -> None:
        super().__init__()
        self._key = key
        self._name = name
        self._before = before

    def compose(self) -> ComposeResult:
        with Vertical(classes="card form"):
            yield Static(Content(f"New value of {self._name}"), classes="title")
            yield ValueEditor(self._before)
            yield Static(id="said")
        yield KeyBar()

    def on_mount(self) -> None:
        super().on_mount()
        self.editor.focus_on(self._key)

    async def save(self) -> None:
        problem = self.editor.problem()
        change = changes(self._before, "" if problem else self.editor.value)
        if problem or not change:
            self.say(problem or UNCHANGED)
            return
        question = shown(f"Store a new version of {self._name}?")
        if await self.app.push_screen_wait(Confirm(question, _described(change), "Store", can_be_undone=True)):
            self.dismiss(self.editor.value)


def _described(change: Changes) -> Shown:
    lines: list[str] = [*change.sentences()]
    if len(lines) > MOST_LINES:
        lines = [*lines[:MOST_LINES], f"… and {len(lines) - MOST_LINES} more"]
    return shown("\n".join(lines), lines=True)
