"""A diagnostic: a sentence of a check about a position in a text, with its severity."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from smtui.text.sanitize import SafeText


class Severity(Enum):
    """The severity. Each has a sign and a word, so that it can be read without colour."""

    ERROR = "error"
    """The text cannot be stored."""
    ALERT = "alert"
    """The text can be stored, but the person should read this first."""
    WARNING = "warning"
    """The text is valid, but probably not what the person intends."""

    @property
    def sign(self) -> str:
        return {"error": "✗", "alert": "▲", "warning": "!"}[self.value]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding; `line` and `column` count from 1. A `length` of 0 stands for the token that begins there."""

    line: int
    column: int
    length: int
    severity: Severity
    message: SafeText
