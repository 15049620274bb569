"""The diff of two JSON texts, line by line, after both are formatted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from smtui.text.json_layout import indent_json
from smtui.text.sanitize import SafeText, escape_json

AROUND = 2
"""The number of unchanged lines before and after a change."""


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line; `sign` is + for added, - for removed, a space for unchanged, … for omitted lines."""

    sign: str
    text: SafeText


def diff_json(before: str, after: str) -> list[DiffLine]:
    """Returns the changed lines with their context; empty if only spaces and line breaks differ."""
    old, new = (escape_json(indent_json(text)).split("\n") if text else [] for text in (before, after))
    found: list[DiffLine] = []
    for group in SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(AROUND):
        if found:
            found.append(DiffLine("…", SafeText("")))
        for what, i, j, k, m in group:
            found += _list_lines(what, old[i:j], new[k:m])
    return found


def _list_lines(what: str, old: list[str], new: list[str]) -> Iterator[DiffLine]:
    if what == "equal":
        yield from (DiffLine(" ", SafeText(text)) for text in old)
        return
    yield from (DiffLine("-", SafeText(text)) for text in old)
    yield from (DiffLine("+", SafeText(text)) for text in new)
