"""Somebody else changed what one is about to write: what they did, what one wants, and how to go on."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from smtui.text.sanitize import SafeText
from smtui.tui.dialogs.long_text import LongText
from smtui.tui.widgets.button import Button
from smtui.tui.widgets.chrome import KeyBar
from smtui.tui.widgets.scroll_pane import Pane


class Answer(Enum):
    """The value of each is what its button says."""

    CANCEL = "Cancel"
    KEEP_EDITING = "Keep editing"
    DISCARD = "Discard"
    APPLY = "Apply my changes on top"
    STORE = "Store mine anyway"
    LOOK_AGAIN = "Preview again"


IN_FIRST_ROW = (Answer.CANCEL, Answer.KEEP_EDITING, Answer.DISCARD)


class ConflictDialog(LongText[Answer]):
    """Begins on Cancel, which changes nothing and loses nothing; Escape answers the same.

    Args:
        lines: what others did, and what one is about to do; never a value of a secret.
        answers: which there are beside Cancel.
        insist: what the button says that writes one's own all the same.
    """

    CSS_PATH = "conflict.tcss"
    AUTO_FOCUS = "#CANCEL"

    def __init__(
        self, title: SafeText, lines: Sequence[SafeText], answers: Sequence[Answer], *, insist: str = Answer.STORE.value
    ) -> None:
        super().__init__()
        self._insist = insist
        self._title = title
        self._lines = lines
        self._answers = (Answer.CANCEL, *answers)

    @property
    def is_dirty(self) -> bool:
        """Whether something was typed that is not stored yet: an `Editor`, which quitting asks about."""
        return Answer.KEEP_EDITING in self._answers

    def compose(self) -> ComposeResult:
        first = [each for each in self._answers if each in IN_FIRST_ROW]
        second = [each for each in self._answers if each not in IN_FIRST_ROW]
        with Vertical(classes="card"):
            yield Static(Content(self._title), classes="title")
            with Pane(id="lines"):
                yield Static(Content("\n".join(self._lines)))
            with Vertical(id="answers"):
                for row in filter(None, (first, second)):
                    with Horizontal(classes="row"):
                        for each in row:
                            words = self._insist if each is Answer.STORE else each.value
                            yield Button(Content(words), id=each.name)
        yield KeyBar()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.dismiss(Answer[event.button.id or ""])

    def action_cancel(self) -> None:
        self.dismiss(Answer.CANCEL)
