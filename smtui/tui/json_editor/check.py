"""Where a text that begins like JSON is none. A value may be any text, so that is something to look at and no error."""

from __future__ import annotations

from smtui.text.json_reader import InvalidJsonError, locate, parse_json
from smtui.text.sanitize import sanitize
from smtui.tui.json_editor.diagnostic import Mark, Severity

_BEGINNINGS = ("{", "[")


def looks_like_json(text: str) -> bool:
    """Whether it begins as an object or a list does."""
    return text.lstrip(" \t\r\n").startswith(_BEGINNINGS)


def json_marks(text: str) -> list[Mark]:
    """The first place where it goes wrong, if it is meant as JSON and does. No value is quoted."""
    if not looks_like_json(text):
        return []
    try:
        parse_json(text)
    except InvalidJsonError as error:
        return [Mark(*locate(text, error.position), 0, Severity.ALERT, sanitize(f"No JSON: {error}."))]
    return []
