"""The words of JSON, for their colours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["key", "text", "number", "name", "sign"]

_WORD = re.compile(
    r'(?P<key>"(?:[^"\\]|\\.)*"(?=\s*:))|(?P<text>"(?:[^"\\]|\\.)*"?)|(?P<number>-?\d[\d.eE+-]*)'
    r"|(?P<name>[A-Za-z]+)|(?P<sign>[{}\[\]:,])"
)


@dataclass(frozen=True, slots=True)
class Word:
    """Where in its line it begins and ends, counted from 0."""

    start: int
    end: int
    kind: Kind


def words(line: str) -> Iterator[Word]:
    """Of any text, as far as it looks like JSON."""
    for found in _WORD.finditer(line):
        yield Word(found.start(), found.end(), found.lastgroup)  # type: ignore[arg-type]


def word_end(line: str, start: int) -> int:
    """Where the word that begins here ends; of none, behind one character."""
    found = _WORD.match(line, start)
    return found.end() if found else start + 1
