"""Where a text that begins like JSON is none. A value may be any text, so that is something to look at and no error."""

from __future__ import annotations

from smtui.policy.document import NotJson, read
from smtui.shown import shown
from smtui.tui.marks import Mark, Severity

_BEGINNINGS = ("{", "[")


def looks_like_json(text: str) -> bool:
    """Whether it begins as an object or a list does."""
    return text.lstrip(" \t\r\n").startswith(_BEGINNINGS)


def json_marks(text: str) -> list[Mark]:
    """The first place where it goes wrong, if it is meant as JSON and does. No value is quoted."""
    if not looks_like_json(text):
        return []
    try:
        read(text)
    except NotJson as wrong:
        return [Mark(wrong.place.line, wrong.place.column, 0, Severity.ALERT, shown(f"No JSON: {wrong}."))]
    return []
