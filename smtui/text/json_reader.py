"""Parses JSON (RFC 8259) into nodes that know their positions.

Two readers could understand some texts differently: an object that names a key twice, NaN and Infinity. They are
invalid here, and so is nesting beyond 64 levels. A lone surrogate in an escape (`"\\ud800"`) is valid JSON and stays
valid. Numbers are never converted, so neither their size nor their spelling matters.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

MAX_DEPTH = 64
_SPACE = re.compile(r"[ \t\n\r]*")
_OPEN_STRING = re.compile(r'"[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*)*')
_STRING = re.compile(_OPEN_STRING.pattern + '"')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


class JsonKind(Enum):
    OBJECT = "object"
    ARRAY = "array"
    STRING = "string"
    NUMBER = "number"
    BOOLEAN = "boolean"
    NULL = "null"


_WORDS = {"true": JsonKind.BOOLEAN, "false": JsonKind.BOOLEAN, "null": JsonKind.NULL}


class InvalidJsonError(ValueError):
    """The text is not JSON. The message names no value; `position` is the offset of the fault in characters."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


@dataclass(slots=True, repr=False)
class JsonNode:
    """One JSON value, at `text[start:end]` of the text it was parsed from.

    Args:
        string: the characters of a string, with escapes decoded; empty for every other kind.
        items: the elements of an array.
        pairs: the keys and values of an object, in their order.
    """

    kind: JsonKind
    start: int
    end: int
    string: str = ""
    items: tuple[JsonNode, ...] = ()
    pairs: tuple[tuple[JsonNode, JsonNode], ...] = ()


def parse_json(text: str) -> JsonNode:
    """Parses a whole text.

    Raises:
        InvalidJsonError: at the first fault.
    """
    if text.startswith("\ufeff"):
        raise InvalidJsonError("it begins with a byte order mark", 0)
    parser = _Parser(text)
    node = parser.parse_value(parser.skip_space(0), 1)
    end = parser.skip_space(node.end)
    if end < len(text):
        raise InvalidJsonError("nothing may stand behind its end", end)
    return node


def locate(text: str, position: int) -> tuple[int, int]:
    """Line and column of an offset, both counted from 1."""
    return text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)


def find_strings(text: str) -> Iterator[tuple[str, str]]:
    """Every string in a text that may be JSON or nearly so: as it is spelled, with its quotes, and what it says."""
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
                raise InvalidJsonError("it is nested too deeply", at)
            return self._parse_object(at, depth) if first == "{" else self._parse_array(at, depth)
        return self._parse_string(at) if first == '"' else self._parse_plain(at)

    def _parse_string(self, at: int) -> JsonNode:
        found = _STRING.match(self._text, at)
        if found is None:
            raise self._create_string_error(at)
        return JsonNode(JsonKind.STRING, at, found.end(), _decode(found.group()))

    def _create_string_error(self, start: int) -> InvalidJsonError:
        """At the first character that makes it no string, or at its beginning where its end is missing."""
        open_string = _OPEN_STRING.match(self._text, start)
        fault = open_string.end() if open_string else start
        if fault == len(self._text):
            return InvalidJsonError("this text is not closed", start)
        what = "an unknown escape" if self._text[fault] == "\\" else "a character that has to be escaped"
        return InvalidJsonError(f"this text is not well formed: {what}", fault)

    def _parse_plain(self, at: int) -> JsonNode:
        if found := _NUMBER.match(self._text, at):
            return JsonNode(JsonKind.NUMBER, at, found.end())
        for word, kind in _WORDS.items():
            if self._text.startswith(word, at):
                return JsonNode(kind, at, at + len(word))
        raise InvalidJsonError("this is no JSON" if at < len(self._text) else "it ends too early", at)

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
                raise InvalidJsonError(f"{key.string} is there twice", at)
            seen.add(key.string)
            value = self.parse_value(self._skip_colon(key.end), depth + 1)
            pairs.append((key, value))
            at, more = self._skip_comma(value.end, "}")
        return JsonNode(JsonKind.OBJECT, start, at + 1, pairs=tuple(pairs))

    def _parse_key(self, at: int) -> JsonNode:
        if self._text.startswith('"', at):
            return self._parse_string(at)
        raise InvalidJsonError("a name in quotes is wanted here" if at < len(self._text) else "it ends too early", at)

    def _skip_colon(self, at: int) -> int:
        colon = self.skip_space(at)
        if not self._text.startswith(":", colon):
            raise InvalidJsonError("a colon is wanted here" if colon < len(self._text) else "it ends too early", colon)
        return self.skip_space(colon + 1)

    def _skip_comma(self, at: int, closing: str) -> tuple[int, bool]:
        """Behind a member or item: where the next one begins, and True; or where the bracket closes, and False."""
        at = self.skip_space(at)
        sign = self._text[at : at + 1]
        if sign == closing:
            return at, False
        if sign != ",":
            raise InvalidJsonError(f"a comma or {closing} is wanted here" if sign else "it ends too early", at)
        return self.skip_space(at + 1), True
