"""Fields for all options of GetRandomPassword, for the generator and for rotation functions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Grid, Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Checkbox, Input, Static

from smtui.tui.widgets.checkbox import SymbolCheckbox
from smtui.tui.widgets.limited_input import DIGITS
from smtui.tui.widgets.plain_input import PlainInput
from smtui.tui.widgets.safe_input import SafeInput

LENGTH = 32
SWITCHES = (
    ("lowercase", "a–z", "ExcludeLowercase"),
    ("uppercase", "A–Z", "ExcludeUppercase"),
    ("numbers", "0–9", "ExcludeNumbers"),
    ("punctuation", "!\"#$…", "ExcludePunctuation"),
)

if TYPE_CHECKING:
    from smtui.api.types import GetRandomPasswordRequest


class PasswordOptions(Vertical):
    """Fields for the parameters of GetRandomPassword.

    Args:
        given: the parameters that the fields show first.
    """

    DEFAULT_CSS = """
    PasswordOptions {
        height: auto;

        .field {
            height: 1;
            margin-bottom: 1;

            Static {
                width: 10;
            }

            Input {
                width: 1fr;
            }
        }

        Grid {
            grid-size: 3;
            grid-rows: 1;
            height: 2;
            margin-bottom: 1;
        }
    }
    """

    class Changed(Message):
        """The user changed the parameters."""

    def __init__(self, given: Mapping[str, Any] | None = None, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._given = given or {}
        self._last_request: GetRandomPasswordRequest = {}

    def compose(self) -> ComposeResult:
        given = self._given
        with Horizontal(classes="field"):
            yield Static("Length")
            yield SafeInput(str(given.get("PasswordLength", LENGTH)), restrict=DIGITS, max_length=4, id="length",
                            compact=True)
        with Grid():
            for name, words, member in SWITCHES:
                yield SymbolCheckbox(Content(words), not given.get(member, False), id=name, compact=True)
            yield SymbolCheckbox("space", given.get("IncludeSpace", False), id="space", compact=True)
            yield SymbolCheckbox("each type", given.get("RequireEachIncludedType", True), id="each", compact=True)
        with Horizontal(classes="field"):
            yield Static("Exclude")
            yield PlainInput(given.get("ExcludeCharacters", ""), placeholder="characters to exclude", id="without",
                             compact=True)

    def on_mount(self) -> None:
        self._last_request = self.build_request()

    @on(Input.Changed)
    @on(Checkbox.Changed)
    def _post_change(self, event: Message) -> None:
        """Posts `Changed` unless the parameters are the same. Fields also report their initial values."""
        event.stop()
        if (now := self.build_request()) != self._last_request:
            self._last_request = now
            self.post_message(self.Changed())

    def build_request(self) -> GetRandomPasswordRequest:
        """Returns the parameters of GetRandomPassword.

        Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html
        """
        return {
            "PasswordLength": int(self.query_one("#length", Input).value or 0),
            "ExcludeCharacters": self.query_one("#without", Input).value,
            "ExcludeLowercase": not self._is_checked("lowercase"),
            "ExcludeUppercase": not self._is_checked("uppercase"),
            "ExcludeNumbers": not self._is_checked("numbers"),
            "ExcludePunctuation": not self._is_checked("punctuation"),
            "IncludeSpace": self._is_checked("space"),
            "RequireEachIncludedType": self._is_checked("each"),
        }

    def _is_checked(self, name: str) -> bool:
        return self.query_one(f"#{name}", SymbolCheckbox).value
