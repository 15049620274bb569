"""Whether a request fits its shape.

Two refusals, as with boto3: what its client refuses before sending (missing, unknown, wrongly typed, too small), and
what the service refuses against its model (too large, not of the pattern, not one of the words). Neither quotes a
value: it may be a secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from smtui.api.errors import InvalidParameterException, ParamValidationError, ValidationException
from smtui.api.shapes import Blob, Flag, Integer, List, Map, Shape, Structure, Text, Timestamp

_TYPES: dict[type, tuple[type, ...]] = {
    Text: (str,), Integer: (int,), Flag: (bool,), Timestamp: (datetime,), List: (list, tuple), Map: (dict,),
    Structure: (dict,), Blob: (bytes, bytearray, str),
}


def checked(shape: Structure, params: Mapping[str, Any]) -> dict[str, Any]:
    """The request, with blobs as bytes. Raises ParamValidationError, ValidationException, InvalidParameterException."""
    request = {name: _blob(value) if isinstance(shape.members.get(name), Blob) else value
               for name, value in params.items()}
    if report := list(_client_side(shape, request, "")):
        raise ParamValidationError("Parameter validation failed:\n" + "\n".join(report))
    if violations := list(_service_side(shape, request, "")):
        count = f"{len(violations)} validation error{'s' if len(violations) > 1 else ''} detected"
        # The service has an error of its own for the size of a policy.
        of_policy = all("'resourcePolicy'" in each for each in violations)
        refusal = InvalidParameterException if of_policy else ValidationException
        raise refusal(f"{count}: {'; '.join(violations)}")
    return request


def _blob(value: Any) -> Any:
    if hasattr(value, "read"):
        value = value.read()
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    return bytes(value) if isinstance(value, bytearray) else value


def _client_side(shape: Shape, value: Any, at: str) -> Iterator[str]:
    if not _of_type(shape, value):
        names = ", ".join(str(kind) for kind in _TYPES[type(shape)])
        yield f"Invalid type for parameter {at}, type: {type(value)}, valid types: {names}"
        return
    match shape:
        case Structure():
            yield from _structure(shape, value, at)
        case List():
            yield from _too_small("length", len(value), shape.min, at)
            for number, item in enumerate(value):
                yield from _client_side(shape.item, item, f"{at}[{number}]")
        case Text() | Blob():
            yield from _too_small("length", len(value), shape.min, at)
        case Integer():
            yield from _too_small("range", value, shape.min, at)


def _of_type(shape: Shape, value: Any) -> bool:
    """A bool is an int to Python, not to the contract."""
    return isinstance(value, _TYPES[type(shape)]) and isinstance(value, bool) == isinstance(shape, Flag)


def _structure(shape: Structure, value: Mapping[str, Any], at: str) -> Iterator[str]:
    where = at or "input"
    for name in shape.required:
        if name not in value:
            yield f'Missing required parameter in {where}: "{name}"'
    for name, member in value.items():
        if name in shape.members:
            yield from _client_side(shape.members[name], member, f"{at}.{name}" if at else name)
        else:
            yield f'Unknown parameter in {where}: "{_word(name)}", must be one of: {", ".join(shape.members)}'


def _word(name: object) -> str:
    """A member's name as given, unless it is none: a value in the wrong place must not be quoted."""
    return name if isinstance(name, str) and re.fullmatch(r"[A-Za-z]{1,64}", name) else "?"


def _too_small(what: str, size: int, least: int | None, at: str) -> Iterator[str]:
    if least is not None and size < least:
        yield f"Invalid {what} for parameter {at}, value: {size}, valid min {what.replace('range', 'value')}: {least}"


def _service_side(shape: Shape, value: Any, at: str) -> Iterator[str]:
    match shape:
        case Structure():
            for name, member in value.items():
                yield from _service_side(shape.members[name], member, f"{at}.{_camel(name)}" if at else _camel(name))
        case List():
            if shape.max is not None and len(value) > shape.max:
                yield _violation(at, f"Member must have length less than or equal to {shape.max}")
            for number, item in enumerate(value, 1):
                yield from _service_side(shape.item, item, f"{at}.{number}.member")
        case Text():
            yield from _text(shape, value, at)
        case Blob() if shape.max is not None and len(value) > shape.max:
            yield _violation(at, f"Member must have length less than or equal to {shape.max}")
        case Integer() if shape.max is not None and value > shape.max:
            yield _violation(at, f"Member must have value less than or equal to {shape.max}")


def _text(shape: Text, value: str, at: str) -> Iterator[str]:
    if any("\ud800" <= character <= "\udfff" for character in value):
        yield _violation(at, "Member must be valid Unicode text")
    if shape.max is not None and len(value) > shape.max:
        yield _violation(at, f"Member must have length less than or equal to {shape.max}")
    if shape.enum and value not in shape.enum:
        yield _violation(at, f"Member must satisfy enum value set: [{', '.join(shape.enum)}]")
    if shape.pattern and not re.search(shape.pattern.replace("$", r"\Z"), value):
        yield _violation(at, f"Member must satisfy regular expression pattern: {shape.pattern}")


def _violation(at: str, constraint: str) -> str:
    return f"Value at '{at}' failed to satisfy constraint: {constraint}"


def _camel(name: str) -> str:
    return name[:1].lower() + name[1:]
