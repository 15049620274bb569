"""A new value for a secret and the labels it is stored under; before it is stored, what that will do."""

from __future__ import annotations

from textual import getters
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from smtui.labels import AWSCURRENT
from smtui.shown import Shown, shown
from smtui.tui import new_version
from smtui.tui.dialogs.confirm import Confirm
from smtui.tui.dialogs.form import ValueFormScreen
from smtui.tui.label_moves import Labels
from smtui.tui.new_version import NewVersion
from smtui.tui.widgets.frame import KeyBar
from smtui.tui.widgets.plain_input import PlainInput
from smtui.tui.widgets.value_editor import ValueEditor

UNCHANGED = Shown("Nothing is changed yet.")


class ValueForm(ValueFormScreen[NewVersion]):
    """Answers the new version; None where nothing is to be stored. Begins at the value of `key`.

    `before` is the value one begins with; `labels` says which version carries which.
    """

    CSS_PATH = "form.tcss"

    stages = getters.query_one("#stages", PlainInput)

    def __init__(self, name: Shown, before: str, labels: Labels, key: str | None = None) -> None:
        super().__init__()
        self._key = key
        self._name = name
        self._before = before
        self._labels = labels

    def compose(self) -> ComposeResult:
        with Vertical(classes="card form"):
            yield Static(Content(f"New value of {self._name}"), classes="title")
            yield ValueEditor(self._before)
            with Horizontal(classes="field"):
                yield Static("Labels")
                yield PlainInput(AWSCURRENT, placeholder=AWSCURRENT, id="stages", compact=True, select_on_focus=False)
            yield Static(id="said")
        yield KeyBar()

    def on_mount(self) -> None:
        self.editor.focus_on(self._key)

    async def save(self) -> None:
        stages = new_version.read_stages(self.stages.value)
        problem = self.editor.problem() or shown(new_version.problem(stages))
        if problem or not self.editor.changed:
            self.say(problem or UNCHANGED)
            return
        version = NewVersion(self.editor.value, stages)
        question = shown(f"Store a new version of {self._name}?")
        effects = shown("\n".join(version.sentences(self._before, self._labels)), lines=True)
        if await self.app.push_screen_wait(Confirm(question, effects, "Store", can_be_undone=True)):
            self.dismiss(version)
