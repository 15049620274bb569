"""Patterns with `*` and `?`, matched in linear time without backtracking."""

from __future__ import annotations

ANY, ONE = "*", "?"
Pattern = tuple[str, ...]
"""The parts of a pattern: `ANY`, `ONE`, or alternatives for one character; a literal `*` or `?` is doubled.

A wildcard that does not match a separator contains it, as in `[^:]*`.
"""
LITERAL = {ANY: "**", ONE: "??"}
_EXCEPT = {"[^:]*": ":", "[^:]": ":", "[^/]*": "/", "[^/]": "/"}
STARS = frozenset({ANY, "[^:]*", "[^/]*"})


def parse_pattern(text: str) -> Pattern:
    """Returns the pattern of a text in which `*` and `?` are wildcards."""
    return tuple(text)


def make_literal(text: str) -> Pattern:
    """Returns the pattern that matches only this text."""
    return tuple(LITERAL.get(character, character) for character in text)


def get_literal(found: Pattern) -> str | None:
    """Returns the only text that a pattern matches, or None if it matches several."""
    return "".join(part[0] for part in found) if all(map(_is_one_character, found)) else None


def _is_one_character(part: str) -> bool:
    return part in LITERAL.values() or (len(part) == 1 and part not in LITERAL)


def ignore_case(found: Pattern) -> Pattern:
    """Returns the pattern that matches letters of both cases."""
    return tuple(part if part in (ANY, ONE) or len(part) > 1 or len(part.swapcase()) > 1 or part == part.swapcase()
                 else part + part.swapcase() for part in found)


def limit_wildcards(found: Pattern, separator: str) -> Pattern:
    """Returns the pattern with wildcards that do not match the separator."""
    limited = {ANY: f"[^{separator}]*", ONE: f"[^{separator}]"}
    return tuple(limited.get(part, part) for part in found)


def limit_to_fields(found: Pattern) -> Pattern:
    """Returns the pattern of an ARN with stars that do not match the first five colons."""
    *first, last = split_fields(found)
    return tuple(part for field in first for part in (*limit_wildcards(field, ":"), ":")) + last


def is_character_match(character: str, part: str) -> bool:
    """Whether one part of a pattern matches a character."""
    if part in _EXCEPT:
        return character != _EXCEPT[part]
    return part in (ONE, ANY) or character in part


def is_match(found: Pattern, text: str) -> bool:
    """Whether a pattern matches a whole text. Stars with separators are not supported."""
    if ANY not in found:
        return len(found) == len(text) and all(map(is_character_match, text, found))
    first, last = found.index(ANY), len(found) - 1 - found[::-1].index(ANY)
    head, tail = found[:first], found[last + 1 :]
    left = len(text) - len(tail)
    return (
        left >= len(head) and all(map(is_character_match, text, head))
        and all(map(is_character_match, text[left:], tail))
        and _is_middle_match(found[first:last], text[len(head) : left])
    )


def _is_middle_match(found: Pattern, text: str) -> bool:
    """Whether a part of the text matches the pattern between the first and the last star.

    Bit n of `reached` says whether the text so far ends with a match of the first n parts.
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
            may_follow[character] = sum(1 << at for at, part in enumerate(parts) if is_character_match(character, part))
        reached = ((reached & may_follow[character]) << 1) | (reached & behind_star)
    return bool(reached & goal)


def split_fields(found: Pattern) -> list[Pattern]:
    """Splits the pattern of an ARN at its first five colons into six fields."""
    parts: list[list[str]] = [[]]
    for part in found:
        if part == ":" and len(parts) < 6:
            parts.append([])
        else:
            parts[-1].append(part)
    return [tuple(part) for part in parts]
