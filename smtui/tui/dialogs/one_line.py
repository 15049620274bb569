"""A dialog that asks for one line of text, such as a label or a description."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from smtui.text.sanitize import SafeText
from smtui.tui import keys
from smtui.tui.dialogs.dialog import Dialog
from smtui.tui.secret.values import can_be_typed
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.plain_input import PlainInput

REPLACED = "What is there now has characters that cannot be typed here; what you type takes its place."


class OneLine(Dialog[str]):
    """A dialog that returns one line of text.

    Args:
        title: the question.
        line: the text in the input when the dialog opens.
        longest: the maximum length in characters.
        empty: whether the answer may be empty.
    """

    BINDINGS = keys.list_bindings("dialog") + keys.list_bindings("one_line")
    CSS_PATH = "one_line.tcss"

    def __init__(self, title: SafeText, line: str = "", *, longest: int, empty: bool = False) -> None:
        super().__init__()
        self._title = title
        self._line = line
        self._longest = longest
        self._empty = empty

    def compose(self) -> ComposeResult:
        typeable = can_be_typed(self._line)
        with Vertical(classes="card"):
            yield Static(Content(self._title), classes="title")
            line = self._line if typeable else ""
            yield PlainInput(line, max_length=self._longest, compact=True, select_on_focus=False)
            if not typeable:
                yield Static(REPLACED, classes="-warning")
        yield Footer()

    @on(Input.Submitted)
    def action_accept(self) -> None:
        line = self.query_one(Input).value
        if line or self._empty:
            self.dismiss(line)
