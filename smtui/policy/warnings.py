"""Warnings about valid policies: statements without effect, and conditions that accept absent keys."""

from __future__ import annotations

from collections.abc import Iterator

from smtui.policy import keys
from smtui.policy.decide import has_matching_action
from smtui.policy.statements import UNUSUAL, Condition, Finding, Policy, Statement


def find_warnings(policy: Policy) -> list[Finding]:
    """Returns the warnings of all statements, in their order."""
    return [finding for statement in policy.statements for finding in _check_statement(statement)]


def _check_statement(statement: Statement) -> Iterator[Finding]:
    if not any(has_matching_action(statement, action) for action in keys.ACTIONS):
        yield Finding(UNUSUAL, f"{statement.name} is about no action on a secret", statement.position)
    if not statement.negates_resources and not any(map(_is_about_secrets, statement.resources)):
        yield Finding(UNUSUAL, f"{statement.name} is about no secret", statement.position)
    if statement.effect == "Allow":
        for condition in statement.conditions:
            if _accepts_absent_key(condition) and not _has_null_check(statement, condition.key):
                what = f"{statement.name} also holds for requests without {condition.original_key}"
                yield Finding(UNUSUAL, what, condition.position)


def _is_about_secrets(resource: str) -> bool:
    service = resource.split(":")[2:3]
    return resource == "*" or service in (["secretsmanager"], ["*"]) or "*" in "".join(service)


def _accepts_absent_key(condition: Condition) -> bool:
    return condition.over == "ForAllValues" or condition.if_exists


def _has_null_check(statement: Statement, key: str) -> bool:
    return any(each.operator == "Null" and each.key == key and each.values == ("false",)
               for each in statement.conditions)
