"""Which lines a change of JSON adds and takes away, as both are laid out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from smtui.text.json_layout import indent_json
from smtui.text.sanitize import SafeText, escape_json

AROUND = 2
"""Lines that stay the same are shown before and behind a change."""


@dataclass(frozen=True, slots=True)
class Line:
    """`sign` is + for added, - for removed, a space for the same, … where lines are left out."""

    sign: str
    text: SafeText


def line_changes(before: str, after: str) -> list[Line]:
    """Nothing where only spaces and line breaks differ."""
    old, new = (escape_json(indent_json(text)).split("\n") if text else [] for text in (before, after))
    found: list[Line] = []
    for group in SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(AROUND):
        if found:
            found.append(Line("…", SafeText("")))
        for what, i, j, k, m in group:
            found += _lines(what, old[i:j], new[k:m])
    return found


def _lines(what: str, old: list[str], new: list[str]) -> Iterator[Line]:
    if what == "equal":
        yield from (Line(" ", SafeText(text)) for text in old)
        return
    yield from (Line("-", SafeText(text)) for text in old)
    yield from (Line("+", SafeText(text)) for text in new)
