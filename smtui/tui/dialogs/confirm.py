"""A dialog with two answers that focuses "Cancel" unless the action can be undone."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from smtui.text.sanitize import SafeText
from smtui.tui.dialogs.long_text import LongText
from smtui.tui.widgets.button import Button
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.panel import Card, CardTitle


class Confirm(LongText[bool]):
    """A dialog that returns True if the user chose `answer`, otherwise False.

    Args:
        title: the question.
        text: what the action does.
        answer: the text of the button that confirms.
        can_be_undone: whether the action can be undone, so that `answer` has the focus.
        cancel: the text of the other button.
    """

    CSS_PATH = "confirm.tcss"

    def __init__(
        self, title: SafeText, text: SafeText, answer: str, *, can_be_undone: bool = False, cancel: str = "Cancel"
    ) -> None:
        super().__init__()
        self._first = "#go" if can_be_undone else "#cancel"
        self._title = title
        self._text = text
        self._answer = answer
        self._cancel = cancel

    def compose(self) -> ComposeResult:
        with Card():
            yield CardTitle(Content(self._title))
            yield Static(Content(self._text), id="text")
            with Horizontal(id="answers"):
                yield Button(self._cancel, id="cancel")
                yield Button(Content(self._answer), id="go")
        yield Footer()

    def on_mount(self) -> None:
        self.query_one(self._first).focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "go")

    def action_cancel(self) -> None:
        self.dismiss(False)
