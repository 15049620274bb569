"""The form of a new secret: name, description and first value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

from smtui.api.limits import MAX_DESCRIPTION_LENGTH
from smtui.text.sanitize import SafeText
from smtui.tui.secret.form import ValueFormScreen
from smtui.tui.secret.value_editor import ValueEditor
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.panel import Card, CardTitle
from smtui.tui.widgets.plain_input import PlainInput

if TYPE_CHECKING:
    from smtui.api.types import CreateSecretRequest

NAME_PATTERN = re.compile(r"[A-Za-z0-9/_+=.@-]{1,512}")
NAME_RULE = SafeText("A name can contain letters, digits and / _ + = . @ -")


class NewSecretForm(ValueFormScreen["CreateSecretRequest"]):
    """Returns a request for CreateSecret, or None if the user cancels.

    Args:
        refused: a refused request, which fills the form again.
    """

    CSS_PATH = "form.tcss"
    AUTO_FOCUS = "#name"
    KEY_NAMES: ClassVar = {"form.save": "Create"}

    name_field = getters.query_one("#name", PlainInput)
    description = getters.query_one("#description", PlainInput)

    def __init__(self, refused: CreateSecretRequest | None = None) -> None:
        super().__init__()
        self.is_refilled = refused is not None
        self._first: CreateSecretRequest = refused or {"Name": ""}

    def compose(self) -> ComposeResult:
        first = self._first
        with Card(classes="form"):
            yield CardTitle("New secret")
            with Horizontal(classes="field"):
                yield Static("Name")
                yield PlainInput(first["Name"], placeholder="prod/payments/db", id="name", compact=True)
            with Horizontal(classes="field"):
                yield Static("Description")
                yield PlainInput(first.get("Description", ""), placeholder="optional", id="description",
                                 max_length=MAX_DESCRIPTION_LENGTH, compact=True)
            yield ValueEditor(first.get("SecretString", ""), keys=True)
            yield Static(id="said")
        yield Footer()

    async def save(self) -> None:
        name = self.name_field.value
        problem = None if NAME_PATTERN.fullmatch(name) else NAME_RULE
        problem = problem or self.editor.find_problem()
        if problem:
            self.refuse(problem)
            return
        request: CreateSecretRequest = {"Name": name, "SecretString": self.editor.value}
        if self.description.value:
            request["Description"] = self.description.value
        self.dismiss(request)
