"""A dialog that asks for the path of a file, and opens again with the reason if the path is refused."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Static

from smtui.api.errors import VaultFullError, VaultPathError
from smtui.system.paths import expand_home
from smtui.text.sanitize import SafeText
from smtui.transfer.errors import TransferError
from smtui.tui import keys
from smtui.tui.dialogs.dialog import Dialog
from smtui.tui.notifications import explain_error
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.panel import Card, CardTitle
from smtui.tui.widgets.path_input import PathInput

if TYPE_CHECKING:
    from smtui.tui.shell import Shell

COMPLETES = "Tab completes the path."
REFUSALS = (TransferError, VaultPathError, VaultFullError)
"""What is wrong with a path or with the file there."""
Answer = TypeVar("Answer")


async def ask_path(
    app: Shell, title: SafeText, about: SafeText, use: Callable[[Path], Awaitable[Answer]], first: str = ""
) -> Answer | None:
    """Asks for a path until `use` accepts it. After a refusal, the dialog holds the path and says why.

    Args:
        app: the app.
        title: the question.
        about: what the path is used for.
        use: uses the path. It never returns None.
        first: the path in the input when the dialog opens.

    Returns:
        The result of `use`; None if the user cancels.

    Raises:
        SmtuiError: an error of `use` that has nothing to do with the path.
    """
    dialog = AskPath(title, about, first)
    while (path := await app.push_screen_wait(dialog)) is not None:
        try:
            return await use(path)
        except REFUSALS as error:
            dialog = AskPath(title, about, dialog.typed, problem=explain_error(error))
    return None


class AskPath(Dialog[Path]):
    """A dialog that returns a path with `~` expanded.

    Args:
        title: the question.
        about: what the path is used for.
        first: the path in the input when the dialog opens.
        problem: why `first` was refused; empty if it was not.
    """

    BINDINGS = keys.list_bindings("dialog") + keys.list_bindings("one_line")
    CSS_PATH = "one_line.tcss"

    def __init__(self, title: SafeText, about: SafeText, first: str = "", *, problem: str = "") -> None:
        super().__init__()
        self.typed = first
        self.problem, self.is_refilled = problem, bool(problem)
        self._title = title
        self._about = about
        self._first = first

    def compose(self) -> ComposeResult:
        with Card():
            yield CardTitle(Content(self._title))
            yield Static(Content(self._about))
            yield PathInput(self._first)
            yield Static(COMPLETES, classes="-muted")
            yield Static(id="said")
        yield Footer()

    @on(Input.Changed)
    def _clear_problem(self) -> None:
        if not self.has_old_problem:
            self.query_one("#said", Static).set_class(False, "-error")

    @on(Input.Submitted)
    def action_accept(self) -> None:
        self.typed = self.query_one(Input).value.strip()
        if self.typed:
            self.dismiss(expand_home(self.typed))
        else:
            self.refuse("Enter a path.")
