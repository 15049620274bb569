"""Parses external JSON strictly, and rejects what parsers interpret differently.

Duplicate keys, NaN, Infinity, lone surrogates and nesting deeper than 64 levels are errors. Numbers keep their
spelling. Error messages do not quote the text, because it can contain secrets.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from smtui.text.interruption import check_interruption

MAX_DEPTH = 64
_SURROGATE = re.compile("[\ud800-\udfff]")


class StrictJsonError(ValueError):
    """The text is not valid strict JSON. The message contains the reason and, for syntax errors, the position."""


class Number(str):
    """A number, as it is spelled in the text."""

    __slots__ = ()


def parse_strict_json(text: str) -> Any:
    """Parses a JSON text. Numbers become `Number`.

    Raises:
        StrictJsonError: if the text is not valid.
    """
    with _map_errors():
        value = _DECODER.decode(text)
    _check(value, text)
    return value


def parse_first_value(text: str, at: int) -> tuple[Any, int]:
    """Parses the JSON value at offset `at` of a longer text. Returns the value and the offset of its end.

    Raises:
        StrictJsonError: if there is no valid value at the offset.
    """
    with _map_errors():
        value, end = _DECODER.raw_decode(text, at)
    _check(value, text[at:end])
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
    """Formats a value of `parse_strict_json`, or a plain Python value, as compact JSON."""
    match value:
        case Number():
            return str(value)
        case dict():
            return "{" + ",".join(f"{_quote(key)}:{format_json(member)}" for key, member in value.items()) + "}"
        case list():
            return "[" + ",".join(format_json(item) for item in value) + "]"
    return _quote(value)


def convert_numbers(value: Any) -> Any:
    """Returns the value with each `Number` as an int or float. Integers of 20 or more characters become floats."""
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
    check_interruption()
    found = dict(pairs)
    if len(found) != len(pairs):
        raise StrictJsonError("duplicate key in an object")
    return found


def _reject_constant(_: str) -> NoReturn:
    raise StrictJsonError("NaN and Infinity are not JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_build_object, parse_int=Number, parse_float=Number,
                            parse_constant=_reject_constant)


def _check(value: Any, text: str) -> None:
    """Checks a value, where its text does not already show that it is not too deep and has no surrogates."""
    if not text.isascii() or "\\u" in text:
        _validate(value, 0)
    elif text.count("[") + text.count("{") > MAX_DEPTH:
        _check_depth(value, 0)


def _check_depth(value: dict[str, Any] | list[Any], depth: int) -> None:
    """The part of `_validate` for a text that has no surrogates: it visits containers only."""
    check_interruption()
    if value and depth == MAX_DEPTH:
        raise StrictJsonError(f"nested deeper than {MAX_DEPTH} levels")
    for member in value.values() if type(value) is dict else value:
        if type(member) is dict or type(member) is list:
            _check_depth(member, depth + 1)


def _validate(value: Any, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise StrictJsonError(f"nested deeper than {MAX_DEPTH} levels")
    match value:
        case dict():
            for key, member in value.items():
                check_interruption()
                _validate(key, depth)
                _validate(member, depth + 1)
        case list():
            for item in value:
                _validate(item, depth + 1)
        case str():
            if not value.isascii() and _SURROGATE.search(value):
                raise StrictJsonError("a string contains a lone surrogate")
