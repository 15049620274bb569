"""Condition operators: whether what a request has for a key fits what a policy asks."""

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


def is_like(operator: str) -> bool:
    """Whether stars and question marks in its values stand for other characters."""
    return "Like" in operator or operator.startswith("Arn")


def holds(condition: Condition, context: Context, *, variables: bool) -> bool:
    """Whether one condition is met, in the order in which it is decided: presence, absence, values."""
    present = context.get(condition.key)
    if condition.operator == "Null":
        return any((value.lower() == "true") == (present is None) for value in condition.values)
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


_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_DATE = re.compile(r"\d{4}(?:-\d\d(?:-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?)?)?", re.ASCII)
_NETWORK = re.compile(r"[\d.]+(?:/\d{1,2})?|[\da-fA-F:.]+(?:/\d{1,3})?", re.ASCII)


def number_of(text: str) -> Decimal | None:
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def date_of(text: str) -> Decimal | None:
    """Seconds since 1970, of a date as the W3C profile of ISO 8601 has it, or of such seconds."""
    if not _DATE.fullmatch(text):
        return number_of(text)
    try:
        moment = datetime.fromisoformat(text + "-01-01"[len(text) - 4 :] if len(text) < 10 else text)
    except ValueError:
        return None
    return Decimal((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


@lru_cache(maxsize=4096)
def network_of(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    if not _NETWORK.fullmatch(text):
        return None
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
        return "true or false"
    if positive == "BinaryEquals" and _bytes(text) is None:
        return "bytes in base64"
    return ""
