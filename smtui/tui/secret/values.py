"""Values as screens use them: JSON object, text or bytes, their outline, and edits of single keys.

A screen may keep an `Outline`. It reads the value when it needs it and does not keep it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from smtui.text.json_object import JsonMember, JsonObject, encode_replacement, encode_string, read_members, read_object
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.outline import Outline, ValueKind

Value = str | bytes

_BYTES_PER_LINE = 16


def extract_value(answer: Mapping[str, Any]) -> Value:
    """The value in an answer of GetSecretValue: text or bytes."""
    text: str | None = answer.get("SecretString")
    binary: bytes = answer.get("SecretBinary", b"")
    return binary if text is None else text


def build_outline(value: Value) -> Outline:
    """Builds the outline of a value."""
    if isinstance(value, bytes):
        return Outline(ValueKind.BINARY, len(value))
    size = len(value.encode("utf-8", "surrogatepass"))
    keys = tuple(member.key for member in read_members(value))
    return Outline(ValueKind.KEYS, size, keys) if keys else Outline(ValueKind.TEXT, size)


def extract_part(value: Value, key: str | None, *, to_show: bool = False) -> Value | None:
    """The value of a key; the entire value without a key; None if there is no such key.

    Args:
        value: the entire value.
        key: the key, or None.
        to_show: whether the result is only shown. A string that UTF-8 cannot encode is then its JSON source.

    Raises:
        LoneSurrogateError: the result is such a string, and `to_show` is False.
    """
    if key is None:
        return value
    found = read_object(value) if isinstance(value, str) else None
    member = found.find(key) if found else None
    if member is None:
        return None
    return member.text if to_show else member.get_encodable_text()


def format_value(value: Value) -> SafeText:
    """Formats a value for the screen: lines of text, or a hex dump."""
    return sanitize("\n".join(_format_hex(value)) if isinstance(value, bytes) else value, lines=True)


def _format_hex(data: bytes) -> Iterator[str]:
    for at in range(0, len(data), _BYTES_PER_LINE):
        row = data[at : at + _BYTES_PER_LINE]
        characters = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in row)
        yield f"{at:06x}  {row.hex(' '):<{3 * _BYTES_PER_LINE - 1}}  {characters}"


@dataclass(frozen=True, slots=True)
class Pair:
    """A key-value pair of a form.

    Args:
        index: the index of the member in the original object; None for a new pair.
        key: the key.
        text: the value as typed.
    """

    index: int | None
    key: str
    text: str


def rewrite_object(text: str, pairs: Sequence[Pair]) -> str:
    """Rewrites a JSON object so that it has these members. Unchanged members keep every byte.

    Args:
        text: the original object; anything else counts as an empty object.
        pairs: the members in their order.
    """
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
    return key + encode_replacement(member, pair.text)
