"""The form for a rotation function that was written for AWS Lambda."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from smtui.api.arn import replace_secret_arns
from smtui.api.extensions import LAMBDA
from smtui.api.limits import DEFAULT_STEP_SECONDS, MAX_PATH_LENGTH
from smtui.api.shapes import Text
from smtui.rotation.arguments import format_argument
from smtui.rotation.lambda_input import (
    DEFAULT_HANDLER,
    LambdaInputError,
    find_interpreter,
    format_variables,
    make_file_path,
    parse_variables,
    split_words,
)
from smtui.rotation.settings_text import list_parts
from smtui.text.sanitize import SafeText
from smtui.tui.dialogs.fields import InvalidFieldError
from smtui.tui.rotation.function_form import FunctionForm
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.panel import Card
from smtui.tui.widgets.path_input import PathInput
from smtui.tui.widgets.plain_input import PlainInput

if TYPE_CHECKING:
    from smtui.api.extension_types import CreateFunctionRequest, LambdaSettings

ABOUT = SafeText("Calls the handler of a function written for AWS Lambda, for each step.")
HANDLER = LAMBDA.members["Handler"]


class LambdaFunction(FunctionForm):
    """File, handler, interpreter, environment, and the other secrets that the function may read."""

    kind = "Lambda"

    def compose(self) -> ComposeResult:
        settings = self._first.get("Lambda")
        with Card(classes="-dense"):
            yield self.make_title()
            yield Static(Content(ABOUT), classes="-muted")
            yield self.make_name_field()
            with Horizontal(classes="field"):
                yield Static("File")
                yield PathInput(settings["File"] if settings else "", id="file")
            yield from self._make_field("Handler", "handler", settings["Handler"] if settings else DEFAULT_HANDLER)
            with Horizontal(classes="field"):
                yield Static("Python")
                yield PathInput(settings["Interpreter"] if settings else "", id="python")
            variables = settings.get("Environment", ()) if settings else ()
            yield from self._make_field("Environment", "environment", format_variables(variables),
                                        "KEY=VALUE KEY='two words'")
            yield from self._make_field("May read", "may-read", shlex.join(self._list_readable()),
                                        "other secrets, such as prod/superuser")
            limit = settings.get("TimeoutInSeconds") if settings else None
            yield self.make_limit_field(limit or DEFAULT_STEP_SECONDS)
            yield Static(id="said")
        yield Footer()

    def _make_field(self, title: str, id: str, value: str, placeholder: str = "") -> Iterator[Horizontal]:
        yield Horizontal(Static(title), PlainInput(value, placeholder=placeholder, id=id, compact=True,
                                                   max_length=MAX_PATH_LENGTH), classes="field")

    def _list_readable(self) -> list[str]:
        """The names of the secrets that the function could read before."""
        return [replace_secret_arns(arn) for arn in self._first.get("Lambda", {}).get("MayRead", ())]

    def read(self) -> CreateFunctionRequest:
        name, file = self.read_name(), self._get_value("file")
        if not file:
            raise InvalidFieldError("Enter the file of the function.")
        handler = self._get_value("handler")
        assert isinstance(HANDLER, Text)
        if not re.fullmatch(HANDLER.pattern or "", handler):
            raise InvalidFieldError("The handler is the name of a function in the file.")
        settings: LambdaSettings = {"File": make_file_path(file), "Handler": handler,
                                    "Interpreter": self._read_interpreter(), "TimeoutInSeconds": self.read_limit()}
        try:
            if variables := parse_variables(self._get_value("environment")):
                settings["Environment"] = variables
        except LambdaInputError as error:
            raise InvalidFieldError(f"Environment: {error}") from None
        if readable := self._read_readable():
            settings["MayRead"] = readable
        return {"FunctionName": name, "Lambda": settings}

    def _get_value(self, id: str) -> str:
        return self.query_one(f"#{id}", Input).value.strip()

    def _read_interpreter(self) -> str:
        try:
            return find_interpreter(self._get_value("python"))
        except LambdaInputError as error:
            raise InvalidFieldError(f"Python: {error}") from None

    def _read_readable(self) -> list[str]:
        """The secrets that the function may read. One that it could read before stays that one, by its ARN."""
        before = dict(zip(self._list_readable(), self._first.get("Lambda", {}).get("MayRead", ()), strict=True))
        try:
            return [before.get(word, word) for word in split_words(self._get_value("may-read"))]
        except LambdaInputError as error:
            raise InvalidFieldError(f"May read: {error}") from None

    def in_words(self, answer: CreateFunctionRequest) -> Content:
        settings = answer["Lambda"]
        handler = f"{format_argument(settings['File'])}:{settings['Handler']}"
        rows = [("calls", SafeText(handler)), *list_parts(settings)]
        return Content("\n").join(Content.assemble((f"{title:<10}", "$text-muted"), text) for title, text in rows)
