"""Fixed values: literal values in conditions that identify a known caller, so no stranger has them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from smtui.api.arn import is_account
from smtui.policy import wildcards
from smtui.policy.conditions import is_like
from smtui.policy.keys import FIXING
from smtui.policy.statements import Condition
from smtui.policy.wildcards import ANY, Pattern

PATHS = {"aws:principalorgid": "aws:principalorgpaths", "aws:sourceorgid": "aws:sourceorgpaths"}
"""The condition keys of organization ids, with the keys of the paths in them."""


def find_fixed_patterns(key: str, conditions: Iterable[Condition], *, variables: bool) -> list[Pattern]:
    """Returns patterns of the values of a key that the conditions fix.

    A literal value fixes itself, and also the account or organization in it. Case is ignored.
    """
    if key not in FIXING:
        return []
    return [found for each in conditions for text in each.values if each.operator != "Null"
            for found in _make_fixed_patterns(key, each, text, variables)]


def _make_fixed_patterns(key: str, condition: Condition, text: str, variables: bool) -> Iterator[Pattern]:
    if variables and "${" in text:
        return
    like = is_like(condition.operator)
    organization = text.partition("/")[0]
    if condition.key in PATHS.values():
        if _is_literal(organization, like) and (condition.key == key or PATHS.get(key) == condition.key):
            yield _make_exact(organization)
            yield (*_make_exact(organization), "/", ANY)
    elif condition.key != key:
        return
    elif key == "aws:sourcearn" and (account := _find_account(text)):
        yield (*wildcards.limit_to_fields(wildcards.parse_pattern("*:*:*:*:")), *account)
        yield (*wildcards.limit_to_fields(wildcards.parse_pattern("*:*:*:*:")), *account, ":", ANY)
    elif _is_literal(text, like):
        yield _make_exact(text)


def _make_exact(text: str) -> Pattern:
    return wildcards.ignore_case(wildcards.make_literal(text))


def _find_account(arn: str) -> str:
    """Returns the account id in an ARN, or an empty text if it is not a literal."""
    fields = arn.split(":")
    return fields[4] if len(fields) > 4 and is_account(fields[4]) else ""


def _is_literal(text: str, like: bool) -> bool:
    return not (like and {"*", "?"} & set(text))
