"""Reads YAML from others within bounds, into the types of `strict_json`.

Documents are built from the events of PyYAML's parser, so that no tag can construct an object. Aliases, duplicate keys
and nesting deeper than 64 levels are refused: aliases multiply a short text without limit. Numbers keep their spelling.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from smtui.text.interruption import check_interruption
from smtui.text.strict_json import MAX_DEPTH, Number
from smtui.transfer.entry import make_unreadable_error

MAX_EVENTS = 2_000_000
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_CONSTANTS = {"": None, "~": None, "null": None, "Null": None, "NULL": None, "true": True, "True": True, "TRUE": True,
              "false": False, "False": False, "FALSE": False}
_TEXT_TAGS = ("tag:yaml.org,2002:str", "!")


class YamlError(ValueError):
    """The text is not valid YAML, or uses what is refused. The message quotes nothing of it."""


class UnsupportedYamlError(YamlError):
    """The text may be valid YAML, but uses what is refused: aliases, deep nesting, tags, duplicate keys."""


def parse_documents(text: str, file: str) -> list[Any]:
    """The documents of a file, without empty ones. `file` is its name in messages. Raises YamlError."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return [document for document in _Builder(yaml.parse(text, loader)).build_all() if document is not None]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise YamlError(f"{file}: not valid YAML{f' (line {mark.line + 1})' if mark else ''}") from None
    except RecursionError:
        raise UnsupportedYamlError(f"{file}: it is nested deeper than {MAX_DEPTH} levels") from None


def require_documents(text: str, file: str) -> list[Any]:
    """Like `parse_documents`. Raises UnreadableFileError."""
    try:
        return parse_documents(text, file)
    except YamlError as error:
        raise make_unreadable_error(file, str(error).removeprefix(f"{file}: ")) from None


class _Builder:
    """Builds values from a stream of parser events."""

    def __init__(self, events: Iterator[Any]) -> None:
        self._events = events
        self._seen = 0

    def build_all(self) -> Iterator[Any]:
        while (event := self._next()) is not None:
            if type(event).__name__ == "DocumentStartEvent":
                yield self._build(self._next(), 0)

    def _next(self) -> Any:
        check_interruption()
        self._seen += 1
        if self._seen > MAX_EVENTS:
            raise UnsupportedYamlError("it is too large")
        return next(self._events, None)

    def _build(self, event: Any, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise UnsupportedYamlError(f"it is nested deeper than {MAX_DEPTH} levels")
        match type(event).__name__:
            case "ScalarEvent":
                return _convert_scalar(event)
            case "SequenceStartEvent":
                return self._build_list(depth)
            case "MappingStartEvent":
                return self._build_mapping(depth)
        raise UnsupportedYamlError("it uses aliases (*NAME), which are not supported: each can repeat a large part")

    def _build_list(self, depth: int) -> list[Any]:
        items: list[Any] = []
        while type(event := self._next()).__name__ != "SequenceEndEvent":
            items.append(self._build(event, depth + 1))
        return items

    def _build_mapping(self, depth: int) -> dict[str, Any]:
        members: dict[str, Any] = {}
        while type(event := self._next()).__name__ != "MappingEndEvent":
            key = event.value if type(event).__name__ == "ScalarEvent" else None
            if not isinstance(key, str):
                raise UnsupportedYamlError("a key is not text")
            if key in members:
                raise UnsupportedYamlError("a key is given twice")
            members[key] = self._build(self._next(), depth + 1)
        return members


def _convert_scalar(event: Any) -> Any:
    text = str(event.value)
    if event.tag and event.tag not in _TEXT_TAGS and not event.tag.startswith("tag:yaml.org,2002:"):
        raise UnsupportedYamlError("it has a tag, which is not supported: text that begins with ! needs quotes")
    is_plain = event.implicit[0]
    if not is_plain or event.tag in _TEXT_TAGS:
        return text
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    return Number(text) if _NUMBER.fullmatch(text) else text
