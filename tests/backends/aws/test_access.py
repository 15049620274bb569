"""Tests of who may do what in an account, as far as the resource policy of a secret tells."""

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
