"""JSON from outside, read strictly: what two readers could understand differently is refused.

Double keys, NaN, Infinity, lone surrogates and nesting beyond 64 levels are errors. Numbers keep their spelling, so
that text read and written again says the same. No error quotes the text: it may hold a secret.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

DEEPEST = 64
_SURROGATE = re.compile("[\ud800-\udfff]")


class JsonError(ValueError):
    """Not JSON as we accept it; the sentence says why and, where known, on which line."""


class Number(str):
    """A number as it was spelled."""

    __slots__ = ()


def read(text: str) -> Any:
    """The value of a JSON text, its numbers as `Number`. Raises JsonError."""
    with _as_ours():
        value = _DECODER.decode(text)
    if not _plainly_good(text):
        _judge(value, 0)
    return value


def read_first(text: str, at: int) -> tuple[Any, int]:
    """The value that begins at a place of a longer text, and where it ends. Raises JsonError."""
    with _as_ours():
        value, end = _DECODER.raw_decode(text, at)
    if not _plainly_good(text[at:end]):
        _judge(value, 0)
    return value, end


@contextmanager
def _as_ours() -> Iterator[None]:
    try:
        yield
    except json.JSONDecodeError as error:
        raise JsonError(f"not JSON: {error.msg.lower()} at line {error.lineno}, column {error.colno}") from error
    except RecursionError:
        raise JsonError(f"nested deeper than {DEEPEST} levels") from None


def write(value: Any) -> str:
    """A value that `read` gave, or plain Python, as compact JSON."""
    match value:
        case Number():
            return str(value)
        case dict():
            return "{" + ",".join(f"{_quoted(key)}:{write(member)}" for key, member in value.items()) + "}"
        case list():
            return "[" + ",".join(write(item) for item in value) + "]"
    return _quoted(value)


def plain(value: Any) -> Any:
    """The value with its numbers as Python's."""
    match value:
        case Number():
            return int(value) if value.lstrip("-").isdigit() and len(value) < 20 else float(value)
        case dict():
            return {key: plain(member) for key, member in value.items()}
        case list():
            return [plain(item) for item in value]
    return value


def _quoted(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise JsonError("an object names one of its keys twice")
    return found


def _no_constant(_: str) -> NoReturn:
    raise JsonError("NaN and Infinity are not JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_int=Number, parse_float=Number,
                            parse_constant=_no_constant)


def _plainly_good(text: str) -> bool:
    """Whether a look at the text says already that it is not too deep, and that no surrogate hides in it."""
    return text.isascii() and "\\u" not in text and text.count("[") + text.count("{") <= DEEPEST


def _judge(value: Any, depth: int) -> None:
    if depth > DEEPEST:
        raise JsonError(f"nested deeper than {DEEPEST} levels")
    match value:
        case dict():
            for key, member in value.items():
                _judge(key, depth)
                _judge(member, depth + 1)
        case list():
            for item in value:
                _judge(item, depth + 1)
        case str():
            if not value.isascii() and _SURROGATE.search(value):
                raise JsonError("a text holds half of a character pair (a lone surrogate)")
