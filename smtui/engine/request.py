"""Validates a request against its shape.

There are two kinds of faults, as with boto3: those that its client refuses before sending (missing, unknown, wrong
type, too small), and those that the service refuses (too large, wrong pattern, not in the enumeration). No message
quotes a value, because it may be a secret.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from smtui.api.errors import InvalidParameterException, ParamValidationError, ValidationException
from smtui.api.shapes import Blob, Flag, Integer, List, Map, Shape, Structure, Text, Timestamp

_SURROGATE = re.compile("[\ud800-\udfff]")

MemberPath = tuple[str | int, ...]
"""The path from the request to a member: names and item numbers."""


@dataclass(slots=True)
class _Faults:
    """The faults of a request: those that the client does not send, and those that the service refuses."""

    unsent: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)


def validate(shape: Structure, params: Mapping[str, Any]) -> dict[str, Any]:
    """Answers the request, with blobs as bytes.

    Raises ParamValidationError, ValidationException or InvalidParameterException.
    """
    request = {name: _read_blob(value) if isinstance(shape.members.get(name), Blob) else value
               for name, value in params.items()}
    faults = _Faults()
    _validate_structure(shape, request, (), faults)
    if faults.unsent:
        raise ParamValidationError("Parameter validation failed:\n" + "\n".join(faults.unsent))
    if violations := faults.violations:
        count = f"{len(violations)} validation error{'s' if len(violations) > 1 else ''} detected"
        # The service has a different error for the size of a policy.
        of_policy = all("'resourcePolicy'" in each for each in violations)
        refusal = InvalidParameterException if of_policy else ValidationException
        raise refusal(f"{count}: {'; '.join(violations)}")
    return request


def _read_blob(value: Any) -> Any:
    if hasattr(value, "read"):
        value = value.read()
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    return bytes(value) if isinstance(value, bytearray) else value


def _validate_structure(shape: Structure, value: Any, at: MemberPath, faults: _Faults) -> None:
    if not isinstance(value, dict):
        _add_wrong_type(value, at, faults, dict)
        return
    for name in shape.required:
        if name not in value:
            faults.unsent.append(f'Missing required parameter in {_format_boto_path(at) or "input"}: "{name}"')
    for name, member in value.items():
        of_member = shape.members.get(name)
        if of_member is not None:
            _VALIDATORS[type(of_member)](of_member, member, (*at, name), faults)
        else:
            faults.unsent.append(f'Unknown parameter in {_format_boto_path(at) or "input"}: "{_quote_name(name)}", '
                                 f'must be one of: {", ".join(shape.members)}')


def _validate_list(shape: List, value: Any, at: MemberPath, faults: _Faults) -> None:
    if not isinstance(value, list | tuple):
        _add_wrong_type(value, at, faults, list, tuple)
        return
    _validate_length(shape, value, at, faults)
    validate_item = _VALIDATORS[type(shape.item)]
    for number, item in enumerate(value):
        validate_item(shape.item, item, (*at, number), faults)


def _validate_text(shape: Text, value: Any, at: MemberPath, faults: _Faults) -> None:
    if not isinstance(value, str):
        _add_wrong_type(value, at, faults, str)
        return
    if not value.isascii() and _SURROGATE.search(value):
        faults.violations.append(_format_violation(at, "Member must be valid Unicode text"))
    _validate_length(shape, value, at, faults)
    if shape.enum and value not in shape.enum:
        words = ", ".join(shape.enum)
        faults.violations.append(_format_violation(at, f"Member must satisfy enum value set: [{words}]"))
    if shape.pattern and not _compile_pattern(shape.pattern).search(value):
        constraint = f"Member must satisfy regular expression pattern: {shape.pattern}"
        faults.violations.append(_format_violation(at, constraint))


def _validate_bytes(shape: Blob, value: Any, at: MemberPath, faults: _Faults) -> None:
    if isinstance(value, bytes | bytearray | str):
        _validate_length(shape, value, at, faults)
    else:
        _add_wrong_type(value, at, faults, bytes, bytearray, str)


def _validate_length(shape: Text | Blob | List, value: Sequence[Any], at: MemberPath, faults: _Faults) -> None:
    size = len(value)
    if shape.min is not None and size < shape.min:
        faults.unsent.append(_format_too_small("length", size, shape.min, at))
    if shape.max is not None and size > shape.max:
        faults.violations.append(_format_violation(at, f"Member must have length less than or equal to {shape.max}"))


def _validate_integer(shape: Integer, value: Any, at: MemberPath, faults: _Faults) -> None:
    """Validates a number. A bool is an int in Python, but not in the contract."""
    if not isinstance(value, int) or isinstance(value, bool):
        _add_wrong_type(value, at, faults, int)
    elif shape.min is not None and value < shape.min:
        faults.unsent.append(_format_too_small("range", value, shape.min, at))
    elif shape.max is not None and value > shape.max:
        faults.violations.append(_format_violation(at, f"Member must have value less than or equal to {shape.max}"))


def _make_type_validator(*kinds: type) -> Callable[[Any, Any, MemberPath, _Faults], None]:
    """A validator that only checks the type."""
    def validate_type(_: Shape, value: Any, at: MemberPath, faults: _Faults) -> None:
        if not isinstance(value, kinds):
            _add_wrong_type(value, at, faults, *kinds)

    return validate_type


_VALIDATORS: dict[type, Callable[[Any, Any, MemberPath, _Faults], None]] = {
    Structure: _validate_structure, List: _validate_list, Text: _validate_text, Blob: _validate_bytes,
    Integer: _validate_integer, Flag: _make_type_validator(bool),
    Timestamp: _make_type_validator(datetime), Map: _make_type_validator(dict),
}


def _add_wrong_type(value: Any, at: MemberPath, faults: _Faults, *valid: type) -> None:
    kinds = ", ".join(map(str, valid))
    path = _format_boto_path(at)
    faults.unsent.append(f"Invalid type for parameter {path}, type: {type(value)}, valid types: {kinds}")


def _quote_name(name: object) -> str:
    """A member's name as given, or `?` if it is not one: a value in the wrong place must not be quoted."""
    return name if isinstance(name, str) and re.fullmatch(r"[A-Za-z]{1,64}", name) else "?"


def _format_too_small(what: str, size: int, least: int, at: MemberPath) -> str:
    least_word = f"valid min {what.replace('range', 'value')}: {least}"
    return f"Invalid {what} for parameter {_format_boto_path(at)}, value: {size}, {least_word}"


@cache
def _compile_pattern(text: str) -> re.Pattern[str]:
    return re.compile(text.replace("$", r"\Z"))


def _format_violation(at: MemberPath, constraint: str) -> str:
    return f"Value at '{_format_service_path(at)}' failed to satisfy constraint: {constraint}"


def _format_boto_path(at: MemberPath) -> str:
    """A path as boto3 spells it: `Tags[0].Key`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in at).removeprefix(".")


def _format_service_path(at: MemberPath) -> str:
    """A path as the service spells it: `tags.1.member.key`."""
    return ".".join(f"{step + 1}.member" if isinstance(step, int) else step[:1].lower() + step[1:] for step in at)
