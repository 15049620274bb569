"""What is allowed in a policy and seldom meant: statements that grant nothing, and conditions that let too many by."""

from __future__ import annotations

from collections.abc import Iterator

from smtui.policy import keys
from smtui.policy.decide import action_fits
from smtui.policy.statements import Condition, Finding, Policy, Statement

UNUSUAL = "This is allowed, and seldom meant."


def warnings(policy: Policy) -> list[Finding]:
    return [finding for statement in policy.statements for finding in _of(statement)]


def _of(statement: Statement) -> Iterator[Finding]:
    if not any(action_fits(statement, action) for action in keys.ACTIONS):
        yield Finding(UNUSUAL, f"{statement.name} is about no action on a secret", statement.place)
    if not statement.but_resources and not any(map(_is_of_secrets, statement.resources)):
        yield Finding(UNUSUAL, f"{statement.name} is about no secret", statement.place)
    if statement.effect == "Allow":
        for condition in statement.conditions:
            if _lets_absent_by(condition) and not _must_be_present(statement, condition.key):
                what = f"{statement.name} also holds for requests without {condition.spelled}"
                yield Finding(UNUSUAL, what, condition.place)


def _is_of_secrets(resource: str) -> bool:
    service = resource.split(":")[2:3]
    return resource == "*" or service in (["secretsmanager"], ["*"]) or "*" in "".join(service)


def _lets_absent_by(condition: Condition) -> bool:
    return condition.over == "ForAllValues" or condition.if_exists


def _must_be_present(statement: Statement, key: str) -> bool:
    return any(each.operator == "Null" and each.key == key and each.values == ("false",)
               for each in statement.conditions)
