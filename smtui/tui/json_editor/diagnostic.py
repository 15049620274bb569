"""What a check says about a text: a sentence about a place in it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from smtui.text.sanitize import SafeText


class Severity(Enum):
    """How much it matters; each has a sign and a word, so that no colour is needed to tell them apart."""

    ERROR = "error"
    """It cannot be stored."""
    ALERT = "alert"
    """It can be stored, and should be looked at first."""
    WARNING = "warning"
    """It is allowed, and seldom meant."""

    @property
    def sign(self) -> str:
        return {"error": "✗", "alert": "▲", "warning": "!"}[self.value]


@dataclass(frozen=True, slots=True)
class Mark:
    """`line` and `column` count from 1; a `length` of 0 marks the word that begins there."""

    line: int
    column: int
    length: int
    severity: Severity
    message: SafeText
