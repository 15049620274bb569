"""`*` and `?` in linear time: two pointers and one place to go back to, whatever the pattern."""

from __future__ import annotations

ANY, ONE = "*", "?"
Pattern = tuple[str, ...]
"""Parts: `ANY`, `ONE`, or the characters of which one may stand there; a literal star or question mark is doubled."""
LITERAL = {ANY: "**", ONE: "??"}


def pattern(text: str) -> Pattern:
    """A text whose stars and question marks stand for others."""
    return tuple(text)


def literal(text: str) -> Pattern:
    """A text that stands for itself."""
    return tuple(LITERAL.get(character, character) for character in text)


def either_case(found: Pattern) -> Pattern:
    """The same for letters of the other case."""
    return tuple(part if part in (ANY, ONE) or len(part) > 1 or len(part.swapcase()) > 1 or part == part.swapcase()
                 else part + part.swapcase() for part in found)


def fits(character: str, part: str) -> bool:
    return part == ONE or character in part


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


def fields(found: Pattern) -> list[Pattern]:
    """Of an ARN's pattern: between the first five colons, and all that follows."""
    parts: list[list[str]] = [[]]
    for part in found:
        if part == ":" and len(parts) < 6:
            parts.append([])
        else:
            parts[-1].append(part)
    return [tuple(part) for part in parts]
