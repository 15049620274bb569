"""The form of an import: the source file and how the new secrets are named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from smtui.text.sanitize import sanitize
from smtui.tui.dialogs.fields import FieldsForm, InvalidFieldError
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.panel import Card, CardTitle
from smtui.tui.widgets.path_input import PathInput
from smtui.tui.widgets.plain_input import PlainInput

ABOUT = (
    ".env files, JSON objects of names and values, smtui exports, and output of aws secretsmanager get-secret-value "
    "or batch-get-secret-value. A preview is shown first."
)


@dataclass(frozen=True, slots=True)
class Names:
    """The answer of the form. `prefix` is added to every name; `name` combines all entries into one JSON secret."""

    path: str = ""
    prefix: str = ""
    name: str = ""


class ImportForm(FieldsForm[Names]):
    """Asks for file, prefix or name. `before` holds the initial values of the fields, `problem` why they failed."""

    KEY_NAMES: ClassVar = {"fields.save": "Continue"}

    def __init__(self, before: Names, problem: str = "") -> None:
        super().__init__()
        self.problem = problem
        self._before = before

    @property
    def is_dirty(self) -> bool:
        """Whether closing would lose input, including that of an earlier attempt."""
        return self._before != Names() or super().is_dirty

    def compose(self) -> ComposeResult:
        before = self._before
        with Card():
            yield CardTitle("Import")
            yield Static(ABOUT, classes="-muted")
            with Horizontal(classes="field"):
                yield Static("File")
                yield PathInput(before.path, id="path")
            with Horizontal(classes="field"):
                yield Static("Prefix")
                yield PlainInput(before.prefix, placeholder="added to every name, e.g. dev/", id="prefix", compact=True)
            with Horizontal(classes="field"):
                yield Static("One secret")
                yield PlainInput(before.name, placeholder="name of one secret that holds all values as JSON",
                                 id="name", compact=True)
            yield Static(id="said")
        yield Footer()

    def read(self) -> Names:
        """Returns the fields.

        Raises:
            InvalidFieldError: no file is given, or both a prefix and a name.
        """
        path, prefix, name = (self.query_one(f"#{field}", Input).value.strip() for field in ("path", "prefix", "name"))
        if not path:
            raise InvalidFieldError("Enter the path of a file.")
        if prefix and name:
            raise InvalidFieldError("Use either a prefix or the full name of one secret.")
        return Names(path, prefix, name)

    def in_words(self, answer: Names) -> Content:
        """Returns a sentence about how the secrets will be named."""
        only_name = f"as {answer.name}" if answer.name else "under the names in it"
        named = f"as {answer.prefix}NAME" if answer.prefix else only_name
        return Content.styled(f"Imports {sanitize(answer.path)} {sanitize(named)}.", "$text-muted")
