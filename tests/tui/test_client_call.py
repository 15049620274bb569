"""Tests of planned calls of a client: what they send, and how they are shown."""

from __future__ import annotations

from typing import Any

import pytest

import smtui
from smtui.api.errors import ResourceNotFoundException
from smtui.text.sanitize import SafeText
from smtui.tui.client_call import plan_call


def test_a_value_in_a_call_is_never_shown(client: Any) -> None:
    """Calls contain no value; if one does, the preview masks it."""
    call = plan_call(client.put_secret_value, SecretId="a", SecretString="hunter2")

    assert dict(call.format_members()) == {"SecretId": "a", "SecretString": "••••••••"}
    assert call.operation == SafeText("PutSecretValue")


def test_a_call_is_made_only_when_it_is_sent(client: Any) -> None:
    client.create_secret(Name="a", SecretString="x", Tags=[{"Key": "team", "Value": "pay"}])
    call = plan_call(client.untag_resource, SecretId="a", TagKeys=["team"])
    assert client.describe_secret(SecretId="a")["Tags"]

    call.send()

    assert client.describe_secret(SecretId="a")["Tags"] == []


def test_a_call_goes_to_the_region_of_its_client(vault: smtui.Vault) -> None:
    vault.client(region_name="eu-west-1").create_secret(Name="a", SecretString="x")

    plan_call(vault.client(region_name="eu-west-1").delete_secret, SecretId="a").send()

    with pytest.raises(ResourceNotFoundException):
        plan_call(vault.client().delete_secret, SecretId="a").send()


@pytest.mark.parametrize(("member", "shown"), [
    ("arn:aws:secretsmanager:us-east-1:000000000000:secret:prod/db-AbCdEf", "prod/db"),
    ("x" * 201, "x" * 200 + "… (201 characters)"),
])
def test_members_are_shown_by_name_and_not_at_length(client: Any, member: str, shown: str) -> None:
    assert dict(plan_call(client.describe_secret, SecretId=member).format_members()) == {"SecretId": shown}
