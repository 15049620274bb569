"""The form of an export: the target file, the prefix of the names, and the format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, RadioButton, RadioSet, Static

from smtui.text.sanitize import SafeText, sanitize
from smtui.transfer.export import Format
from smtui.tui.dialogs.fields import FieldsForm, InvalidFieldError
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.path_input import PathInput
from smtui.tui.widgets.plain_input import PlainInput

ABOUT = ("Every value is written in plain text, into a new file that only you can read; "
         "each reading is in the audit log.")
FORMATS = {
    Format.JSON: "JSON, with descriptions and tags; what an import brings back",
    Format.DOTENV: ".env, for programs that read variables",
    Format.AWS: "as aws secretsmanager batch-get-secret-value prints",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """The answer of the form. An empty `prefix` selects all secrets of the Region; `format` is a value of `Format`."""

    path: str = ""
    prefix: str = ""
    format: str = Format.JSON.value


class ExportForm(FieldsForm[Wanted]):
    """Asks for file, format and, if no secrets are chosen yet, the prefix of their names.

    Args:
        before: the initial values of the fields.
        count: the number of secrets that are already chosen; 0 means that the prefix chooses them.
        region: the Region of the secrets, for the title.
    """

    KEY_NAMES: ClassVar = {"fields.save": "Export"}
    AUTO_FOCUS = "#path"

    def __init__(self, before: Wanted, count: int, region: str) -> None:
        super().__init__()
        self._before = before
        self._count = count
        self._region = region

    @property
    def is_dirty(self) -> bool:
        """Whether closing would lose input, including that of an earlier attempt."""
        return self._before != Wanted() or super().is_dirty

    def compose(self) -> ComposeResult:
        with Vertical(classes="card"):
            yield Static(Content(f"Export {self._what}"), classes="title")
            yield Static(ABOUT, classes="-muted")
            with Horizontal(classes="field"):
                yield Static("File")
                yield PathInput(self._before.path, id="path")
            if not self._count:
                with Horizontal(classes="field"):
                    yield Static("Prefix")
                    yield PlainInput(self._before.prefix, placeholder="of the names, like prod/; empty for all",
                                     id="prefix", compact=True)
            with RadioSet(compact=True):
                for format, words in FORMATS.items():
                    yield RadioButton(words, format.value == self._before.format, compact=True)
            yield Static(id="said")
        yield Footer()

    @property
    def _what(self) -> SafeText:
        several = "s" if self._count > 1 else ""
        return sanitize(f"{self._count:,} secret{several}" if self._count else f"secrets of {self._region}")

    @on(RadioSet.Changed)
    def _another(self) -> None:
        self.look()

    def read(self) -> Wanted:
        """Returns the fields.

        Raises:
            InvalidFieldError: no file is given.
        """
        path = self.query_one("#path", Input).value.strip()
        if not path:
            raise InvalidFieldError("Into which file?")
        prefix = "" if self._count else self.query_one("#prefix", Input).value
        return Wanted(path, prefix, list(FORMATS)[self.query_one(RadioSet).pressed_index].value)

    def in_words(self, answer: Wanted) -> Content:
        """Returns a sentence about what the export will write."""
        begin = f" that begin with {answer.prefix}" if answer.prefix else ""
        return Content.styled(f"{self._what.capitalize()}{sanitize(begin)}, in plain text.", "$warning")
