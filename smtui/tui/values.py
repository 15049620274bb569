"""What a value is: a JSON object with its keys, a text, or bytes; and how one key changes while every other byte stays.

An `Outline` may be kept while a screen is open; the value itself is fetched, used and let go.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from typing import Any

from smtui.shown import Shown, shown

Value = str | bytes

MOST_BYTES = 65_536
"""The service's limit for a value."""
_SPACE = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder()
_BYTES_PER_LINE = 16


class Kind(Enum):
    """`KEYS` is a JSON object that has members, each named once."""

    KEYS = "JSON"
    TEXT = "text"
    BINARY = "binary"


@dataclass(frozen=True, slots=True)
class Outline:
    """What may be known of a value while it is hidden. `size` counts bytes."""

    kind: Kind
    size: int
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """One member of an object, and where in the text its key (`start`), its value (`value`) and its end are.

    `text` is what a person means by the value: a string as what it says, anything else as it is spelled.
    """

    key: str
    text: str
    quoted: bool
    start: int
    value: int
    end: int


def held(answer: Mapping[str, Any]) -> Value:
    """The value in an answer of GetSecretValue."""
    text: str | None = answer.get("SecretString")
    binary: bytes = answer.get("SecretBinary", b"")
    return binary if text is None else text


def outline(value: Value) -> Outline:
    if isinstance(value, bytes):
        return Outline(Kind.BINARY, len(value))
    size = len(value.encode("utf-8", "surrogatepass"))
    keys = tuple(member.key for member in members(value))
    return Outline(Kind.KEYS, size, keys) if keys else Outline(Kind.TEXT, size)


def part(value: Value, key: str | None) -> Value | None:
    """One key of a value, or, without a key, the whole; None where there is no such key."""
    if key is None:
        return value
    found = (member.text for member in members(value) if member.key == key) if isinstance(value, str) else iter(())
    return next(found, None)


def visible(value: Value) -> Shown:
    """A value as it can be looked at: lines of text, or a hex dump."""
    return shown("\n".join(_dump(value)) if isinstance(value, bytes) else value, lines=True)


def _dump(data: bytes) -> Iterator[str]:
    for at in range(0, len(data), _BYTES_PER_LINE):
        line = data[at : at + _BYTES_PER_LINE]
        letters = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in line)
        yield f"{at:06x}  {line.hex(' '):<{3 * _BYTES_PER_LINE - 1}}  {letters}"


def can_be_typed(value: Value, *, lines: bool = False) -> bool:
    """Whether a field can hold exactly this: no bytes and nothing unseen. `lines` also allows line breaks and tabs."""
    if isinstance(value, bytes):
        return False
    seen = value.replace("\n", "").replace("\t", "") if lines else value
    return shown(seen) == seen


# Reading and writing the text of a JSON object.


def members(text: str) -> tuple[Member, ...]:
    """The members in their order; none where `text` is not an object.

    An object that names a member twice is none: two readers could understand it differently.
    """
    try:
        whole = json.loads(text, object_pairs_hook=_once_each)
    except (ValueError, RecursionError):
        return ()
    return tuple(_located(text)) if isinstance(whole, dict) else ()


def _once_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a member is there twice")
    return found


def _located(text: str) -> Iterator[Member]:
    """`text` is known to be an object: `{ "key" : value , … }`."""
    at = _skip(text, _skip(text, 0) + 1)
    while text[at] != "}":
        start = at
        key, at = _DECODER.raw_decode(text, start)
        value_at = _skip(text, _skip(text, at) + 1)
        value, end = _DECODER.raw_decode(text, value_at)
        quoted = isinstance(value, str) and _is_unicode(value)
        yield Member(key, value if quoted else text[value_at:end], quoted, start, value_at, end)
        at = _skip(text, end)
        at = _skip(text, at + 1) if text[at] == "," else at


def _skip(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    return space.end() if space else at


def _is_unicode(text: str) -> bool:
    """Half of a surrogate pair, which JSON can spell, is no text that could be copied."""
    return not any(0xD800 <= ord(character) <= 0xDFFF for character in text)


@dataclass(frozen=True, slots=True)
class Pair:
    """A member as a form holds it: its number in the text it came from, None for a new one."""

    came_from: int | None
    key: str
    text: str


def rewritten(text: str, lines: Sequence[Pair]) -> str:
    """The object in `text` with just these members. What nobody touched keeps its spelling and its spaces."""
    old = members(text)
    kept = [line for line in lines if line.came_from is not None]
    parts = [_respelled(text, old[line.came_from or 0], line) for line in kept]
    gaps = [text[old[n - 1].end : old[n].start] for n in (line.came_from or 0 for line in kept[1:])]
    new = [line for line in lines if line.came_from is None]
    added = [json_string(line.key) + _colon(text, old) + json_string(line.text) for line in new]
    gaps += [_gap(text, old)] * (len(parts) + len(added) - 1 - len(gaps))
    inside = "".join(gap + each for gap, each in zip(["", *gaps], [*parts, *added], strict=False))
    head, tail = (text[: old[0].start], text[old[-1].end :]) if old else ("{", "}")
    return head + inside + tail


def _respelled(text: str, member: Member, line: Pair) -> str:
    key = text[member.start : member.value]
    if line.key != member.key:
        key = json_string(line.key) + _colon(text, [member])
    if line.text == member.text:
        return key + text[member.value : member.end]
    return key + (json_string(line.text) if member.quoted else _spelling(line.text))


def _spelling(typed: str) -> str:
    """What takes the place of a number, a list and so on: JSON if it is some, else a string."""
    try:
        json.loads(typed)
    except (ValueError, RecursionError):
        return json_string(typed)
    return typed.strip()


def json_string(text: str) -> str:
    """As JSON spells it, in quotes."""
    return json.dumps(text, ensure_ascii=not _is_unicode(text))


def _colon(text: str, old: Sequence[Member]) -> str:
    """The colon as this text has it, with its spaces."""
    if not old:
        return ": "
    _, after_key = _DECODER.raw_decode(text, old[0].start)
    return text[after_key : old[0].value]


def _gap(text: str, old: Sequence[Member]) -> str:
    """What this text has between two members."""
    for before, after in pairwise(old):
        return text[before.end : after.start]
    return "," + text[text.index("{") + 1 : old[0].start] if old and "\n" in text[: old[0].start] else ", "
