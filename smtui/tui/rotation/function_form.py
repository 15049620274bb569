"""The forms for a new rotation function: one that generates passwords, or one that runs a command."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from smtui.api.extensions import FUNCTION_NAME
from smtui.api.limits import (
    DEFAULT_STEP_SECONDS,
    MAX_ARGUMENT_LENGTH,
    MAX_FUNCTION_NAME_LENGTH,
    MAX_JSON_KEY_LENGTH,
    MAX_STEP_SECONDS,
)
from smtui.rotation.arguments import ArgumentSplitError, split
from smtui.text.sanitize import sanitize
from smtui.tui.dialogs.fields import FieldsForm, InvalidFieldError
from smtui.tui.generator.entropy import compute_bits
from smtui.tui.generator.options import PasswordOptions
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.limited_input import DIGITS
from smtui.tui.widgets.panel import Card, CardTitle
from smtui.tui.widgets.plain_input import PlainInput
from smtui.tui.widgets.safe_input import SafeInput

if TYPE_CHECKING:
    from smtui.api.extension_types import CreateFunctionRequest, PasswordSettings

NAME = re.compile(FUNCTION_NAME.pattern or "")


class FunctionForm(FieldsForm["CreateFunctionRequest"]):
    """Returns a request of CreateFunction.

    Args:
        refused: a request that was refused, with which the form begins.
    """

    KEY_NAMES: ClassVar = {"fields.save": "Create"}
    AUTO_FOCUS = "#name"

    def __init__(self, refused: CreateFunctionRequest | None = None) -> None:
        super().__init__()
        self.is_refilled = refused is not None
        self._refused: CreateFunctionRequest = refused or {"FunctionName": ""}

    def make_name_field(self) -> Horizontal:
        name = PlainInput(self._refused["FunctionName"], placeholder="new-password", id="name",
                          max_length=MAX_FUNCTION_NAME_LENGTH, compact=True)
        return Horizontal(Static("Name"), name, classes="field")

    def read_name(self) -> str:
        """Returns the name.

        Raises:
            InvalidFieldError: it is not a valid name of a function.
        """
        name = self.query_one("#name", Input).value
        if not NAME.fullmatch(name):
            raise InvalidFieldError("A function name can contain letters, digits, _ and -.")
        return name


class PasswordFunction(FunctionForm):
    """The options of GetRandomPassword, and the JSON key for the password."""

    def compose(self) -> ComposeResult:
        settings = self._refused.get("Password", {})
        with Card():
            yield CardTitle("New password function")
            yield self.make_name_field()
            with Horizontal(classes="field"):
                yield Static("JSON key")
                yield PlainInput(settings.get("Key", ""), placeholder="optional; default: the entire value",
                                 id="key", max_length=MAX_JSON_KEY_LENGTH, compact=True)
            yield PasswordOptions(settings)
            yield Static(id="said", classes="-close")
        yield Footer()

    @on(PasswordOptions.Changed)
    def _check_options(self) -> None:
        self.look()

    def read(self) -> CreateFunctionRequest:
        name, key = self.read_name(), self.query_one("#key", Input).value
        options = self.query_one(PasswordOptions).build_request()
        if not compute_bits(options):
            raise InvalidFieldError("No such password: no characters are left, or the length is too small.")
        if not options["ExcludeCharacters"]:
            del options["ExcludeCharacters"]
        with_key: PasswordSettings = {"Key": key} if key else {}
        return {"FunctionName": name, "Password": {**with_key, **options}}

    def in_words(self, answer: CreateFunctionRequest) -> Content:
        return Content.styled(
            f"{compute_bits(answer['Password']):.0f} bits. For secrets that no other system stores.", "$text-muted"
        )


class CommandFunction(FunctionForm):
    """A command line as in a shell, with the arguments into which it is split."""

    def compose(self) -> ComposeResult:
        settings = self._refused.get("Command", {})
        with Card():
            yield CardTitle("New command function")
            yield Static("Runs once for each of the four steps, with the event as JSON on standard input.",
                         classes="-muted")
            yield self.make_name_field()
            with Horizontal(classes="field"):
                yield Static("Command")
                line = shlex.join(settings.get("Arguments", ()))
                yield PlainInput(line, placeholder="python3 rotate.py --host 'db 1'", id="line",
                                 max_length=MAX_ARGUMENT_LENGTH, compact=True)
            with Horizontal(classes="field"):
                yield Static("Time limit")
                limit = str(settings.get("TimeoutInSeconds", DEFAULT_STEP_SECONDS))
                yield SafeInput(limit, restrict=DIGITS, max_length=3, id="limit", compact=True)
                yield Static("seconds per step", classes="unit")
            yield Static(id="said")
        yield Footer()

    def read(self) -> CreateFunctionRequest:
        name = self.read_name()
        try:
            arguments = split(self.query_one("#line", Input).value)
        except ArgumentSplitError as error:
            raise InvalidFieldError(str(error)) from None
        if not arguments:
            raise InvalidFieldError("Enter a command.")
        limit = int(self.query_one("#limit", Input).value or 0)
        if not 1 <= limit <= MAX_STEP_SECONDS:
            raise InvalidFieldError(f"The time limit is 1 to {MAX_STEP_SECONDS} seconds.")
        return {"FunctionName": name, "Command": {"Arguments": arguments, "TimeoutInSeconds": limit}}

    def in_words(self, answer: CreateFunctionRequest) -> Content:
        words = [Content.styled(sanitize(word) or "(empty)", "reverse") for word in answer["Command"]["Arguments"]]
        return Content.assemble(("runs  ", "$text-muted"), Content("  ").join(words))
