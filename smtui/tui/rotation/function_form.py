"""The forms for the settings of a rotation function: one that generates passwords, or one that runs a command."""

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
    """Returns a request of CreateFunction or UpdateFunction.

    Args:
        first: the request with which the form begins.
        changes: whether it is for a function that exists, whose name stays.
        is_refilled: whether `first` was typed, and refused.
    """

    KEY_NAMES: ClassVar = {"fields.save": "Create"}
    AUTO_FOCUS = "Input"
    kind: ClassVar[str]

    def __init__(
        self, first: CreateFunctionRequest | None = None, *, changes: bool = False, is_refilled: bool = False
    ) -> None:
        super().__init__()
        self.is_refilled = is_refilled
        self._first: CreateFunctionRequest = first or {"FunctionName": ""}
        self._changes = changes

    def on_mount(self) -> None:
        if self._changes:
            self.rename_key("fields.save", "Change")
        super().on_mount()

    def action_save(self) -> None:
        """Nothing that was changed needs no request, which would void the permission."""
        if self._changes and not self.is_dirty:
            self.dismiss(None)
        else:
            super().action_save()

    def make_title(self) -> CardTitle:
        return CardTitle(Content(f"{'Change' if self._changes else 'New'} {self.kind} function"))

    def make_name_field(self) -> Horizontal:
        if self._changes:
            return Horizontal(Static("Name"), Static(Content(sanitize(self._first["FunctionName"])), id="fixed"),
                              classes="field")
        name = PlainInput(self._first["FunctionName"], placeholder="new-password", id="name",
                          max_length=MAX_FUNCTION_NAME_LENGTH, compact=True)
        return Horizontal(Static("Name"), name, classes="field")

    def read_name(self) -> str:
        """Returns the name.

        Raises:
            InvalidFieldError: it is not a valid name of a function.
        """
        name = self._first["FunctionName"] if self._changes else self.query_one("#name", Input).value
        if not NAME.fullmatch(name):
            raise InvalidFieldError("A function name can contain letters, digits, _ and -.")
        return name

    def make_limit_field(self, seconds: int) -> Horizontal:
        limit = SafeInput(str(seconds), restrict=DIGITS, max_length=3, id="limit", compact=True)
        return Horizontal(Static("Time limit"), limit, Static("seconds per step", classes="unit"), classes="field")

    def read_limit(self) -> int:
        """Returns the time limit in seconds.

        Raises:
            InvalidFieldError: it is too small or too large.
        """
        limit = int(self.query_one("#limit", Input).value or 0)
        if not 1 <= limit <= MAX_STEP_SECONDS:
            raise InvalidFieldError(f"The time limit is 1 to {MAX_STEP_SECONDS} seconds.")
        return limit


class PasswordFunction(FunctionForm):
    """The options of GetRandomPassword, and the JSON key for the password."""

    kind = "password"

    def compose(self) -> ComposeResult:
        settings = self._first.get("Password", {})
        with Card():
            yield self.make_title()
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

    kind = "command"

    def compose(self) -> ComposeResult:
        settings = self._first.get("Command", {})
        with Card():
            yield self.make_title()
            yield Static("Runs once for each of the four steps, with the event as JSON on standard input.",
                         classes="-muted")
            yield self.make_name_field()
            with Horizontal(classes="field"):
                yield Static("Command")
                line = shlex.join(settings.get("Arguments", ()))
                yield PlainInput(line, placeholder="python3 rotate.py --host 'db 1'", id="line",
                                 max_length=MAX_ARGUMENT_LENGTH, compact=True)
            yield self.make_limit_field(settings.get("TimeoutInSeconds", DEFAULT_STEP_SECONDS))
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
        return {"FunctionName": name, "Command": {"Arguments": arguments, "TimeoutInSeconds": self.read_limit()}}

    def in_words(self, answer: CreateFunctionRequest) -> Content:
        words = [Content.styled(sanitize(word) or "(empty)", "reverse") for word in answer["Command"]["Arguments"]]
        return Content.assemble(("runs  ", "$text-muted"), Content("  ").join(words))
