"""The check of secret values: an alert where a text begins like JSON but is not JSON.

It is not an error, as a value can be any text.
"""

from __future__ import annotations

from smtui.text.json_reader import InvalidJsonError, locate, parse_json
from smtui.text.sanitize import sanitize
from smtui.tui.json_editor.diagnostic import Diagnostic, Severity

_OPENING = ("{", "[")


def looks_like_json(text: str) -> bool:
    """Whether a text begins like an object or a list."""
    return text.lstrip(" \t\r\n").startswith(_OPENING)


def find_json_diagnostics(text: str) -> list[Diagnostic]:
    """Returns the first syntax error of a text that looks like JSON. The sentence contains no part of the value."""
    if not looks_like_json(text):
        return []
    try:
        parse_json(text)
    except InvalidJsonError as error:
        return [Diagnostic(*locate(text, error.position), 0, Severity.ALERT, sanitize(f"Not valid JSON: {error}."))]
    return []
