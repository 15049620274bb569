"""A form of a few fields that says at every key what they ask for, or why that cannot be."""

from __future__ import annotations

from abc import abstractmethod
from pathlib import Path
from typing import TypeVar

from textual import getters, on
from textual.content import Content
from textual.widgets import Checkbox, Input, Static

from smtui.text.sanitize import sanitize
from smtui.tui import keys
from smtui.tui.dialogs.dialog import Dialog

Answer = TypeVar("Answer")


class InvalidFieldError(Exception):
    """The sentence that says why the fields cannot be stored as they are."""


class FieldsForm(Dialog[Answer]):
    """Has a Static `#said`. Enter goes to the next field; what was typed is not lost without a question."""

    BINDINGS = keys.of("dialog") + keys.of("fields")
    CSS_PATH = Path(__file__).with_name("fields.tcss")

    said = getters.query_one("#said", Static)

    @abstractmethod
    def read(self) -> Answer:
        """What the fields ask for. Raises InvalidFieldError."""

    @abstractmethod
    def in_words(self, answer: Answer) -> Content:
        """What it comes to."""

    def on_mount(self) -> None:
        self.look()

    @on(Input.Changed)
    @on(Checkbox.Changed)
    def look(self) -> None:
        try:
            words = self.in_words(self.read())
        except InvalidFieldError as unfit:
            words = Content.styled(f"✗ {sanitize(unfit)}", "$error" if self.is_dirty else "$text-muted")
        self.said.update(words)

    @on(Input.Submitted)
    def _next(self) -> None:
        self.focus_next()

    def action_save(self) -> None:
        try:
            self.dismiss(self.read())
        except InvalidFieldError:
            self.look()
