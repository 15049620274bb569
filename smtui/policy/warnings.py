"""Warnings about valid policies: statements without effect, conditions that accept absent keys, services for all."""

from __future__ import annotations

from collections.abc import Iterator

from smtui.policy import keys
from smtui.policy.conditions import NEGATED
from smtui.policy.decide import has_matching_action
from smtui.policy.statements import UNUSUAL, Condition, Finding, Policy, Statement

SOURCE_KEYS = frozenset({"aws:sourceaccount", "aws:sourcearn", "aws:sourceowner", "aws:sourceorgid",
                         "aws:sourceorgpaths"})
"""The condition keys that say for whom a service makes a request. Source: page "The confused deputy problem"."""


def find_warnings(policy: Policy) -> list[Finding]:
    """Returns the warnings of all statements, in their order."""
    return [finding for statement in policy.statements for finding in _check_statement(statement)]


def _check_statement(statement: Statement) -> Iterator[Finding]:
    if not any(has_matching_action(statement, action) for action in keys.ACTIONS):
        yield Finding(UNUSUAL, f"{statement.name} matches no action on a secret", statement.position)
    if not statement.negates_resources and not any(map(_is_about_secrets, statement.resources)):
        yield Finding(UNUSUAL, f"{statement.name} matches no secret", statement.position)
    if statement.effect == "Allow":
        if services := _list_services_for_all(statement):
            what = (f"{statement.name} lets {services} act on behalf of any AWS account: add a condition on "
                    "aws:SourceAccount or aws:SourceArn")
            yield Finding(UNUSUAL, what, statement.position)
        for condition in statement.conditions:
            if _accepts_absent_key(condition) and not _has_null_check(statement, condition.key):
                what = f"{statement.name} also applies to requests without {condition.original_key}"
                yield Finding(UNUSUAL, what, condition.position)


def _list_services_for_all(statement: Statement) -> str:
    """The services that a statement lets in, whoever they act for; empty if there is none."""
    restricts = any(each.key in SOURCE_KEYS and each.operator not in (*NEGATED, "Null")
                    for each in statement.conditions)
    return "" if restricts or statement.negates_principals else ", ".join(sorted(statement.principals.services))


def _is_about_secrets(resource: str) -> bool:
    service = resource.split(":")[2:3]
    return resource == "*" or service in (["secretsmanager"], ["*"]) or "*" in "".join(service)


def _accepts_absent_key(condition: Condition) -> bool:
    return condition.over == "ForAllValues" or condition.if_exists


def _has_null_check(statement: Statement, key: str) -> bool:
    return any(each.operator == "Null" and each.key == key and each.values == ("false",)
               for each in statement.conditions)
