"""The tokens of a line of JSON, for syntax colours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["key", "text", "number", "name", "sign"]

_TOKEN = re.compile(
    r'(?P<key>"(?:[^"\\]|\\.)*"(?=\s*:))|(?P<text>"(?:[^"\\]|\\.)*"?)|(?P<number>-?\d[\d.eE+-]*)'
    r"|(?P<name>[A-Za-z]+)|(?P<sign>[{}\[\]:,])"
)


@dataclass(frozen=True, slots=True)
class Token:
    """A token; `start` and `end` are columns from 0."""

    start: int
    end: int
    kind: Kind


def tokenize(line: str) -> Iterator[Token]:
    """Yields the tokens of a line; the text need not be valid JSON."""
    for found in _TOKEN.finditer(line):
        yield Token(found.start(), found.end(), found.lastgroup)  # type: ignore[arg-type]


def find_token_end(line: str, start: int) -> int:
    """Returns the end of the token that begins at `start`, or `start + 1` if there is none."""
    found = _TOKEN.match(line, start)
    return found.end() if found else start + 1
