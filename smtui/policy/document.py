"""JSON with positions: every value knows its line and column, and nothing that two readers could read differently.

A member that is there twice, NaN, half a surrogate pair and nesting without end are refused, as `NotJson`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

DEEPEST = 64
_SPACE = re.compile(r"[ \t\n\r]*")
_TEXT = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"', re.DOTALL)
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_WORDS = {"true": True, "false": False, "null": None}


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


class NotJson(ValueError):
    """What is wrong, and where."""

    def __init__(self, sentence: str, place: Place) -> None:
        super().__init__(sentence)
        self.place = place


def read(text: str) -> Node:
    """Raises NotJson."""
    reader = _Reader(text)
    node, at = reader.value(reader.skip(0), 0)
    if reader.skip(at) < len(text):
        raise NotJson("nothing may stand behind its end", reader.place(reader.skip(at)))
    return node


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0, *(found.end() for found in re.finditer("\n", text))]

    def place(self, at: int) -> Place:
        from bisect import bisect_right

        line = bisect_right(self._starts, at)
        return Place(line, at - self._starts[line - 1] + 1)

    def skip(self, at: int) -> int:
        space = _SPACE.match(self._text, at)
        return space.end() if space else at

    def value(self, at: int, depth: int) -> tuple[Node, int]:
        if depth > DEEPEST:
            raise NotJson("it is nested too deeply", self.place(at))
        first = self._text[at : at + 1]
        if first == "{":
            return self._object(at, depth)
        if first == "[":
            return self._list(at, depth)
        return self._plain(at)

    def _plain(self, at: int) -> tuple[Node, int]:
        place = self.place(at)
        if found := _TEXT.match(self._text, at):
            return Node("text", self._unescaped(found.group(), at), place), found.end()
        if found := _NUMBER.match(self._text, at):
            return Node("number", found.group(), place), found.end()
        for word, value in _WORDS.items():
            if self._text.startswith(word, at):
                return Node("null" if value is None else "flag", value, place), at + len(word)
        raise NotJson("this is no JSON" if at < len(self._text) else "it ends too early", place)

    def _unescaped(self, quoted: str, at: int) -> str:
        try:
            text: str = json.loads(quoted)
            text.encode()
        except ValueError:
            raise NotJson("this text is not well formed", self.place(at)) from None
        return text

    def _list(self, at: int, depth: int) -> tuple[Node, int]:
        items: list[Node] = []
        for item_at in self._commas(end := [at], "]"):
            item, end[0] = self.value(item_at, depth + 1)
            items.append(item)
        return Node("list", items, self.place(at)), end[0]

    def _object(self, at: int, depth: int) -> tuple[Node, int]:
        members: dict[str, Member] = {}
        for key_at in self._commas(end := [at], "}"):
            key, after = self.value(key_at, depth + 1)
            if key.kind != "text":
                raise NotJson("a name in quotes is wanted here", key.place)
            if key.value in members:
                raise NotJson(f"{key.value} is there twice", key.place)
            colon = self.skip(after)
            if self._text[colon : colon + 1] != ":":
                raise NotJson("a colon is wanted here", self.place(colon))
            value, end[0] = self.value(self.skip(colon + 1), depth + 1)
            members[str(key.value)] = Member(key, value)
        return Node("object", members, self.place(at)), end[0]

    def _commas(self, end: list[int], closing: str) -> Iterator[int]:
        """Where each item of a list or object begins; `end` is where the one before ended, and then the whole."""
        at = self.skip(end[0] + 1)
        if self._text[at : at + 1] == closing:
            end[0] = at + 1
            return
        while True:
            yield at
            at = self.skip(end[0])
            mark = self._text[at : at + 1]
            if mark == closing:
                end[0] = at + 1
                return
            if mark != ",":
                raise NotJson(f"a comma or {closing} is wanted here" if mark else "it ends too early", self.place(at))
            at = self.skip(at + 1)
