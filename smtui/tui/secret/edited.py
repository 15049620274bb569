"""What is to become of a text that was edited elsewhere."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from textual import getters
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from smtui.text.sanitize import SafeText
from smtui.tui.bridge import gesture
from smtui.tui.dialogs.dialog import may_discard
from smtui.tui.dialogs.long_text import LongText
from smtui.tui.widgets.button import Button
from smtui.tui.widgets.chrome import KeyBar

if TYPE_CHECKING:
    from smtui.tui.shell import Shell


class Verdict(Enum):
    """The value of each is what its button says."""

    AGAIN = "Edit again"
    STORE = "Store"
    DISCARD = "Discard"


class Edited(LongText[Verdict]):
    """`good` where it can be stored as it is: that answer has the focus then, otherwise to edit again has it."""

    CSS_PATH = "../dialogs/confirm.tcss"

    app: getters.app[Shell]

    def __init__(self, title: SafeText, text: SafeText, *, good: bool) -> None:
        super().__init__()
        self._title = title
        self._text = text
        self._good = good
        self._verdicts = [each for each in Verdict if good or each is not Verdict.STORE]

    @property
    def is_dirty(self) -> bool:
        """What was typed elsewhere is nowhere else once this is closed: an `Editor`, which quitting asks about."""
        return True

    def compose(self) -> ComposeResult:
        with Vertical(classes="card"):
            yield Static(Content(self._title), classes="title")
            yield Static(Content(self._text), id="text")
            with Horizontal(id="answers"):
                for verdict in self._verdicts:
                    yield Button(verdict.value, id=verdict.name)
        yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(f"#{(Verdict.STORE if self._good else Verdict.AGAIN).name}").focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.dismiss(Verdict[event.button.id or ""])

    @gesture
    async def action_cancel(self) -> None:
        """Asks first, as every dialog does that holds what somebody typed; the harmless answer has the focus then."""
        self.query_one(f"#{Verdict.AGAIN.name}").focus()
        if await may_discard(self.app):
            self.dismiss(Verdict.DISCARD)
