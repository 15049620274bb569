"""The JSON text of a policy as nodes with line and column.

Duplicate members, NaN, unpaired surrogates and deep nesting are refused, as JSON parsers disagree about them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from smtui.text.json_object import is_encodable
from smtui.text.json_reader import InvalidJsonError, JsonKind, JsonNode, locate, parse_json

_WORDS = {"true": ("flag", True), "false": ("flag", False), "null": ("null", None)}


@dataclass(frozen=True, slots=True)
class Position:
    """A position in the text: line and column, both from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Node:
    """One JSON value.

    Attributes:
        kind: text, number, flag, null, list or object.
        value: a text, a number as text, a bool, None, a list of nodes, or members by name.
    """

    kind: str
    value: object
    position: Position

    @property
    def items(self) -> list[Node]:
        """The elements of a list. Any other value is its own only element, as in the policy language."""
        return self.value if self.kind == "list" else [self]  # type: ignore[return-value]

    @property
    def members(self) -> dict[str, Member]:
        """The members of an object by name; empty for any other value."""
        return self.value if self.kind == "object" else {}  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class Member:
    """One member of an object."""

    key: Node
    value: Node


class PolicyJsonError(ValueError):
    """The text is not JSON that a policy can use; `position` is that of the fault."""

    def __init__(self, sentence: str, position: Position) -> None:
        super().__init__(sentence)
        self.position = position


def parse_document(text: str) -> Node:
    """Parses the JSON text of a policy.

    Raises:
        PolicyJsonError: the text is not JSON, or contains what parsers disagree about.
    """
    try:
        return _Positions(text).convert_node(parse_json(text))
    except InvalidJsonError as error:
        raise PolicyJsonError(str(error), Position(*locate(text, error.position))) from None


class _Positions:
    """Converts nodes of the JSON reader, whose positions are offsets, to nodes with line and column."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0, *(found.end() for found in re.finditer("\n", text))]

    def locate(self, at: int) -> Position:
        line = bisect_right(self._starts, at)
        return Position(line, at - self._starts[line - 1] + 1)

    def convert_node(self, found: JsonNode) -> Node:
        """Converts a node and its children.

        Raises:
            PolicyJsonError: a text contains an unpaired surrogate.
        """
        position = self.locate(found.start)
        text = self._text[found.start : found.end]
        match found.kind:
            case JsonKind.OBJECT:
                members = (Member(self.convert_node(key), self.convert_node(value)) for key, value in found.pairs)
                return Node("object", {str(member.key.value): member for member in members}, position)
            case JsonKind.ARRAY:
                return Node("list", [self.convert_node(item) for item in found.items], position)
            case JsonKind.STRING:
                if not is_encodable(found.string):
                    raise PolicyJsonError("this text is not well formed", position)
                return Node("text", found.string, position)
            case JsonKind.NUMBER:
                return Node("number", text, position)
        return Node(*_WORDS[text], position)
