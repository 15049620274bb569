"""Tests of the audit log of an account: the events that CloudTrail has."""

from __future__ import annotations

from typing import Any

import pytest

import smtui
from smtui.backends.aws import rate_limit
from smtui.backends.aws.context import AwsContext
from smtui.system.ambient import Ambient
from smtui.system.context_settings import ContextSettings
from tests.aws_server import ACCOUNT, DENIED, HTML, Aws

ARN = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:prod/db-AbCdEf"
ALICE = f"arn:aws:iam::{ACCOUNT}:user/alice"


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The waits of the rate limit, which take no time."""
    waits: list[float] = []
    monkeypatch.setattr(rate_limit.RateLimit.__init__, "__defaults__", (20, waits.append))
    return waits


def make_event(number: int, name: str = "PutSecretValue", **members: Any) -> dict[str, Any]:
    return {"eventID": str(number), "eventName": name, "eventSource": "secretsmanager.amazonaws.com",
            "eventTime": "2026-11-24T09:30:00Z", "readOnly": name.startswith(("Get", "List", "Describe")),
            "userIdentity": {"arn": ALICE}, "requestParameters": {"secretId": "prod/db"}, **members}


def test_events_are_read_page_by_page(aws: Aws, waits: list[float]) -> None:
    """A protected account is read at one call a second."""
    aws.proxy.events += [make_event(number) for number in range(120)]
    ambient = Ambient(monotonic=lambda: 100.0)
    with AwsContext(ContextSettings("prod", profile="a"), ambient=ambient) as protected:
        events = protected.audit_log()
        assert next(events)["eventID"] == "0"
        assert aws.proxy.calls == ["LookupEvents"]
        assert len(list(events)) == 119
    assert aws.calls["LookupEvents"] == 3
    assert aws.proxy.requests[0]["LookupAttributes"] == [
        {"AttributeKey": "EventSource", "AttributeValue": "secretsmanager.amazonaws.com"}]
    assert waits == [1.0, 2.0], "the clock stands still"


@pytest.mark.parametrize(("criteria", "found"), [
    ({}, "01234"), ({"changes_only": True}, "0134"), ({"operation": "PutSecretValue"}, "034"),
    ({"caller": "user/alice"}, "012"), ({"caller": ALICE}, "012"), ({"caller": "user/bob"}, "3"),
    ({"outcome": "done"}, "0124"), ({"outcome": "refused"}, "3"), ({"outcome": "AccessDeniedException"}, "3"),
    ({"outcome": "ThrottlingException"}, ""), ({"limit": 2}, "01"), ({"secret_id": ARN}, "1"),
])
def test_events_are_sifted(aws: Aws, context: AwsContext, criteria: dict[str, Any], found: str) -> None:
    bob = {"userIdentity": {"arn": ALICE.replace("alice", "bob")}}
    aws.proxy.events += [
        make_event(0), make_event(1, "RotationFailed", resources=[ARN]), make_event(2, "GetSecretValue"),
        make_event(3, errorCode="AccessDeniedException", **bob), make_event(4, userIdentity=None),
    ]
    assert "".join(event["eventID"] for event in context.audit_log(**criteria)) == found


def test_a_name_is_looked_up_by_its_arn(aws: Aws, context: AwsContext) -> None:
    arn = aws.client().create_secret(Name="prod/db", SecretString="x")["ARN"]
    list(context.audit_log(secret_id="prod/db"))
    list(context.audit_log(secret_id="gone"))

    assert [each["LookupAttributes"][0]["AttributeValue"] for each in aws.proxy.requests] == [arn, "gone"]


def test_events_of_other_services_and_broken_records_do_no_harm(aws: Aws, context: AwsContext) -> None:
    aws.proxy.events += [make_event(0, resources=[ARN], eventSource="kms.amazonaws.com"),
                         make_event(1, resources=[ARN])]
    assert [event["eventID"] for event in context.audit_log(secret_id=ARN)] == ["1"]


@pytest.mark.parametrize(("fault", "kind", "sentence"), [
    (DENIED, smtui.ClientError, "not authorized"),
    (HTML, smtui.ContextUnreachableError, "CloudTrail could not be asked"),
])
def test_who_may_not_look_is_told(
    aws: Aws, context: AwsContext, fault: str, kind: type[smtui.SmtuiError], sentence: str
) -> None:
    aws.proxy.faults["LookupEvents"] = fault
    with pytest.raises(kind, match=sentence):
        next(context.audit_log())
