"""The aws CLI's shorthand for structures: `Key=env,Value=prod` and `Key=name,Values=prod/,test/`.

Read along the shape, so that `Values=a,b` is a list because the contract says so. Quotes and backslashes protect
commas: `Value='a,b'`, `Value=a\\,b`. Lists may stand in brackets, structures in braces.

https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-shorthand.html
"""

from __future__ import annotations

import re
from typing import Any

from smtui.api.shapes import Flag, Integer, List, Shape, Structure

_KEY = re.compile(r"\s*([\w.#/:-]+)\s*=")
_QUOTES = "'\""


class ShorthandError(ValueError):
    """Says what was expected where; never what stood there."""


def read(text: str, shape: Structure) -> dict[str, Any]:
    """One structure. Raises ShorthandError."""
    reader = _Reader(text)
    found = reader.structure(shape, closing="")
    if not reader.at_end():
        raise reader.expected("a comma")
    return found


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def at_end(self) -> bool:
        return self._at >= len(self._text)

    def expected(self, what: str) -> ShorthandError:
        where = "the end" if self.at_end() else f"character {self._at + 1}"
        return ShorthandError(f"expected {what} at {where}")

    def structure(self, shape: Structure, closing: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while True:
            key = self._key(shape)
            if key in found:
                raise ShorthandError(f"{key} is given twice")
            found[key] = self._value(shape.members[key], closing)
            if not self._skip(","):
                return found

    def _key(self, shape: Structure) -> str:
        match = _KEY.match(self._text, self._at)
        if match is None:
            raise self.expected(f"one of {', '.join(f'{name}=' for name in shape.members)}")
        if match[1] not in shape.members:
            raise ShorthandError(f"unknown key at character {self._at + 1}; valid keys are {', '.join(shape.members)}")
        self._at = match.end()
        return match[1]

    def _value(self, shape: Shape, closing: str) -> Any:
        match shape:
            case List():
                return self._list(shape, closing)
            case Structure():
                return self._braced(shape)
        text = self._word(closing)
        if isinstance(shape, Integer | Flag):
            return scalar(text, shape)
        return text

    def _braced(self, shape: Structure) -> dict[str, Any]:
        self._need("{")
        found = self.structure(shape, closing="}")
        self._need("}")
        return found

    def _list(self, shape: List, closing: str) -> list[Any]:
        if self._skip("["):
            return self._bracketed(shape)
        found = [self._value(shape.item, closing)]
        while self._peek() == "," and not _KEY.match(self._text, self._at + 1):
            self._at += 1
            found.append(self._value(shape.item, closing))
        return found

    def _bracketed(self, shape: List) -> list[Any]:
        found: list[Any] = []
        if self._skip("]"):
            return found
        while True:
            found.append(self._value(shape.item, "]"))
            if not self._skip(","):
                self._need("]")
                return found

    def _word(self, closing: str) -> str:
        self._skip_spaces()
        if self._peek() and self._peek() in _QUOTES:
            return self._quoted()
        found: list[str] = []
        while (character := self._peek()) and character != "," and (not closing or character != closing):
            found.append(self._unescaped(",\\" + closing))
        return "".join(found).rstrip()

    def _quoted(self) -> str:
        quote = self._peek()
        self._at += 1
        found: list[str] = []
        while (character := self._peek()) != quote:
            if not character:
                raise self.expected(f"a closing {quote}")
            found.append(self._unescaped("\\" + quote))
        self._at += 1
        self._skip_spaces()
        return "".join(found)

    def _unescaped(self, escapable: str) -> str:
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

    def _need(self, mark: str) -> None:
        if not self._skip(mark):
            raise self.expected(mark)


def scalar(text: str, shape: Integer | Flag) -> int | bool:
    """A number or a truth value as it is spelled on a command line."""
    if isinstance(shape, Flag):
        if text.lower() not in ("true", "false"):
            raise ShorthandError("expected true or false")
        return text.lower() == "true"
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", text):
        raise ShorthandError("expected a whole number")
    return int(text)
