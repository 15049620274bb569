"""Condition operators: whether what a request has for a key fits what a policy asks."""

from __future__ import annotations

import base64
import binascii
import ipaddress
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from smtui.policy import wildcards
from smtui.policy.statements import Condition
from smtui.policy.variables import Context, pattern
from smtui.policy.wildcards import Pattern

NEGATED = {
    "StringNotEquals": "StringEquals", "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike", "NumericNotEquals": "NumericEquals", "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress", "ArnNotEquals": "ArnLike", "ArnNotLike": "ArnLike",
}  # fmt: skip
_ORDER: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "Equals": lambda given, asked: given == asked, "LessThan": lambda given, asked: given < asked,
    "LessThanEquals": lambda given, asked: given <= asked, "GreaterThan": lambda given, asked: given > asked,
    "GreaterThanEquals": lambda given, asked: given >= asked,
}  # fmt: skip
STRINGS = ("StringEquals", "StringEqualsIgnoreCase", "StringLike")
OPERATORS = frozenset({
    *STRINGS, *(f"{kind}{order}" for kind in ("Numeric", "Date") for order in _ORDER), "Bool", "BinaryEquals",
    "IpAddress", "ArnEquals", "ArnLike", "Null", *NEGATED,
})


def holds(condition: Condition, context: Context, *, variables: bool) -> bool:
    """Whether one condition is met, in the order in which it is decided: presence, absence, values."""
    present = context.get(condition.key)
    if condition.operator == "Null":
        return any((value == "true") == (present is None) for value in condition.values)
    negated = condition.operator in NEGATED
    if present is None:
        return condition.if_exists or condition.over == "ForAllValues" or (not condition.over and negated)
    given = present if isinstance(present, list) else [present]
    passes = (_passes(condition, value, context, variables) != negated for value in given)
    return all(passes) if condition.over == "ForAllValues" or (negated and not condition.over) else any(passes)


def _passes(condition: Condition, given: str, context: Context, variables: bool) -> bool:
    operator = NEGATED.get(condition.operator, condition.operator)
    return any(_fits(operator, asked, given, context, variables) for asked in condition.values)


def _fits(operator: str, asked: str, given: str, context: Context, variables: bool) -> bool:
    if operator in STRINGS or operator in ("ArnLike", "ArnEquals"):
        found = pattern(asked, context, variables=variables, like=operator not in STRINGS[:2])
        return found is not None and _text_fits(operator, found, given)
    if operator == "Bool":
        return asked.lower() == given.lower()
    if operator == "BinaryEquals":
        return _bytes(asked) == _bytes(given) != None  # noqa: E711
    if operator == "IpAddress":
        network, address = network_of(asked), network_of(given)
        return bool(network and address and network.version == address.version
                    and address.subnet_of(network))  # type: ignore[arg-type]
    read = date_of if operator.startswith("Date") else number_of
    left, right = read(given), read(asked)
    return left is not None and right is not None and _ORDER[operator.removeprefix("Date").removeprefix("Numeric")](
        left, right
    )


def _text_fits(operator: str, found: Pattern, given: str) -> bool:
    if operator == "StringEqualsIgnoreCase":
        return wildcards.matches(tuple(part.lower() for part in found), given.lower())
    if operator.startswith("Arn"):
        return arn_matches(found, given)
    return wildcards.matches(found, given)


def arn_matches(found: Pattern, arn: str) -> bool:
    """Field by field between the first five colons: a star does not reach into another field."""
    asked, given = wildcards.fields(found), arn.split(":", 5)
    return len(asked) == len(given) and all(map(wildcards.matches, asked, given))


# Values of other kinds than text; None where one is none.


def number_of(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def date_of(text: str) -> Decimal | None:
    """Seconds since 1970, of ISO 8601 or of such seconds."""
    if (seconds := number_of(text)) is not None and not _is_year(text):
        return seconds
    try:
        moment = datetime.fromisoformat(text if not _is_year(text) else f"{text}-01-01")
    except ValueError:
        return _month(text)
    return Decimal((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def _is_year(text: str) -> bool:
    return len(text) == 4 and text.isdigit()


def _month(text: str) -> Decimal | None:
    try:
        return Decimal(datetime.fromisoformat(f"{text}-01").replace(tzinfo=UTC).timestamp())
    except ValueError:
        return None


def network_of(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def _bytes(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def wrong_value(operator: str, text: str) -> str:
    """What an operator takes, where this value is not that; empty where it is."""
    positive = NEGATED.get(operator, operator)
    if positive.startswith("Numeric") and number_of(text) is None:
        return "a number"
    if positive.startswith("Date") and date_of(text) is None:
        return "a date as in 2026-11-24T12:00:00Z"
    if positive == "IpAddress" and network_of(text) is None:
        return "an address or a network as in 203.0.113.0/24"
    if positive in ("Bool", "Null") and text.lower() not in ("true", "false"):
        return "" if "${" in text else "true or false"
    if positive == "BinaryEquals" and _bytes(text) is None:
        return "bytes in base64"
    return ""
