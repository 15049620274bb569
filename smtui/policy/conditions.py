"""Condition operators: whether the value of a condition key in a request meets a condition.

Source: "IAM JSON policy elements: Condition operators" and "Multivalued context keys".
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache

from smtui.policy import wildcards
from smtui.policy.statements import Condition
from smtui.policy.variables import Context, resolve_pattern
from smtui.policy.wildcards import Pattern

NEGATED = {
    "StringNotEquals": "StringEquals", "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike", "NumericNotEquals": "NumericEquals", "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress", "ArnNotEquals": "ArnLike", "ArnNotLike": "ArnLike",
}  # fmt: skip
_ORDER: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "Equals": lambda value, other: value == other, "LessThan": lambda value, other: value < other,
    "LessThanEquals": lambda value, other: value <= other, "GreaterThan": lambda value, other: value > other,
    "GreaterThanEquals": lambda value, other: value >= other,
}  # fmt: skip
STRINGS = ("StringEquals", "StringEqualsIgnoreCase", "StringLike")
OPERATORS = frozenset({
    *STRINGS, *(f"{kind}{order}" for kind in ("Numeric", "Date") for order in _ORDER), "Bool", "BinaryEquals",
    "IpAddress", "ArnEquals", "ArnLike", "Null", *NEGATED,
})


def is_like(operator: str) -> bool:
    """Whether `*` and `?` in the operator's values are wildcards."""
    return "Like" in operator or operator.startswith("Arn")


def is_met(condition: Condition, context: Context, *, variables: bool) -> bool:
    """Whether a request's context meets a condition.

    Args:
        variables: whether `${...}` in the values is a policy variable.
    """
    present = context.get(condition.key)
    if condition.operator == "Null":
        return any((value.lower() == "true") == (present is None) for value in condition.values)
    negated = condition.operator in NEGATED
    if present is None:
        return condition.if_exists or condition.over == "ForAllValues" or (not condition.over and negated)
    given = present if isinstance(present, list) else [present]
    passes = (_is_value_accepted(condition, value, context, variables) != negated for value in given)
    return all(passes) if condition.over == "ForAllValues" or (negated and not condition.over) else any(passes)


def _is_value_accepted(condition: Condition, given: str, context: Context, variables: bool) -> bool:
    operator = NEGATED.get(condition.operator, condition.operator)
    return any(_is_value_match(operator, expected, given, context, variables) for expected in condition.values)


def _is_value_match(operator: str, expected: str, given: str, context: Context, variables: bool) -> bool:
    if operator in STRINGS or operator in ("ArnLike", "ArnEquals"):
        found = resolve_pattern(expected, context, variables=variables, like=operator not in STRINGS[:2])
        return found is not None and _is_text_match(operator, found, given)
    if operator == "Bool":
        return expected.lower() == given.lower()
    if operator == "BinaryEquals":
        return _to_bytes(expected) == _to_bytes(given) != None  # noqa: E711
    if operator == "IpAddress":
        network, address = parse_network(expected), parse_network(given)
        return bool(network and address and network.version == address.version
                    and address.subnet_of(network))  # type: ignore[arg-type]
    parse = parse_date if operator.startswith("Date") else parse_number
    left, right = parse(given), parse(expected)
    return left is not None and right is not None and _ORDER[operator.removeprefix("Date").removeprefix("Numeric")](
        left, right
    )


def _is_text_match(operator: str, found: Pattern, given: str) -> bool:
    if operator == "StringEqualsIgnoreCase":
        return wildcards.is_match(tuple(part.lower() for part in found), given.lower())
    if operator.startswith("Arn"):
        return is_arn_match(found, given)
    return wildcards.is_match(found, given)


def is_arn_match(found: Pattern, arn: str) -> bool:
    """Whether each of an ARN's six fields matches; a star does not match a colon between the first five."""
    expected, given = wildcards.split_fields(found), arn.split(":", 5)
    return len(expected) == len(given) and all(map(wildcards.is_match, expected, given))


# Parsers for values that are not plain text; each returns None for a text of another kind.


_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_DATE = re.compile(r"\d{4}(?:-\d\d(?:-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?)?)?", re.ASCII)
_NETWORK = re.compile(r"[\d.]+(?:/\d{1,2})?|[\da-fA-F:.]+(?:/\d{1,3})?", re.ASCII)


def parse_number(text: str) -> Decimal | None:
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def parse_date(text: str) -> Decimal | None:
    """Returns the seconds since 1970 of a date in the W3C profile of ISO 8601, or of a number of seconds."""
    if not _DATE.fullmatch(text):
        return parse_number(text)
    try:
        moment = datetime.fromisoformat(text + "-01-01"[len(text) - 4 :] if len(text) < 10 else text)
    except ValueError:
        return None
    return Decimal((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


@lru_cache(maxsize=4096)
def parse_network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    if not _NETWORK.fullmatch(text):
        return None
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def _to_bytes(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def describe_expected_value(operator: str, text: str) -> str:
    """Returns the kind of value that an operator takes if the text is not one, otherwise an empty text."""
    positive = NEGATED.get(operator, operator)
    if positive.startswith("Numeric") and parse_number(text) is None:
        return "a number"
    if positive.startswith("Date") and parse_date(text) is None:
        return "a date such as 2026-11-24T12:00:00Z"
    if positive == "IpAddress" and parse_network(text) is None:
        return "an address or a network such as 203.0.113.0/24"
    if positive in ("Bool", "Null") and text.lower() not in ("true", "false"):
        return "true or false"
    if positive == "BinaryEquals" and _to_bytes(text) is None:
        return "bytes in base64"
    return ""
