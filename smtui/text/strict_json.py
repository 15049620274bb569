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

MAX_DEPTH = 64
_SURROGATE = re.compile("[\ud800-\udfff]")


class StrictJsonError(ValueError):
    """Not JSON as we accept it; the sentence says why and, where known, on which line."""


class Number(str):
    """A number as it was spelled."""

    __slots__ = ()


def parse_strict_json(text: str) -> Any:
    """The value of a JSON text, its numbers as `Number`. Raises StrictJsonError."""
    with _map_errors():
        value = _DECODER.decode(text)
    if not _is_plainly_valid(text):
        _validate(value, 0)
    return value


def parse_first_value(text: str, at: int) -> tuple[Any, int]:
    """The value that begins at a place of a longer text, and where it ends. Raises StrictJsonError."""
    with _map_errors():
        value, end = _DECODER.raw_decode(text, at)
    if not _is_plainly_valid(text[at:end]):
        _validate(value, 0)
    return value, end


@contextmanager
def _map_errors() -> Iterator[None]:
    try:
        yield
    except json.JSONDecodeError as error:
        raise StrictJsonError(f"not JSON: {error.msg.lower()} at line {error.lineno}, column {error.colno}") from error
    except RecursionError:
        raise StrictJsonError(f"nested deeper than {MAX_DEPTH} levels") from None


def format_json(value: Any) -> str:
    """A value that `read` gave, or plain Python, as compact JSON."""
    match value:
        case Number():
            return str(value)
        case dict():
            return "{" + ",".join(f"{_quote(key)}:{format_json(member)}" for key, member in value.items()) + "}"
        case list():
            return "[" + ",".join(format_json(item) for item in value) + "]"
    return _quote(value)


def convert_numbers(value: Any) -> Any:
    """The value with its numbers as Python's."""
    match value:
        case Number():
            return int(value) if value.lstrip("-").isdigit() and len(value) < 20 else float(value)
        case dict():
            return {key: convert_numbers(member) for key, member in value.items()}
        case list():
            return [convert_numbers(item) for item in value]
    return value


def _quote(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _build_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise StrictJsonError("an object names one of its keys twice")
    return found


def _reject_constant(_: str) -> NoReturn:
    raise StrictJsonError("NaN and Infinity are not JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_build_object, parse_int=Number, parse_float=Number,
                            parse_constant=_reject_constant)


def _is_plainly_valid(text: str) -> bool:
    """Whether a look at the text says already that it is not too deep, and that no surrogate hides in it."""
    return text.isascii() and "\\u" not in text and text.count("[") + text.count("{") <= MAX_DEPTH


def _validate(value: Any, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise StrictJsonError(f"nested deeper than {MAX_DEPTH} levels")
    match value:
        case dict():
            for key, member in value.items():
                _validate(key, depth)
                _validate(member, depth + 1)
        case list():
            for item in value:
                _validate(item, depth + 1)
        case str():
            if not value.isascii() and _SURROGATE.search(value):
                raise StrictJsonError("a text holds half of a character pair (a lone surrogate)")
