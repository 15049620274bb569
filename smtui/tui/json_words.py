"""JSON as people read it: its words, for colours, and a layout of one member a line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["key", "text", "number", "name", "sign"]

_WORD = re.compile(
    r'(?P<key>"(?:[^"\\]|\\.)*"(?=\s*:))|(?P<text>"(?:[^"\\]|\\.)*"?)|(?P<number>-?\d[\d.eE+-]*)'
    r"|(?P<name>[A-Za-z]+)|(?P<sign>[{}\[\]:,])"
)
WIDEST_LIST = 72
INDENT = "  "


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


def laid_out(text: str) -> str:
    """The same with one member or item a line, but what is short on one; every word as it is spelled.

    A text that is no JSON stays as it is.
    """
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return text
    spelled = [text[word.start : word.end] for word in words(text)]
    return "".join(_lines(spelled))


def _lines(spelled: list[str]) -> Iterator[str]:
    closing, depth, at = _closing(spelled), 0, 0
    while at < len(spelled):
        word = spelled[at]
        if at in closing and (short := _short(spelled[at : closing[at] + 1])):
            word, at = short, closing[at]
        elif at in closing:
            depth += 1
            word += f"\n{INDENT * depth}"
        elif word == ",":
            word += f"\n{INDENT * depth}"
        elif word == ":":
            word += " "
        yield word
        at += 1
        if spelled[at : at + 1] in (["}"], ["]"]):
            depth -= 1
            yield f"\n{INDENT * depth}"


def _short(spelled: list[str]) -> str:
    """A list of a few plain values, or an object of one, on one line."""
    inside = spelled[1:-1]
    if {"{", "["} & set(inside) or (spelled[0] == "{" and "," in inside):
        return ""
    line = "".join({",": ", ", ":": ": "}.get(word, word) for word in spelled)
    return line if len(line) <= WIDEST_LIST else ""


def _closing(spelled: list[str]) -> dict[int, int]:
    """For each bracket that opens, where it closes."""
    found: dict[int, int] = {}
    opened: list[int] = []
    for at, word in enumerate(spelled):
        if word in ("{", "["):
            opened.append(at)
        elif word in ("}", "]"):
            found[opened.pop()] = at
    return found
