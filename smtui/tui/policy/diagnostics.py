"""The diagnostics of a policy while it is edited: faults, broad access, lock-out and warnings."""

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
from smtui.tui.json_editor.diagnostic import Diagnostic, Severity

TOO_LONG = "The policy has {size:,} characters; the maximum is {most:,}."
BROAD = "This policy grants broad access."


def find_diagnostics(text: str, arn: str, now: datetime) -> list[Diagnostic]:
    """Returns the diagnostics of a policy; an empty text has none.

    Args:
        arn: the ARN of the secret.
        now: the time of the check.
    """
    if len(text) > MAX_POLICY_LENGTH:
        return [Diagnostic(1, 1, 0, Severity.ERROR, sanitize(TOO_LONG.format(most=MAX_POLICY_LENGTH, size=len(text))))]
    return list(_find_policy_diagnostics(text, arn, now)) if text.strip() else []


def _find_policy_diagnostics(text: str, arn: str, now: datetime) -> Iterator[Diagnostic]:
    try:
        policy = grammar.parse(text)
    except MalformedPolicyError as error:
        yield from (_make_diagnostic(each, Severity.ERROR) for each in error.findings)
        return
    if witness := find_broad_access(policy, resource=arn, owner=get_account(arn), now=now):
        position = (witness.statement or policy.statements[0]).position
        yield Diagnostic(position.line, position.column, 0, Severity.ALERT, sanitize(f"{BROAD} {witness}"))
    doubtful = find_doubtful_names(text, own_account=get_account(arn), secret=arn)
    yield from (_make_diagnostic(each, Severity.WARNING) for each in (*find_warnings(policy), *doubtful))


def make_lock_out_diagnostic(text: str, sentence: str) -> Diagnostic:
    """Returns the service's sentence about a lock-out as a diagnostic at the statement that it names."""
    statements = grammar.parse(text).statements
    statement = next((each for each in statements if f" {each.name}" in sentence), statements[0])
    return Diagnostic(statement.position.line, statement.position.column, 0, Severity.ALERT, sanitize(sentence))


def _make_diagnostic(finding: Finding, severity: Severity) -> Diagnostic:
    return Diagnostic(finding.position.line, finding.position.column, 0, severity, sanitize(finding.what))
