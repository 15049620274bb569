"""`*` and `?` without ever going back, whatever the pattern and whatever the text."""

from __future__ import annotations

ANY, ONE = "*", "?"
Pattern = tuple[str, ...]
"""Parts: `ANY`, `ONE`, or the characters of which one may stand there; a literal star or question mark is doubled.

A star or a question mark that must not stand for a separator is spelled with it, as in `[^:]*`.
"""
LITERAL = {ANY: "**", ONE: "??"}
_ALL_BUT = {"[^:]*": ":", "[^:]": ":", "[^/]*": "/", "[^/]": "/"}
STARS = frozenset({ANY, "[^:]*", "[^/]*"})


def pattern(text: str) -> Pattern:
    """A text whose stars and question marks stand for others."""
    return tuple(text)


def literal(text: str) -> Pattern:
    """A text that stands for itself."""
    return tuple(LITERAL.get(character, character) for character in text)


def plain(found: Pattern) -> str | None:
    """The one text that a pattern stands for; None where it stands for several."""
    return "".join(part[0] for part in found) if all(map(_is_one_character, found)) else None


def _is_one_character(part: str) -> bool:
    return part in LITERAL.values() or (len(part) == 1 and part not in LITERAL)


def either_case(found: Pattern) -> Pattern:
    """The same for letters of the other case."""
    return tuple(part if part in (ANY, ONE) or len(part) > 1 or len(part.swapcase()) > 1 or part == part.swapcase()
                 else part + part.swapcase() for part in found)


def within(found: Pattern, separator: str) -> Pattern:
    """The same with wildcards that do not stand for the separator."""
    spelled = {ANY: f"[^{separator}]*", ONE: f"[^{separator}]"}
    return tuple(spelled.get(part, part) for part in found)


def in_fields(found: Pattern) -> Pattern:
    """An ARN's pattern as `matches` would have to read it: a star does not reach over the first five colons."""
    *first, last = fields(found)
    return tuple(part for field in first for part in (*within(field, ":"), ":")) + last


def fits(character: str, part: str) -> bool:
    if part in _ALL_BUT:
        return character != _ALL_BUT[part]
    return part in (ONE, ANY) or character in part


def matches(found: Pattern, text: str) -> bool:
    """Of patterns whose stars stand for anything."""
    if ANY not in found:
        return len(found) == len(text) and all(map(fits, text, found))
    first, last = found.index(ANY), len(found) - 1 - found[::-1].index(ANY)
    head, tail = found[:first], found[last + 1 :]
    left = len(text) - len(tail)
    return (
        left >= len(head) and all(map(fits, text, head)) and all(map(fits, text[left:], tail))
        and _goes_through(found[first:last], text[len(head) : left])
    )


def _goes_through(found: Pattern, text: str) -> bool:
    """Whether a text, from some place on, matches what stands between stars.

    One bit says of each beginning of the pattern whether the text read so far ends with it.
    """
    parts = [part for part in found if part != ANY]
    behind_star = 0
    place = 0
    for part in found:
        behind_star |= (part == ANY) << place
        place += part != ANY
    may_follow: dict[str, int] = {}
    reached, goal = 1, 1 << len(parts)
    for character in text:
        if reached & goal:
            break
        if character not in may_follow:
            may_follow[character] = sum(1 << at for at, part in enumerate(parts) if fits(character, part))
        reached = ((reached & may_follow[character]) << 1) | (reached & behind_star)
    return bool(reached & goal)


def fields(found: Pattern) -> list[Pattern]:
    """Of an ARN's pattern: between the first five colons, and all that follows."""
    parts: list[list[str]] = [[]]
    for part in found:
        if part == ":" and len(parts) < 6:
            parts.append([])
        else:
            parts[-1].append(part)
    return [tuple(part) for part in parts]
