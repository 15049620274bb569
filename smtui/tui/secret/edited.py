"""The dialog after an external editor has ended: store the text, edit it again, or discard it."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from textual import getters
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from smtui.text.sanitize import SafeText
from smtui.tui.bridge import gesture
from smtui.tui.dialogs.dialog import confirm_discard
from smtui.tui.dialogs.long_text import LongText
from smtui.tui.widgets.button import Button
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.panel import Card, CardTitle

if TYPE_CHECKING:
    from smtui.tui.shell import Shell


class EditedAnswer(Enum):
    """The value of each answer is the text of its button."""

    EDIT_AGAIN = "Edit again"
    STORE = "Store"
    DISCARD = "Discard"


class EditedDialog(LongText[EditedAnswer]):
    """Focuses Store if the text can be stored, otherwise Edit again.

    Args:
        title: the question.
        text: what storing does, or why the text cannot be stored.
        can_store: whether the text can be stored as it is.
    """

    CSS_PATH = "../dialogs/confirm.tcss"

    app: getters.app[Shell]

    def __init__(self, title: SafeText, text: SafeText, *, can_store: bool) -> None:
        super().__init__()
        self._title = title
        self._text = text
        self._can_store = can_store
        self._answers = [each for each in EditedAnswer if can_store or each is not EditedAnswer.STORE]

    @property
    def is_dirty(self) -> bool:
        """Always true: the edited text is lost once the dialog closes, so quitting asks first."""
        return True

    def compose(self) -> ComposeResult:
        with Card():
            yield CardTitle(Content(self._title))
            yield Static(Content(self._text), id="text")
            with Horizontal(id="answers"):
                for answer in self._answers:
                    yield Button(answer.value, id=answer.name)
        yield Footer()

    def on_mount(self) -> None:
        self.query_one(f"#{(EditedAnswer.STORE if self._can_store else EditedAnswer.EDIT_AGAIN).name}").focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.dismiss(EditedAnswer[event.button.id or ""])

    @gesture
    async def action_cancel(self) -> None:
        """Asks before it discards the text, and focuses Edit again meanwhile."""
        self.query_one(f"#{EditedAnswer.EDIT_AGAIN.name}").focus()
        if await confirm_discard(self.app):
            self.dismiss(EditedAnswer.DISCARD)
