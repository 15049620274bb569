"""The form of a new version: its value and its staging labels."""

from __future__ import annotations

from textual import getters
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from smtui.rules.labels import AWSCURRENT
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.secret import new_version
from smtui.tui.secret.form import ValueFormScreen
from smtui.tui.secret.new_version import NewVersion
from smtui.tui.secret.value_edit import ValueEdit, WriteOutcome
from smtui.tui.secret.value_editor import ValueEditor
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.panel import Card, CardTitle
from smtui.tui.widgets.plain_input import PlainInput

UNCHANGED = SafeText("No changes yet.")


class ValueForm(ValueFormScreen[WriteOutcome]):
    """Answers STORED or DISCARDED. After a refusal or a conflict the form stays open with the typed text.

    Args:
        edit: the edit that stores the version.
        key: the key whose value gets the focus first; None for the first one.
    """

    CSS_PATH = "form.tcss"

    stages = getters.query_one("#stages", PlainInput)

    def __init__(self, edit: ValueEdit, key: str | None = None) -> None:
        super().__init__()
        self._edit = edit
        self._key = key
        self._storing = False

    def compose(self) -> ComposeResult:
        with Card(classes="form"):
            yield CardTitle(Content(f"New value of {self._edit.name}"))
            for note in self._edit.base.notes:
                yield Static(Content(note), classes="-warning")
            yield ValueEditor(self._edit.initial_text)
            with Horizontal(classes="field"):
                yield Static("Labels")
                yield PlainInput(AWSCURRENT, placeholder=AWSCURRENT, id="stages", compact=True, select_on_focus=False)
            yield Static(id="said")
        yield Footer()

    def on_mount(self) -> None:
        self.editor.focus_key(self._key)

    async def save(self) -> None:
        stages = new_version.parse_stages(self.stages.value)
        problem = self.editor.find_problem() or sanitize(new_version.find_problem(stages))
        if problem or not self.editor.is_changed:
            self.refuse(problem or UNCHANGED)
        elif not self._storing:
            self._storing = True
            try:
                outcome = await self._edit.store(self.app, NewVersion(self.editor.value, stages))
            finally:
                self._storing = False
            if outcome in (WriteOutcome.STORED, WriteOutcome.DISCARDED):
                self.dismiss(outcome)
            elif outcome is WriteOutcome.EDIT:
                await self.editor.replace_text(self._edit.initial_text, self._edit.rebased_text)
