"""Whether a request fits its shape.

Two refusals, as with boto3: what its client refuses before sending (missing, unknown, wrongly typed, too small), and
what the service refuses against its model (too large, not of the pattern, not one of the words). Neither quotes a
value: it may be a secret.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from smtui.api.errors import InvalidParameterException, ParamValidationError, ValidationException
from smtui.api.shapes import Blob, Flag, Integer, List, Map, Shape, Structure, Text, Timestamp

_TYPES: dict[type, tuple[type, ...]] = {
    Text: (str,), Integer: (int,), Flag: (bool,), Timestamp: (datetime,), List: (list, tuple), Map: (dict,),
    Structure: (dict,), Blob: (bytes, bytearray, str),
}
_SURROGATE = re.compile("[\ud800-\udfff]")

Place = tuple[str | int, ...]
"""The way from the request to a member: names, and numbers of items."""


def checked(shape: Structure, params: Mapping[str, Any]) -> dict[str, Any]:
    """The request, with blobs as bytes. Raises ParamValidationError, ValidationException, InvalidParameterException."""
    request = {name: _blob(value) if isinstance(shape.members.get(name), Blob) else value
               for name, value in params.items()}
    report: list[str] = []
    _client_side(shape, request, (), report)
    if report:
        raise ParamValidationError("Parameter validation failed:\n" + "\n".join(report))
    violations: list[str] = []
    _service_side(shape, request, (), violations)
    if violations:
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


def _client_side(shape: Shape, value: Any, at: Place, report: list[str]) -> None:
    if not _of_type(shape, value):
        names = ", ".join(str(kind) for kind in _TYPES[type(shape)])
        report.append(f"Invalid type for parameter {_boto(at)}, type: {type(value)}, valid types: {names}")
        return
    match shape:
        case Text() | Blob():
            if shape.min is not None and len(value) < shape.min:
                report.append(_too_small("length", len(value), shape.min, at))
        case Structure():
            _structure(shape, value, at, report)
        case List():
            if shape.min is not None and len(value) < shape.min:
                report.append(_too_small("length", len(value), shape.min, at))
            for number, item in enumerate(value):
                _client_side(shape.item, item, (*at, number), report)
        case Integer():
            if shape.min is not None and value < shape.min:
                report.append(_too_small("range", value, shape.min, at))


def _of_type(shape: Shape, value: Any) -> bool:
    """A bool is an int to Python, not to the contract."""
    return isinstance(value, _TYPES[type(shape)]) and isinstance(value, bool) == isinstance(shape, Flag)


def _structure(shape: Structure, value: Mapping[str, Any], at: Place, report: list[str]) -> None:
    for name in shape.required:
        if name not in value:
            report.append(f'Missing required parameter in {_boto(at) or "input"}: "{name}"')
    for name, member in value.items():
        if name in shape.members:
            _client_side(shape.members[name], member, (*at, name), report)
        else:
            report.append(f'Unknown parameter in {_boto(at) or "input"}: "{_word(name)}", '
                          f'must be one of: {", ".join(shape.members)}')


def _word(name: object) -> str:
    """A member's name as given, unless it is none: a value in the wrong place must not be quoted."""
    return name if isinstance(name, str) and re.fullmatch(r"[A-Za-z]{1,64}", name) else "?"


def _too_small(what: str, size: int, least: int, at: Place) -> str:
    least_word = f"valid min {what.replace('range', 'value')}: {least}"
    return f"Invalid {what} for parameter {_boto(at)}, value: {size}, {least_word}"


def _service_side(shape: Shape, value: Any, at: Place, violations: list[str]) -> None:
    match shape:
        case Text():
            _text(shape, value, at, violations)
        case Structure():
            for name, member in value.items():
                _service_side(shape.members[name], member, (*at, name), violations)
        case List():
            if shape.max is not None and len(value) > shape.max:
                violations.append(_violation(at, f"Member must have length less than or equal to {shape.max}"))
            for number, item in enumerate(value):
                _service_side(shape.item, item, (*at, number), violations)
        case Blob() if shape.max is not None and len(value) > shape.max:
            violations.append(_violation(at, f"Member must have length less than or equal to {shape.max}"))
        case Integer() if shape.max is not None and value > shape.max:
            violations.append(_violation(at, f"Member must have value less than or equal to {shape.max}"))


def _text(shape: Text, value: str, at: Place, violations: list[str]) -> None:
    if not value.isascii() and _SURROGATE.search(value):
        violations.append(_violation(at, "Member must be valid Unicode text"))
    if shape.max is not None and len(value) > shape.max:
        violations.append(_violation(at, f"Member must have length less than or equal to {shape.max}"))
    if shape.enum and value not in shape.enum:
        violations.append(_violation(at, f"Member must satisfy enum value set: [{', '.join(shape.enum)}]"))
    if shape.pattern and not _pattern(shape.pattern).search(value):
        violations.append(_violation(at, f"Member must satisfy regular expression pattern: {shape.pattern}"))


@cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text.replace("$", r"\Z"))


def _violation(at: Place, constraint: str) -> str:
    return f"Value at '{_camel(at)}' failed to satisfy constraint: {constraint}"


def _boto(at: Place) -> str:
    """A place as boto3 spells it: `Tags[0].Key`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in at).removeprefix(".")


def _camel(at: Place) -> str:
    """A place as the service spells it: `tags.1.member.key`."""
    return ".".join(f"{step + 1}.member" if isinstance(step, int) else step[:1].lower() + step[1:] for step in at)
