"""Validates a request against its shape.

There are two kinds of faults, as with boto3: those that its client refuses before sending (missing, unknown, wrong
type, too small), and those that the service refuses (too large, wrong pattern, not in the enumeration). A raw request,
as it comes over the wire, has been through no client: the service refuses both kinds, in its own words. No message
quotes a value, because it may be a secret.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from smtui.api.errors import (
    InvalidParameterException,
    ParamValidationError,
    SerializationException,
    ValidationException,
)
from smtui.api.raw_request import decode_blob
from smtui.api.record import make_field, record
from smtui.api.shapes import Blob, Flag, Integer, List, Map, Shape, Structure, Text, Timestamp

_SURROGATES = "[\ud800-\udfff]"
"""A regular expression. It is compiled for the first text that is not ASCII, because that takes a while."""

MemberPath = tuple[str | int, ...]
"""The path from the request to a member: names and item numbers."""


@record(frozen=False)
class _Faults:
    """The faults of a request: those that the client does not send, and those that the service refuses."""

    unsent: list[str] = make_field(default_factory=list)
    violations: list[str] = make_field(default_factory=list)

    def add_missing(self, at: MemberPath, name: str) -> None:
        self.unsent.append(f'Missing required parameter in {_format_boto_path(at) or "input"}: "{name}"')

    def add_unknown(self, at: MemberPath, name: object, shape: Structure) -> None:
        self.unsent.append(f'Unknown parameter in {_format_boto_path(at) or "input"}: "{_quote_name(name)}", '
                           f'must be one of: {", ".join(shape.members)}')

    def add_wrong_type(self, value: Any, at: MemberPath, shape: Shape) -> None:
        kinds = ", ".join(map(str, _PYTHON_TYPES[type(shape)]))
        path = _format_boto_path(at)
        self.unsent.append(f"Invalid type for parameter {path}, type: {type(value)}, valid types: {kinds}")

    def add_too_small(self, what: str, size: int, least: int, at: MemberPath) -> None:
        least_word = f"valid min {what}: {least}"
        what = what.replace("value", "range")
        self.unsent.append(f"Invalid {what} for parameter {_format_boto_path(at)}, value: {size}, {least_word}")

    def add_violation(self, at: MemberPath, constraint: str, value: str = "Value") -> None:
        self.violations.append(f"{value} at '{_format_service_path(at)}' failed to satisfy constraint: {constraint}")


class _RawFaults(_Faults):
    """The same of a raw request, where every fault is one that the service refuses."""

    def add_missing(self, at: MemberPath, name: str) -> None:
        self._add_null((*at, name))

    def _add_null(self, at: MemberPath) -> None:
        self.add_violation(at, "Member must not be null", "Value null")

    def add_unknown(self, at: MemberPath, name: object, shape: Structure) -> None:
        """Does nothing: the service ignores what it does not know."""

    def add_wrong_type(self, value: Any, at: MemberPath, shape: Shape) -> None:
        """Raises SerializationException: such a request cannot be read, so its other faults are not looked for."""
        if value is not None:
            raise SerializationException(_describe_wrong_type(value, shape))
        self._add_null(at)  # an item of a list: members that are null have been dropped

    def add_too_small(self, what: str, size: int, least: int, at: MemberPath) -> None:
        self.add_violation(at, f"Member must have {what} greater than or equal to {least}")


def validate(shape: Structure, params: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the request, with blobs as bytes.

    Raises ParamValidationError, ValidationException or InvalidParameterException.
    """
    request, violations = _check_form(shape, params)
    _refuse_violations(violations)
    return request


