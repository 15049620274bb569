"""What is said about a policy while it is typed: what is wrong with it, whom it lets in, what is seldom meant."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from smtui.api.arn import get_account
from smtui.api.limits import MAX_POLICY_LENGTH
from smtui.policy import grammar
from smtui.policy.doubtful_names import find_doubtful_names
from smtui.policy.exposure import find_broad_access
from smtui.policy.statements import Finding, MalformedPolicyError
from smtui.policy.warnings import find_warnings
from smtui.text.sanitize import sanitize
from smtui.tui.json_editor.diagnostic import Mark, Severity

TOO_LONG = "A policy has at most {most:,} characters; this one has {size:,}."
BROAD = "This policy grants broad access."


def marks(text: str, arn: str, now: datetime) -> list[Mark]:
    """About a policy for the secret of this ARN; nothing about none."""
    if len(text) > MAX_POLICY_LENGTH:
        return [Mark(1, 1, 0, Severity.ERROR, sanitize(TOO_LONG.format(most=MAX_POLICY_LENGTH, size=len(text))))]
    return list(_found(text, arn, now)) if text.strip() else []


def _found(text: str, arn: str, now: datetime) -> Iterator[Mark]:
    try:
        policy = grammar.parse(text)
    except MalformedPolicyError as error:
        yield from (_mark(each, Severity.ERROR) for each in error.findings)
        return
    if witness := find_broad_access(policy, resource=arn, owner=get_account(arn), now=now):
        place = (witness.statement or policy.statements[0]).position
        yield Mark(place.line, place.column, 0, Severity.ALERT, sanitize(f"{BROAD} {witness}"))
    doubtful = find_doubtful_names(text, own_account=get_account(arn))
    yield from (_mark(each, Severity.WARNING) for each in (*find_warnings(policy), *doubtful))


def mark_lock_out(text: str, sentence: str) -> Mark:
    """The engine's sentence about a policy that would lock out whoever attaches it, at the statement it names."""
    statements = grammar.parse(text).statements
    blamed = next((each for each in statements if f" {each.name}" in sentence), statements[0])
    return Mark(blamed.position.line, blamed.position.column, 0, Severity.ALERT, sanitize(sentence))


def _mark(finding: Finding, severity: Severity) -> Mark:
    return Mark(finding.position.line, finding.position.column, 0, severity, sanitize(finding.what))
