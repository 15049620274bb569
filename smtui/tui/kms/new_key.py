"""The form for a new KMS key: its alias and its description."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from smtui.api.limits import MAX_ALIAS_LENGTH, MAX_KEY_DESCRIPTION_LENGTH
from smtui.text.sanitize import sanitize
from smtui.tui.dialogs.fields import FieldsForm, InvalidFieldError
from smtui.tui.kms.aliases import ALIAS
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.panel import Card, CardTitle
from smtui.tui.widgets.plain_input import PlainInput

_NAME = re.compile(r"[a-zA-Z0-9:/_-]+")


def parse_alias(typed: str) -> str:
    """Returns the full name of the alias that the user typed, with `alias/`.

    Raises:
        InvalidFieldError: the name is not valid, or it begins with `aws/`.
    """
    name = typed.strip().removeprefix(ALIAS)
    if not _NAME.fullmatch(name):
        raise InvalidFieldError("An alias can contain letters, digits and : / _ -")
    if name.startswith("aws/"):
        raise InvalidFieldError("Aliases starting with aws/ are reserved for AWS managed keys.")
    return f"{ALIAS}{name}"


def find_alias_problem(typed: str) -> str:
    """Returns why `parse_alias` refuses a name; empty if it does not."""
    try:
        parse_alias(typed)
    except InvalidFieldError as unfit:
        return str(unfit)
    return ""


@dataclass(frozen=True, slots=True)
class NewKey:
    """The answer of the form. `alias` is empty if the key gets none."""

    alias: str
    description: str


class NewKeyForm(FieldsForm[NewKey]):
    """The form for a new key. After a refusal, it opens with the refused answer."""

    KEY_NAMES: ClassVar = {"fields.save": "Create"}
    AUTO_FOCUS = "#alias"

    def __init__(self, refused: NewKey | None = None) -> None:
        super().__init__()
        self.is_refilled = refused is not None
        self._refused = refused or NewKey("", "")

    def compose(self) -> ComposeResult:
        with Card():
            yield CardTitle("New KMS key")
            with Horizontal(classes="field"):
                yield Static("Alias")
                yield PlainInput(self._refused.alias, placeholder="optional, e.g. payments", id="alias",
                                 max_length=MAX_ALIAS_LENGTH, compact=True)
            with Horizontal(classes="field"):
                yield Static("Description")
                yield PlainInput(self._refused.description, placeholder="optional", id="description",
                                 max_length=MAX_KEY_DESCRIPTION_LENGTH, compact=True)
            yield Static(id="said")
        yield Footer()

    def read(self) -> NewKey:
        alias = self.query_one("#alias", Input).value
        return NewKey(parse_alias(alias) if alias else "", self.query_one("#description", Input).value)

    def in_words(self, answer: NewKey) -> Content:
        return Content.styled(sanitize(answer.alias or "No alias: the key is listed by its ID."), "$text-muted")