def validate_form(shape: Structure, params: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the request, with blobs as bytes, for a service that judges the other constraints.

    Raises ParamValidationError for what boto3 does not send.
    """
    return _check_form(shape, params)[0]


def _check_form(shape: Structure, params: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The request, and the violations of constraints that the service refuses. Raises ParamValidationError."""
    request = {name: _read_blob(value) if isinstance(shape.members.get(name), Blob) else value
               for name, value in params.items()}
    faults = _Faults()
    _validate_structure(shape, request, (), faults)
    if faults.unsent:
        raise ParamValidationError("Parameter validation failed:\n" + "\n".join(faults.unsent))
    return request, faults.violations


def validate_raw(shape: Structure, params: Mapping[str, Any]) -> dict[str, Any]:
    """Returns a request of `raw_request.drop_ignored`, with blobs as bytes.

    Raises ValidationException, InvalidParameterException or SerializationException.
    """
    request = {name: decode_blob(value) if isinstance(shape.members.get(name), Blob) else value
               for name, value in params.items()}
    faults = _RawFaults()
    _validate_structure(shape, request, (), faults)
    _refuse_violations(faults.violations)
    return request


def _refuse_violations(violations: Sequence[str]) -> None:
    """Raises ValidationException or InvalidParameterException if there are violations of constraints."""
    if not violations:
        return
    count = f"{len(violations)} validation error{'s' if len(violations) > 1 else ''} detected"
    # The service has a different error for the size of a policy.
    of_policy = all("'resourcePolicy'" in each and "length" in each for each in violations)
    refusal = InvalidParameterException if of_policy else ValidationException
    raise refusal(f"{count}: {'; '.join(violations)}")


def _read_blob(value: Any) -> Any:
    if hasattr(value, "read"):
        value = value.read()
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    return bytes(value) if isinstance(value, bytearray) else value


def _validate_structure(shape: Structure, value: Any, at: MemberPath, faults: _Faults) -> None:
    if not isinstance(value, dict):
        faults.add_wrong_type(value, at, shape)
        return
    for name in shape.required:
        if name not in value:
            faults.add_missing(at, name)
    for name, member in value.items():
        of_member = shape.members.get(name)
        if of_member is not None:
            _VALIDATORS[type(of_member)](of_member, member, (*at, name), faults)
        else:
            faults.add_unknown(at, name, shape)


def _validate_list(shape: List, value: Any, at: MemberPath, faults: _Faults) -> None:
    if not isinstance(value, list | tuple):
        faults.add_wrong_type(value, at, shape)
        return
    _validate_length(shape, value, at, faults)
    validate_item = _VALIDATORS[type(shape.item)]
    for number, item in enumerate(value):
        validate_item(shape.item, item, (*at, number), faults)


def _validate_text(shape: Text, value: Any, at: MemberPath, faults: _Faults) -> None:
    if not isinstance(value, str):
        faults.add_wrong_type(value, at, shape)
        return
    if not value.isascii() and re.search(_SURROGATES, value):
        faults.add_violation(at, "Member must be valid Unicode text")
    _validate_length(shape, value, at, faults)
    if shape.enum and value not in shape.enum:
        faults.add_violation(at, f"Member must satisfy enum value set: [{', '.join(shape.enum)}]")
    if shape.pattern and not _compile_pattern(shape.pattern).search(value):
        faults.add_violation(at, f"Member must satisfy regular expression pattern: {shape.pattern}")


def _validate_bytes(shape: Blob, value: Any, at: MemberPath, faults: _Faults) -> None:
    if isinstance(value, bytes | bytearray | str):
        _validate_length(shape, value, at, faults)
    else:
        faults.add_wrong_type(value, at, shape)


def _validate_length(shape: Text | Blob | List, value: Sequence[Any], at: MemberPath, faults: _Faults) -> None:
    size = len(value)
    if shape.min is not None and size < shape.min:
        faults.add_too_small("length", size, shape.min, at)
    if shape.max is not None and size > shape.max:
        faults.add_violation(at, f"Member must have length less than or equal to {shape.max}")


def _validate_integer(shape: Integer, value: Any, at: MemberPath, faults: _Faults) -> None:
    """Validates a number. A bool is an int in Python, but not in the contract."""
    if not isinstance(value, int) or isinstance(value, bool):
        faults.add_wrong_type(value, at, shape)
    elif shape.min is not None and value < shape.min:
        faults.add_too_small("value", value, shape.min, at)
    elif shape.max is not None and value > shape.max:
        faults.add_violation(at, f"Member must have value less than or equal to {shape.max}")


def _validate_type(shape: Shape, value: Any, at: MemberPath, faults: _Faults) -> None:
    """Validates a member that has a type and no limits."""
    if not isinstance(value, _PYTHON_TYPES[type(shape)]):
        faults.add_wrong_type(value, at, shape)


_PYTHON_TYPES: dict[type, tuple[type, ...]] = {
    Structure: (dict,), List: (list, tuple), Text: (str,), Blob: (bytes, bytearray, str), Integer: (int,),
    Flag: (bool,), Timestamp: (datetime,), Map: (dict,),
}
_VALIDATORS: dict[type, Callable[[Any, Any, MemberPath, _Faults], None]] = {
    Structure: _validate_structure, List: _validate_list, Text: _validate_text, Blob: _validate_bytes,
    Integer: _validate_integer, Flag: _validate_type, Timestamp: _validate_type, Map: _validate_type,
}
_SERVICE_TYPES: dict[type, str] = {
    Text: "a String", Blob: "a Blob", Integer: "a Long", Flag: "a Boolean", Timestamp: "a Date",
}
"""What AWS's servers call the types of a scalar."""


def _describe_wrong_type(value: Any, shape: Shape) -> str:
    """A wrong type as AWS's servers word it, by its JSON token."""
    if isinstance(shape, List):
        return "Expected list or null"
    if isinstance(shape, Structure | Map):
        return "Expected structure or null"
    if isinstance(value, dict):
        return "Start of structure or map found where not expected."
    if isinstance(value, list | tuple):
        return "Start of list found where not expected"
    return f"{_name_token(value)} can not be converted to {_SERVICE_TYPES[type(shape)]}"


def _name_token(value: Any) -> str:
    match value:
        case bool():
            return f"{str(value).upper()}_VALUE"
        case int():
            return "NUMBER_VALUE"
        case float():
            return "DECIMAL_VALUE"
        case str():
            return "STRING_VALUE"
    return "BINARY_VALUE"


def _quote_name(name: object) -> str:
    """A member's name as given, or `?` if it is not one: a value in the wrong place must not be quoted."""
    return name if isinstance(name, str) and re.fullmatch(r"[A-Za-z]{1,64}", name) else "?"


@cache
def _compile_pattern(text: str) -> re.Pattern[str]:
    return re.compile(text.replace("$", r"\Z"))


def _format_boto_path(at: MemberPath) -> str:
    """A path as boto3 spells it: `Tags[0].Key`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in at).removeprefix(".")


def _format_service_path(at: MemberPath) -> str:
    """A path as the service spells it: `tags.1.member.key`."""
    return ".".join(f"{step + 1}.member" if isinstance(step, int) else step[:1].lower() + step[1:] for step in at)
