"""Parser of the aws CLI's shorthand syntax for structures: `Key=env,Value=prod`, `Key=name,Values=prod/,test/`.

The shape decides: `Values=a,b` is a list if the API model says so. Quotes and backslashes protect commas:
`Value='a,b'`, `Value=a\\,b`. Brackets may enclose lists, braces structures.

https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-shorthand.html
"""

from __future__ import annotations

import re
from typing import Any

from smtui.api.shapes import Flag, Integer, List, Shape, Structure

_KEY = re.compile(r"\s*([\w.#/:-]+)\s*=")
_QUOTES = "'\""


class ShorthandError(ValueError):
    """The message says what was expected where, without quoting the input."""


def parse(text: str, shape: Structure) -> dict[str, Any]:
    """Parses one structure. Raises ShorthandError."""
    parser = _Parser(text)
    found = parser.parse_structure(shape, closing="")
    if not parser.is_at_end():
        raise parser.make_error("a comma")
    return found


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def is_at_end(self) -> bool:
        return self._at >= len(self._text)

    def make_error(self, what: str) -> ShorthandError:
        where = "the end" if self.is_at_end() else f"character {self._at + 1}"
        return ShorthandError(f"expected {what} at {where}")

    def parse_structure(self, shape: Structure, closing: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while True:
            key = self._parse_key(shape)
            if key in found:
                raise ShorthandError(f"{key} is given twice")
            found[key] = self._parse_value(shape.members[key], closing)
            if not self._skip(","):
                return found

    def _parse_key(self, shape: Structure) -> str:
        match = _KEY.match(self._text, self._at)
        if match is None:
            raise self.make_error(f"one of {', '.join(f'{name}=' for name in shape.members)}")
        if match[1] not in shape.members:
            raise ShorthandError(f"unknown key at character {self._at + 1}; valid keys are {', '.join(shape.members)}")
        self._at = match.end()
        return match[1]

    def _parse_value(self, shape: Shape, closing: str) -> Any:
        match shape:
            case List():
                return self._parse_list(shape, closing)
            case Structure():
                return self._parse_braces(shape)
        text = self._parse_word(closing)
        if isinstance(shape, Integer | Flag):
            return parse_scalar(text, shape)
        return text

    def _parse_braces(self, shape: Structure) -> dict[str, Any]:
        self._require("{")
        found = self.parse_structure(shape, closing="}")
        self._require("}")
        return found

    def _parse_list(self, shape: List, closing: str) -> list[Any]:
        if self._skip("["):
            return self._parse_brackets(shape)
        found = [self._parse_value(shape.item, closing)]
        while self._peek() == "," and not _KEY.match(self._text, self._at + 1):
            self._at += 1
            found.append(self._parse_value(shape.item, closing))
        return found

    def _parse_brackets(self, shape: List) -> list[Any]:
        found: list[Any] = []
        if self._skip("]"):
            return found
        while True:
            found.append(self._parse_value(shape.item, "]"))
            if not self._skip(","):
                self._require("]")
                return found

    def _parse_word(self, closing: str) -> str:
        self._skip_spaces()
        if self._peek() and self._peek() in _QUOTES:
            return self._parse_quoted()
        found: list[str] = []
        while (character := self._peek()) and character != "," and (not closing or character != closing):
            found.append(self._next_character(",\\" + closing))
        return "".join(found).rstrip()

    def _parse_quoted(self) -> str:
        quote = self._peek()
        self._at += 1
        found: list[str] = []
        while (character := self._peek()) != quote:
            if not character:
                raise self.make_error(f"a closing {quote}")
            found.append(self._next_character("\\" + quote))
        self._at += 1
        self._skip_spaces()
        return "".join(found)

    def _next_character(self, escapable: str) -> str:
        """The next character; a backslash before one of `escapable` only protects it."""
        following = self._text[self._at + 1 : self._at + 2]
        if self._text[self._at] == "\\" and following and following in escapable:
            self._at += 1
        self._at += 1
        return self._text[self._at - 1]

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _skip_spaces(self) -> None:
        while self._peek().isspace():
            self._at += 1

    def _skip(self, mark: str) -> bool:
        self._skip_spaces()
        if self._peek() != mark:
            return False
        self._at += 1
        return True

    def _require(self, mark: str) -> None:
        if not self._skip(mark):
            raise self.make_error(mark)


def parse_scalar(text: str, shape: Integer | Flag) -> int | bool:
    """Parses a whole number or `true`/`false`. Raises ShorthandError."""
    if isinstance(shape, Flag):
        if text.lower() not in ("true", "false"):
            raise ShorthandError("expected true or false")
        return text.lower() == "true"
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", text):
        raise ShorthandError("expected a whole number")
    return int(text)
