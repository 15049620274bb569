"""JSON with positions: every value knows its line and column, and nothing that two readers could read differently.

A member that is there twice, NaN, half a surrogate pair and nesting without end are refused, as `PolicyJsonError`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from smtui.text.json_object import is_encodable
from smtui.text.json_reader import InvalidJsonError, JsonKind, JsonNode, locate, parse_json

_WORDS = {"true": ("flag", True), "false": ("flag", False), "null": ("null", None)}


@dataclass(frozen=True, slots=True)
class Place:
    """Line and column, both from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Node:
    """One JSON value. `value` is a text, bool, None, a number as it is spelled, a list of nodes, or of members."""

    kind: str
    value: object
    place: Place

    @property
    def items(self) -> list[Node]:
        """The elements of a list; any other value by itself, as the policy language reads it."""
        return self.value if self.kind == "list" else [self]  # type: ignore[return-value]

    @property
    def members(self) -> dict[str, Member]:
        return self.value if self.kind == "object" else {}  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class Member:
    """One member of an object."""

    key: Node
    value: Node


class PolicyJsonError(ValueError):
    """What is wrong, and where."""

    def __init__(self, sentence: str, place: Place) -> None:
        super().__init__(sentence)
        self.place = place


def read(text: str) -> Node:
    """Raises PolicyJsonError."""
    try:
        return _Places(text).node(parse_json(text))
    except InvalidJsonError as error:
        raise PolicyJsonError(str(error), Place(*locate(text, error.position))) from None


class _Places:
    """Knows on which line and column an offset is."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0, *(found.end() for found in re.finditer("\n", text))]

    def place(self, at: int) -> Place:
        line = bisect_right(self._starts, at)
        return Place(line, at - self._starts[line - 1] + 1)

    def node(self, found: JsonNode) -> Node:
        """Raises PolicyJsonError for half a surrogate pair, which JSON allows and no policy needs."""
        place = self.place(found.start)
        spelled = self._text[found.start : found.end]
        match found.kind:
            case JsonKind.OBJECT:
                members = (Member(self.node(key), self.node(value)) for key, value in found.pairs)
                return Node("object", {str(member.key.value): member for member in members}, place)
            case JsonKind.ARRAY:
                return Node("list", [self.node(item) for item in found.items], place)
            case JsonKind.STRING:
                if not is_encodable(found.string):
                    raise PolicyJsonError("this text is not well formed", place)
                return Node("text", found.string, place)
            case JsonKind.NUMBER:
                return Node("number", spelled, place)
        return Node(*_WORDS[spelled], place)
