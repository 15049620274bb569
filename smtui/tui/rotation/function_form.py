"""A new rotation function: one that makes passwords, or one that runs a command."""

from __future__ import annotations

import re
import shlex
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
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
from smtui.tui.generator.entropy import bits
from smtui.tui.generator.options import PasswordOptions
from smtui.tui.widgets.chrome import KeyBar
from smtui.tui.widgets.plain_input import PlainInput

NAME = re.compile(FUNCTION_NAME.pattern or "")
Settings = dict[str, Any]


class FunctionForm(FieldsForm[Settings]):
    """Answers a request of CreateFunction. A `refused` one is filled in again."""

    KEY_NAMES: ClassVar = {"fields.save": "Create"}
    AUTO_FOCUS = "#name"

    def __init__(self, refused: Settings | None = None) -> None:
        super().__init__()
        self._was_refused = refused is not None
        self._refused = refused or {}

    @property
    def is_dirty(self) -> bool:
        return self._was_refused or super().is_dirty

    def name_field(self) -> Horizontal:
        name = PlainInput(self._refused.get("FunctionName", ""), placeholder="new-password", id="name",
                          max_length=MAX_FUNCTION_NAME_LENGTH, compact=True)
        return Horizontal(Static("Name"), name, classes="field")

    def name_read(self) -> str:
        name = self.query_one("#name", Input).value
        if not NAME.fullmatch(name):
            raise InvalidFieldError("A function's name is made of letters, digits, _ and -.")
        return name


class PasswordFunction(FunctionForm):
    """All options of GetRandomPassword, and where the password goes."""

    def compose(self) -> ComposeResult:
        given = self._refused.get("Password", {})
        with Vertical(classes="card"):
            yield Static("A function that makes a new password", classes="title")
            yield self.name_field()
            with Horizontal(classes="field"):
                yield Static("Into key")
                yield PlainInput(given.get("Key", ""), placeholder="a key of a JSON value; empty: the whole value",
                                 id="key", max_length=MAX_JSON_KEY_LENGTH, compact=True)
            yield PasswordOptions(given)
            yield Static(id="said", classes="-close")
        yield KeyBar()

    @on(PasswordOptions.Changed)
    def _another(self) -> None:
        self.look()

    def read(self) -> Settings:
        name, key = self.name_read(), self.query_one("#key", Input).value
        options = self.query_one(PasswordOptions).request()
        if not bits(options):
            raise InvalidFieldError("There is no such password: nothing is left to make it of, or it is too short.")
        if not options["ExcludeCharacters"]:
            del options["ExcludeCharacters"]
        return {"FunctionName": name, "Password": {**({"Key": key} if key else {}), **options}}

    def in_words(self, answer: Settings) -> Content:
        return Content.styled(f"{bits(answer['Password']):.0f} bits. For secrets that nobody but the vault keeps.",
                              "$text-muted")


class CommandFunction(FunctionForm):
    """A line as in a shell, shown as it is split."""

    def compose(self) -> ComposeResult:
        given = self._refused.get("Command", {})
        with Vertical(classes="card"):
            yield Static("A function that runs a command of yours", classes="title")
            yield Static("It is run for each of the four steps, and gets the event as JSON on its standard input.",
                         classes="-muted")
            yield self.name_field()
            with Horizontal(classes="field"):
                yield Static("Command")
                yield PlainInput(shlex.join(given.get("Arguments", ())), placeholder="python3 rotate.py --host 'db 1'",
                                 id="line", max_length=MAX_ARGUMENT_LENGTH, compact=True)
            with Horizontal(classes="field"):
                yield Static("Time limit")
                limit = str(given.get("TimeoutInSeconds", DEFAULT_STEP_SECONDS))
                yield Input(limit, restrict="[0-9]*", max_length=3, id="limit", compact=True)
                yield Static("seconds a step", classes="unit")
            yield Static(id="said")
        yield KeyBar()

    def read(self) -> Settings:
        name = self.name_read()
        try:
            arguments = split(self.query_one("#line", Input).value)
        except ArgumentSplitError as error:
            raise InvalidFieldError(str(error)) from None
        if not arguments:
            raise InvalidFieldError("Which command?")
        limit = int(self.query_one("#limit", Input).value or 0)
        if not 1 <= limit <= MAX_STEP_SECONDS:
            raise InvalidFieldError(f"A step may take 1 to {MAX_STEP_SECONDS} seconds.")
        return {"FunctionName": name, "Command": {"Arguments": arguments, "TimeoutInSeconds": limit}}

    def in_words(self, answer: Settings) -> Content:
        words = [Content.styled(sanitize(word) or "(empty)", "reverse") for word in answer["Command"]["Arguments"]]
        return Content.assemble(("runs  ", "$text-muted"), Content("  ").join(words))
