"""Parses JSON (RFC 8259) into nodes with their positions in the text.

Duplicate keys, NaN and Infinity are invalid, because parsers treat them differently. Nesting deeper than 64 levels is
also invalid. An escaped lone surrogate (`"\\ud800"`) is valid. Numbers are not converted, so they can have any size.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

MAX_DEPTH = 64
UNEXPECTED_END = "unexpected end"
_SPACE = re.compile(r"[ \t\n\r]*")
_OPEN_STRING = re.compile(r'"[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*)*')
_STRING = re.compile(_OPEN_STRING.pattern + '"')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


class JsonKind(Enum):
    """The type of a JSON value."""

    OBJECT = "object"
    ARRAY = "array"
    STRING = "string"
    NUMBER = "number"
    BOOLEAN = "boolean"
    NULL = "null"


_WORDS = {"true": JsonKind.BOOLEAN, "false": JsonKind.BOOLEAN, "null": JsonKind.NULL}


class InvalidJsonError(ValueError):
    """The text is not valid JSON. `position` is the offset of the error in characters.

    The message contains no value of the text, but can contain a duplicate key.
    """

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


@dataclass(slots=True, repr=False)
class JsonNode:
    """One JSON value, whose source is `text[start:end]` of the parsed text.

    Args:
        kind: the type of the value.
        start: the offset of the first character.
        end: the offset after the last character.
        string: the value of a string with escapes decoded; empty for all other kinds.
        items: the elements of an array.
        pairs: the keys and values of an object, in the order of the text.
    """

    kind: JsonKind
    start: int
    end: int
    string: str = ""
    items: tuple[JsonNode, ...] = ()
    pairs: tuple[tuple[JsonNode, JsonNode], ...] = ()


def parse_json(text: str) -> JsonNode:
    """Parses a text that consists of one JSON value and optional white space around it.

    Raises:
        InvalidJsonError: at the first error.
    """
    if text.startswith("\ufeff"):
        raise InvalidJsonError("starts with a byte order mark", 0)
    parser = _Parser(text)
    node = parser.parse_value(parser.skip_space(0), 1)
    end = parser.skip_space(node.end)
    if end < len(text):
        raise InvalidJsonError("unexpected text after the end", end)
    return node


def locate(text: str, position: int) -> tuple[int, int]:
    """Returns the line and the column of an offset, both counted from 1."""
    return text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)


def find_strings(text: str) -> Iterator[tuple[str, str]]:
    """Finds the JSON strings in any text. Yields the source of each, with quotes, and its decoded value."""
    for found in _STRING.finditer(text):
        yield found.group(), _decode(found.group())


def _decode(quoted: str) -> str:
    string: str = json.loads(quoted) if "\\" in quoted else quoted[1:-1]
    return string


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text

    def skip_space(self, at: int) -> int:
        space = _SPACE.match(self._text, at)
        return space.end() if space else at

    def parse_value(self, at: int, depth: int) -> JsonNode:
        first = self._text[at : at + 1]
        if first in ("{", "["):
            if depth > MAX_DEPTH:
                raise InvalidJsonError("nested too deeply", at)
            return self._parse_object(at, depth) if first == "{" else self._parse_array(at, depth)
        return self._parse_string(at) if first == '"' else self._parse_plain(at)

    def _parse_string(self, at: int) -> JsonNode:
        found = _STRING.match(self._text, at)
        if found is None:
            raise self._make_string_error(at)
        return JsonNode(JsonKind.STRING, at, found.end(), _decode(found.group()))

    def _make_string_error(self, start: int) -> InvalidJsonError:
        """Creates the error at the first invalid character, or at the start if the closing quote is missing."""
        open_string = _OPEN_STRING.match(self._text, start)
        fault = open_string.end() if open_string else start
        if fault == len(self._text):
            return InvalidJsonError("unterminated string", start)
        what = "unknown escape" if self._text[fault] == "\\" else "character that must be escaped"
        return InvalidJsonError(f"invalid string: {what}", fault)

    def _parse_plain(self, at: int) -> JsonNode:
        if found := _NUMBER.match(self._text, at):
            return JsonNode(JsonKind.NUMBER, at, found.end())
        for word, kind in _WORDS.items():
            if self._text.startswith(word, at):
                return JsonNode(kind, at, at + len(word))
        raise InvalidJsonError("expected a value" if at < len(self._text) else UNEXPECTED_END, at)

    def _parse_array(self, start: int, depth: int) -> JsonNode:
        items: list[JsonNode] = []
        at = self.skip_space(start + 1)
        more = not self._text.startswith("]", at)
        while more:
            item = self.parse_value(at, depth + 1)
            items.append(item)
            at, more = self._skip_comma(item.end, "]")
        return JsonNode(JsonKind.ARRAY, start, at + 1, items=tuple(items))

    def _parse_object(self, start: int, depth: int) -> JsonNode:
        pairs: list[tuple[JsonNode, JsonNode]] = []
        seen: set[str] = set()
        at = self.skip_space(start + 1)
        more = not self._text.startswith("}", at)
        while more:
            key = self._parse_key(at)
            if key.string in seen:
                raise InvalidJsonError(f"duplicate key {key.string}", at)
            seen.add(key.string)
            value = self.parse_value(self._skip_colon(key.end), depth + 1)
            pairs.append((key, value))
            at, more = self._skip_comma(value.end, "}")
        return JsonNode(JsonKind.OBJECT, start, at + 1, pairs=tuple(pairs))

    def _parse_key(self, at: int) -> JsonNode:
        if self._text.startswith('"', at):
            return self._parse_string(at)
        raise InvalidJsonError("expected a key in quotes" if at < len(self._text) else UNEXPECTED_END, at)

    def _skip_colon(self, at: int) -> int:
        colon = self.skip_space(at)
        if not self._text.startswith(":", colon):
            raise InvalidJsonError("expected a colon" if colon < len(self._text) else UNEXPECTED_END, colon)
        return self.skip_space(colon + 1)

    def _skip_comma(self, at: int, closing: str) -> tuple[int, bool]:
        """Returns, after a member or item, the start of the next one and True, or the closing bracket and False."""
        at = self.skip_space(at)
        sign = self._text[at : at + 1]
        if sign == closing:
            return at, False
        if sign != ",":
            raise InvalidJsonError(f"expected a comma or {closing}" if sign else UNEXPECTED_END, at)
        return self.skip_space(at + 1), True
