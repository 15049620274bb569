"""Tests of the order and the groups of findings."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from smtui.health.finding import KINDS, HealthFinding, HealthLimits, Urgency, group_findings, read_limits
from smtui.health.metadata import check_entry
from smtui.system.settings import Settings
from smtui.text.sanitize import sanitize

NOW = datetime(2026, 11, 24, tzinfo=UTC)
LIMITS = read_limits(Settings())
FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:rotate"


def make_entry(days: int, **members: Any) -> Any:
    """An entry of ListSecrets whose secret was created `days` ago."""
    return {"Name": "a", "ARN": "arn", "Description": "a", "CreatedDate": NOW - timedelta(days=days), **members}


def list_kinds(entry: Any, limits: HealthLimits = LIMITS) -> list[str]:
    return [each.kind for each in check_entry(entry, NOW, limits, {FUNCTION})]


def make_finding(urgency: Urgency, kind: str, name: str) -> HealthFinding:
    return HealthFinding(urgency, kind, sanitize(name), "arn", sanitize("details"))


def test_groups_come_worst_first_and_names_in_order() -> None:
    found = [make_finding(Urgency.NOTE, "undescribed", "a"), make_finding(Urgency.WARNING, "unused", "b"),
             make_finding(Urgency.WARNING, "never rotated", "b"), make_finding(Urgency.WARNING, "unused", "a"),
             make_finding(Urgency.ALERT, "weak", "z"), make_finding(Urgency.ALERT, "public", "z")]
    groups = [(each.kind, [finding.name for finding in each.findings]) for each in group_findings(found)]

    assert groups == [("public", ["z"]), ("weak", ["z"]), ("never rotated", ["b"]), ("unused", ["a", "b"]),
                      ("undescribed", ["a"])]
    assert group_findings(reversed(found)) == group_findings(found)


@pytest.mark.parametrize(("entry", "kinds"), [
    (make_entry(90), []),
    (make_entry(91), ["never rotated", "unused"]),
    (make_entry(91, LastAccessedDate=NOW), ["never rotated"]),
    (make_entry(91, LastAccessedDate=NOW, LastRotatedDate=NOW), []),
    (make_entry(1, Description=""), ["undescribed"]),
    (make_entry(1, RotationEnabled=True, NextRotationDate=NOW - timedelta(days=1)), ["rotation overdue"]),
    (make_entry(1, RotationEnabled=True, RotationLambdaARN=FUNCTION), ["rotation waits"]),
    (make_entry(1, RotationLambdaARN=FUNCTION), []),
    (make_entry(99, DeletedDate=NOW + timedelta(days=7)), ["deleted soon"]),
    (make_entry(99, DeletedDate=NOW + timedelta(days=8)), []),
])
def test_what_an_entry_tells(entry: Any, kinds: list[str]) -> None:
    assert list_kinds(entry) == kinds
    assert set(kinds) <= set(KINDS)


def test_limits_are_settings() -> None:
    old = make_entry(40, LastAccessedDate=NOW - timedelta(days=20))
    strict = read_limits(Settings(health_unused_days=10, health_unrotated_days=30))
    off = read_limits(Settings(health_unused_days=0, health_unrotated_days=0, health_deletion_days=0))

    assert list_kinds(old) == []
    assert list_kinds(old, strict) == ["never rotated", "unused"]
    assert list_kinds(make_entry(9999), off) == []
    assert list_kinds(make_entry(9999, DeletedDate=NOW), off) == []
    assert list_kinds(make_entry(9999), replace(LIMITS, unused_days=10**18, unrotated_days=10**18)) == []


def test_an_undescribed_secret_is_a_note() -> None:
    (finding,) = check_entry(make_entry(1, Description=""), NOW, LIMITS)

    assert finding.urgency is Urgency.NOTE
