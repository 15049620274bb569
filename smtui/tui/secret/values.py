"""What a value is: a JSON object with its keys, a text, or bytes; and how one key changes while every other byte stays.

An `Outline` may be kept while a screen is open; the value itself is fetched, used and let go.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from smtui.text.json_object import JsonMember, JsonObject, encode_string, read_members, read_object
from smtui.text.json_reader import InvalidJsonError, parse_json
from smtui.text.sanitize import SafeText, sanitize

Value = str | bytes

_BYTES_PER_LINE = 16


class ValueKind(Enum):
    """`KEYS` is a JSON object that has members, each named once."""

    KEYS = "JSON"
    TEXT = "text"
    BINARY = "binary"


@dataclass(frozen=True, slots=True)
class Outline:
    """What may be known of a value while it is hidden. `size` counts bytes."""

    kind: ValueKind
    size: int
    keys: tuple[str, ...] = ()


def extract_value(answer: Mapping[str, Any]) -> Value:
    """The value in an answer of GetSecretValue."""
    text: str | None = answer.get("SecretString")
    binary: bytes = answer.get("SecretBinary", b"")
    return binary if text is None else text


def build_outline(value: Value) -> Outline:
    if isinstance(value, bytes):
        return Outline(ValueKind.BINARY, len(value))
    size = len(value.encode("utf-8", "surrogatepass"))
    keys = tuple(member.key for member in read_members(value))
    return Outline(ValueKind.KEYS, size, keys) if keys else Outline(ValueKind.TEXT, size)


def extract_part(value: Value, key: str | None, *, to_show: bool = False) -> Value | None:
    """One key of a value, or, without a key, the whole; None where there is no such key.

    Args:
        to_show: whether it is for the eye only; then a string that UTF-8 cannot encode is as it is spelled.

    Raises:
        LoneSurrogateError: for such a string that is to be handed on.
    """
    if key is None:
        return value
    found = read_object(value) if isinstance(value, str) else None
    member = found.find(key) if found else None
    if member is None:
        return None
    return member.text if to_show else member.get_encodable_text()


def format_value(value: Value) -> SafeText:
    """A value as it can be looked at: lines of text, or a hex dump."""
    return sanitize("\n".join(_format_hex(value)) if isinstance(value, bytes) else value, lines=True)


def _format_hex(data: bytes) -> Iterator[str]:
    for at in range(0, len(data), _BYTES_PER_LINE):
        row = data[at : at + _BYTES_PER_LINE]
        characters = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in row)
        yield f"{at:06x}  {row.hex(' '):<{3 * _BYTES_PER_LINE - 1}}  {characters}"


def can_be_typed(value: Value, *, lines: bool = False) -> bool:
    """Whether a field can hold exactly this: no bytes and nothing unseen. `lines` also allows line breaks and tabs."""
    if isinstance(value, bytes):
        return False
    seen = value.replace("\n", "").replace("\t", "") if lines else value
    return sanitize(seen) == seen


@dataclass(frozen=True, slots=True)
class Pair:
    """A member as a form holds it: its number in the text it came from, None for a new one."""

    index: int | None
    key: str
    text: str


def rewrite_object(text: str, pairs: Sequence[Pair]) -> str:
    """The object in `text` with just these members. What nobody touched keeps its spelling and its spaces."""
    old = read_object(text) or JsonObject("{}", ())
    kept = {pair.index: _rewrite_member(old, old.members[pair.index], pair)
            for pair in pairs if pair.index is not None}
    added = [old.format_member(pair.key, encode_string(pair.text)) for pair in pairs if pair.index is None]
    return old.rewrite(kept, added)


def _rewrite_member(old: JsonObject, member: JsonMember, pair: Pair) -> str:
    key = old.text[member.start : member.value_start]
    if pair.key != member.key:
        key = encode_string(pair.key) + old.text[member.key_end : member.value_start]
    if pair.text == member.text:
        return key + member.source
    return key + (encode_string(pair.text) if member.is_text else _encode_typed(pair.text))


def _encode_typed(typed: str) -> str:
    """What takes the place of a number, a list and so on: JSON if it is some, else a string."""
    try:
        parse_json(typed)
    except InvalidJsonError:
        return encode_string(typed)
    return typed.strip()
