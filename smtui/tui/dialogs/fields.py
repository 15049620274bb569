"""A form that validates its fields after each key and shows the result."""

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
    """The fields cannot be saved. The message says why."""


class FieldsForm(Dialog[Answer]):
    """A form with a Static `#said` for the result of the validation. Enter focuses the next field."""

    BINDINGS = keys.list_bindings("dialog") + keys.list_bindings("fields")
    CSS_PATH = Path(__file__).with_name("fields.tcss")

    said = getters.query_one("#said", Static)

    @abstractmethod
    def read(self) -> Answer:
        """Reads the fields.

        Raises:
            InvalidFieldError: the fields are invalid.
        """

    @abstractmethod
    def in_words(self, answer: Answer) -> Content:
        """Describes the answer for `#said`."""

    def on_mount(self) -> None:
        self.look()

    @on(Input.Changed)
    @on(Checkbox.Changed)
    def look(self) -> None:
        """Validates the fields and shows the result."""
        if self.has_old_problem:
            return
        self.said.set_class(False, "-error")
        try:
            words = self.in_words(self.read())
        except InvalidFieldError as unfit:
            words = Content.styled(f"✗ {sanitize(unfit)}", "$error" if self.is_dirty else "$text-muted")
        self.said.update(words)

    @on(Input.Submitted)
    def _focus_next_field(self) -> None:
        self.focus_next()

    def action_save(self) -> None:
        try:
            self.dismiss(self.read())
        except InvalidFieldError as unfit:
            self.refuse(str(unfit))
