"""The dialog that opens if others changed what the user is about to write."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.dialogs.long_text import LongText
from smtui.tui.widgets.button import Button
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.panel import Card, CardTitle
from smtui.tui.widgets.scroll_pane import ScrollPane


class ConflictAnswer(Enum):
    """The possible answers; the value of each is the text of its button."""

    CANCEL = "Cancel"
    KEEP_EDITING = "Keep editing"
    DISCARD = "Discard"
    APPLY = "Apply my changes on top"
    STORE = "Store mine anyway"
    PREVIEW_AGAIN = "Preview again"


def describe_states(who: SafeText, before: str, now: str, yours: str) -> list[SafeText]:
    """Returns the lines of the dialog for a state that is one line of text.

    Args:
        who: the sentence about who changed it and when.
        before: the state that the user saw.
        now: the present state.
        yours: the state that the user wants.
    """
    return [who, SafeText(""), sanitize(f"Before: {before}"), sanitize(f"Now:    {now}"), sanitize(f"Yours:  {yours}")]


BACK_TO_FORM = (
    "Cancel: back to your changes; storing asks again.\n"
    "Keep editing: back to your changes, on top of theirs."
)
"""What the two answers do that go back to the form or editor."""
FIRST_ROW = (ConflictAnswer.CANCEL, ConflictAnswer.KEEP_EDITING, ConflictAnswer.DISCARD)


class ConflictDialog(LongText[ConflictAnswer]):
    """Focuses Cancel first, which changes and loses nothing. Escape answers Cancel too.

    Args:
        title: the question.
        lines: what others did and what the user is about to do; never the value of a secret.
        answers: the answers besides Cancel.
        store_text: the text of the button that overwrites the change of others.
    """

    CSS_PATH = "conflict.tcss"
    AUTO_FOCUS = "#CANCEL"

    def __init__(
        self, title: SafeText, lines: Sequence[SafeText], answers: Sequence[ConflictAnswer], *,
        store_text: str = ConflictAnswer.STORE.value,
    ) -> None:
        super().__init__()
        self._store_text = store_text
        self._title = title
        self._lines = lines
        self._answers = (ConflictAnswer.CANCEL, *answers)
        self.set_class(self.is_dirty, "-form")

    @property
    def is_dirty(self) -> bool:
        """Whether the dialog holds typed text that is not stored, so that quitting asks first."""
        return ConflictAnswer.KEEP_EDITING in self._answers

    def compose(self) -> ComposeResult:
        first = [each for each in self._answers if each in FIRST_ROW]
        second = [each for each in self._answers if each not in FIRST_ROW]
        with Card():
            yield CardTitle(Content(self._title))
            with ScrollPane(id="lines"):
                yield Static(Content("\n".join(self._lines)))
            if self.is_dirty:
                yield Static(BACK_TO_FORM, classes="-muted", id="meanings")
            with Vertical(id="answers"):
                for row in filter(None, (first, second)):
                    with Horizontal(classes="row"):
                        for each in row:
                            text = self._store_text if each is ConflictAnswer.STORE else each.value
                            yield Button(Content(text), id=each.name)
        yield Footer()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.dismiss(ConflictAnswer[event.button.id or ""])

    def action_cancel(self) -> None:
        self.dismiss(ConflictAnswer.CANCEL)
