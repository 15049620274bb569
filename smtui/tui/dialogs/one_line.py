"""A dialog that asks for one line of text, such as a label or a description."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Static

from smtui.api.errors import SmtuiError
from smtui.text.sanitize import SafeText
from smtui.text.typed_text import can_be_typed
from smtui.tui import keys
from smtui.tui.dialogs.dialog import Dialog
from smtui.tui.notifications import explain_error, is_input_kept
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.panel import Card, CardTitle
from smtui.tui.widgets.plain_input import PlainInput

if TYPE_CHECKING:
    from smtui.tui.shell import Shell

REPLACED = "The current text has characters that cannot be typed here. New text replaces it."
NO_CHANGES = "No changes made."
"""The reason of a refusal by the user, who answered a further question with Cancel."""


async def ask_line(
    app: Shell, title: SafeText, use: Callable[[str], Awaitable[str]], line: str = "", *, longest: int, noun: str,
    find_problem: Callable[[str], str] = lambda line: "",
) -> None:
    """Asks for a line until `use` accepts it or the user cancels. After a refusal, the dialog holds it and says why.

    Args:
        app: the app.
        title: the question.
        use: uses the line; returns why it is refused, or an empty text.
        line: the text in the input when the dialog opens.
        longest: the maximum length in characters.
        noun: as for `OneLine`.
        find_problem: as for `OneLine`.

    Raises:
        SmtuiError: an error after which the dialog cannot open again, such as a locked vault.
    """
    problem = ""
    while True:
        dialog = OneLine(title, line, longest=longest, noun=noun, find_problem=find_problem, problem=problem)
        typed = await app.push_screen_wait(dialog)
        if typed is None:
            return
        line = typed
        try:
            problem = await use(line)
        except SmtuiError as error:
            if not is_input_kept(error):
                raise
            problem = explain_error(error)
        if not problem:
            return


class OneLine(Dialog[str]):
    """A dialog that returns one line of text.

    Args:
        title: the question.
        line: the text in the input when the dialog opens.
        longest: the maximum length in characters.
        noun: what the user must enter, such as "a label"; empty if the answer may be empty.
        find_problem: returns why a line cannot be accepted; empty if it can.
        is_refilled: whether `line` was typed before and is not stored.
        problem: why `line` was refused; empty if it was not.
    """

    BINDINGS = keys.list_bindings("dialog") + keys.list_bindings("one_line")
    CSS_PATH = "one_line.tcss"

    def __init__(
        self, title: SafeText, line: str = "", *, longest: int, noun: str,
        find_problem: Callable[[str], str] = lambda line: "", is_refilled: bool = False,
        problem: str = "",
    ) -> None:
        super().__init__()
        self.problem, self.is_refilled = problem, is_refilled or bool(problem)
        self._title = title
        self._line = line
        self._longest = longest
        self._noun = noun
        self._find_problem = find_problem

    def compose(self) -> ComposeResult:
        typeable = can_be_typed(self._line)
        with Card():
            yield CardTitle(Content(self._title))
            line = self._line if typeable else ""
            yield PlainInput(line, max_length=self._longest, compact=True, select_on_focus=False)
            if not typeable:
                yield Static(REPLACED, classes="-warning")
            yield Static(id="said")
        yield Footer()

    @on(Input.Changed)
    def _clear_problem(self) -> None:
        if not self.has_old_problem:
            self.query_one("#said", Static).set_class(False, "-error")

    @on(Input.Submitted)
    def action_accept(self) -> None:
        line = self.query_one(Input).value
        if self._noun and not line.strip():
            self.refuse(f"Enter {self._noun}.")
        elif problem := self._find_problem(line):
            self.refuse(problem)
        else:
            self.dismiss(line)
