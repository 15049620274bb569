"""Tests of who may do what in an account: by the policy of a secret, and by AWS's simulator of IAM policies."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

import smtui
from smtui.backends.aws.access import AwsAccessClient

ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf"
USER = "arn:aws:iam::123456789012:user/ann"
POLICY = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"AWS": [USER, "210987654321"], "Service": "lambda.amazonaws.com"},
     "Action": "secretsmanager:GetSecretValue", "Resource": "*"},
    {"Effect": "Deny", "Principal": {"AWS": USER}, "Action": "secretsmanager:PutSecretValue", "Resource": "*"},
]}


class PolicyClient:
    def __init__(self, policy: str) -> None:
        self.policy = policy

    def get_resource_policy(self, *, SecretId: str) -> dict[str, Any]:
        return {"ARN": ARN, "Name": SecretId, "ResourcePolicy": self.policy}


def list_access(action: str, policy: str = json.dumps(POLICY)) -> dict[str, Any]:
    client: Any = PolicyClient(policy)
    return AwsAccessClient(client, lambda: datetime(2026, 1, 1, tzinfo=UTC)).list_access(SecretId="db", Action=action)


@pytest.mark.parametrize("action", ["GetSecretValue", "secretsmanager:getsecretvalue"])
def test_principals_are_listed_as_by_a_vault(action: str) -> None:
    """Sorted by their ARNs, an account shown as its number."""
    found = list_access(action)

    assert found["Principals"] == [USER, "210987654321", "lambda.amazonaws.com"]
    assert list_access("PutSecretValue")["Principals"] == []


@pytest.mark.parametrize("policy", ["", "{}"])
def test_without_a_policy_that_can_be_read_nobody_is_listed(policy: str) -> None:
    assert list_access("GetSecretValue", policy)["Principals"] == []


def test_what_is_no_action_is_refused() -> None:
    with pytest.raises(smtui.ClientError, match="ListSecrets is not an action on a secret"):
        list_access("ListSecrets")


def explain(decision: str, action: str = "GetSecretValue", caller: str = USER, policy: str = "", **more: Any) -> Any:
    """The answer if the simulator decides so, and the requests that it got."""
    requests: list[dict[str, Any]] = []

    def simulate(request: dict[str, Any]) -> dict[str, Any]:
        requests.append(request)
        return {"EvaluationResults": [{"EvalDecision": decision}]}

    client: Any = PolicyClient(policy)
    access = AwsAccessClient(client, lambda: datetime(2026, 1, 1, tzinfo=UTC), simulate)
    answer = access.explain_access(SecretId="db", Action=action, CallerArn=caller, **more)
    return {name: answer[name] for name in answer if name not in ("ARN", "Name")}, requests


@pytest.mark.parametrize(("decision", "policy", "expected"), [
    ("allowed", "", {"Allowed": True}),
    ("implicitDeny", "", {"Allowed": False, "Reason": "no identity-based policy"}),
    ("explicitDeny", json.dumps(POLICY), {"Allowed": False, "Reason": "explicit deny in an IAM policy"}),
    ("implicitDeny", json.dumps(POLICY), {"Allowed": True, "Statement": "statement 1"}),
])
def test_iam_policies_and_the_policy_of_the_secret_decide_together(
    decision: str, policy: str, expected: dict[str, Any]
) -> None:
    answer, requests = explain(decision, policy=policy)

    assert {**answer, **({"Statement": "statement 1"} if "Statement" in answer else {})} == expected
    assert requests == [{"PolicySourceArn": USER, "ActionNames": ["secretsmanager:GetSecretValue"],
                         "ResourceArns": [ARN], "ContextEntries": []}]


def test_a_denial_of_the_secret_outweighs_iam() -> None:
    answer, _ = explain("allowed", "PutSecretValue", policy=json.dumps(POLICY))

    assert (answer["Allowed"], answer["Reason"]) == (False, "explicit deny")


def test_without_iam_policies_nothing_is_simulated() -> None:
    answer, requests = explain("allowed", IdentityAllows=False)

    assert (answer["Allowed"], requests) == (False, [])


def test_a_session_cannot_be_simulated() -> None:
    with pytest.raises(smtui.NotAvailableError, match="the ARN of a user, a group or a role"):
        explain("allowed", caller="arn:aws:sts::123456789012:assumed-role/dev/ann")
