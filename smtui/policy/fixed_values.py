"""Fixed values: by which words a policy means somebody it knows, and so no stranger."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from smtui.api.arn import is_account
from smtui.policy import wildcards
from smtui.policy.conditions import is_like
from smtui.policy.keys import FIXING
from smtui.policy.statements import Condition
from smtui.policy.wildcards import ANY, Pattern

PATHS = {"aws:principalorgid": "aws:principalorgpaths", "aws:sourceorgid": "aws:sourceorgpaths"}
"""The keys for organizations, with those for what lies in them."""


def patterns(key: str, conditions: Iterable[Condition], *, variables: bool) -> list[Pattern]:
    """What the values of a key look like that the conditions fix: the same, or of an account or organization named.

    Identifiers that differ only in case are one.
    """
    if key not in FIXING:
        return []
    return [found for each in conditions for text in each.values if each.operator != "Null"
            for found in _fixed(key, each, text, variables)]


def _fixed(key: str, condition: Condition, text: str, variables: bool) -> Iterator[Pattern]:
    if variables and "${" in text:
        return
    like = is_like(condition.operator)
    organization = text.partition("/")[0]
    if condition.key in PATHS.values():
        if _is_literal(organization, like) and (condition.key == key or PATHS.get(key) == condition.key):
            yield _exactly(organization)
            yield (*_exactly(organization), "/", ANY)
    elif condition.key != key:
        return
    elif key == "aws:sourcearn" and (account := _account(text)):
        yield (*wildcards.in_fields(wildcards.pattern("*:*:*:*:")), *account)
        yield (*wildcards.in_fields(wildcards.pattern("*:*:*:*:")), *account, ":", ANY)
    elif _is_literal(text, like):
        yield _exactly(text)


def _exactly(text: str) -> Pattern:
    return wildcards.either_case(wildcards.literal(text))


def _account(arn: str) -> str:
    """The account in an ARN, if it is spelled out."""
    fields = arn.split(":")
    return fields[4] if len(fields) > 4 and is_account(fields[4]) else ""


def _is_literal(text: str, like: bool) -> bool:
    return not (like and {"*", "?"} & set(text))
