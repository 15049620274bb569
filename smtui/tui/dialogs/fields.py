"""A form of a few fields that says at every key what they ask for, or why that cannot be."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, TypeVar

from textual import getters, on
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Checkbox, Input, Static

from smtui.shown import Shown, shown
from smtui.tui import keys
from smtui.tui.bridge import gesture
from smtui.tui.dialogs.confirm import Confirm

if TYPE_CHECKING:
    from smtui.tui.app import SmtuiApp

Answer = TypeVar("Answer")


class Unfit(Exception):
    """The sentence that says why the fields cannot be stored as they are."""


class FieldsForm(ModalScreen[Answer | None]):
    """Has a Static `#said`. Enter goes to the next field; what was typed is not lost without a question."""

    BINDINGS = keys.of("dialog") + keys.of("fields")
    CSS_PATH = "fields.tcss"

    app: getters.app[SmtuiApp]
    said = getters.query_one("#said", Static)

    def __init__(self) -> None:
        super().__init__()
        self._first: tuple[object, ...] = ()

    @abstractmethod
    def read(self) -> Answer:
        """What the fields ask for. Raises Unfit."""

    @abstractmethod
    def in_words(self, answer: Answer) -> Content:
        """What it comes to."""

    def on_mount(self) -> None:
        self._first = self._fields()
        self.look()

    def _fields(self) -> tuple[object, ...]:
        return (*(line.value for line in self.query(Input)), *(box.value for box in self.query(Checkbox)))

    @on(Input.Changed)
    @on(Checkbox.Changed)
    def look(self) -> None:
        try:
            words = self.in_words(self.read())
        except Unfit as unfit:
            typed = self._fields() != self._first
            words = Content.styled(f"✗ {shown(unfit)}", "$error" if typed else "$text-muted")
        self.said.update(words)

    @on(Input.Submitted)
    def _next(self) -> None:
        self.focus_next()

    def action_save(self) -> None:
        try:
            self.dismiss(self.read())
        except Unfit:
            self.look()

    @gesture
    async def action_cancel(self) -> None:
        question = Confirm(Shown("Leave without storing it?"), Shown("What you typed is forgotten."), "Leave")
        if self._fields() == self._first or await self.app.push_screen_wait(question):
            self.dismiss(None)
