"""`*` and `?` in linear time: two pointers and one place to go back to, whatever the pattern."""

from __future__ import annotations

ANY, ONE = "*", "?"
Pattern = tuple[str, ...]
"""Characters; `*` and `?` as `ANY` and `ONE`, a literal star or question mark behind a backslash: `\\*`."""
LITERAL = {ANY: "\\*", ONE: "\\?"}


def pattern(text: str) -> Pattern:
    """A text whose stars and question marks stand for others."""
    return tuple(text)


def literal(text: str) -> Pattern:
    """A text that stands for itself."""
    return tuple(LITERAL.get(character, character) for character in text)


def fits(character: str, part: str) -> bool:
    return part in (ONE, character, LITERAL.get(character))


def matches(found: Pattern, text: str) -> bool:
    at, place, star, mark = 0, 0, -1, 0
    while at < len(text):
        if place < len(found) and found[place] == ANY:
            star, mark = place, at
            place += 1
        elif place < len(found) and fits(text[at], found[place]):
            at, place = at + 1, place + 1
        elif star >= 0:
            mark += 1
            at, place = mark, star + 1
        else:
            return False
    return all(part == ANY for part in found[place:])
