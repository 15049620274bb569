"""A dialog that asks for the path of a file."""

from __future__ import annotations

from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from smtui.system.paths import expand_home
from smtui.text.sanitize import SafeText
from smtui.tui import keys
from smtui.tui.dialogs.dialog import Dialog
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.path_input import PathInput

COMPLETES = "Tab completes what you type."


class AskPath(Dialog[Path]):
    """A dialog that returns a path with `~` expanded.

    Args:
        title: the question.
        about: what the path is used for.
        first: the path in the input when the dialog opens.
    """

    BINDINGS = keys.list_bindings("dialog") + keys.list_bindings("one_line")
    CSS_PATH = "one_line.tcss"

    def __init__(self, title: SafeText, about: SafeText, first: str = "") -> None:
        super().__init__()
        self._title = title
        self._about = about
        self._first = first

    def compose(self) -> ComposeResult:
        with Vertical(classes="card"):
            yield Static(Content(self._title), classes="title")
            yield Static(Content(self._about))
            yield PathInput(self._first)
            yield Static(COMPLETES, classes="-muted")
            yield Static(id="said")
        yield Footer()

    @on(Input.Changed)
    def _clear_problem(self) -> None:
        self.query_one("#said", Static).set_class(False, "-error")

    @on(Input.Submitted)
    def action_accept(self) -> None:
        typed = self.query_one(Input).value.strip()
        if typed:
            self.dismiss(expand_home(typed))
        else:
            self.refuse("Enter a path.")
