"""Tests of the subject of an audit event, which the audit log shows in its column About."""

from __future__ import annotations

from typing import Any

import smtui
from smtui.rules.audit_query import find_outcome, find_subject_name


def find_subjects(vault: smtui.Vault) -> dict[str, str]:
    return {event["eventName"]: find_subject_name(event) for event in vault.audit_log(changes_only=True)}


def test_functions_are_the_subject_of_their_operations(vault: smtui.Vault) -> None:
    rotations = vault.rotations()
    command: Any = {"Arguments": ["true"]}
    rotations.create_function(FunctionName="works", Command=command, Allow=False)
    rotations.allow_function(FunctionName="works", Command=command)
    rotations.revoke_function(FunctionName="works")
    rotations.delete_function(FunctionName="works")

    assert find_subjects(vault) == dict.fromkeys(
        ("CreateFunction", "AllowFunction", "RevokeFunction", "DeleteFunction"), "works")


def test_a_key_is_the_subject_of_its_creation(vault: smtui.Vault) -> None:
    key = vault.keys().create_key(Description="The orders")["KeyMetadata"]["KeyId"]
    vault.keys().create_alias(AliasName="alias/orders", TargetKeyId=key)

    assert find_subjects(vault) == {"CreateKey": key, "CreateAlias": "alias/orders"}


def test_a_secret_is_the_subject_by_its_name(vault: smtui.Vault) -> None:
    arn = vault.client().create_secret(Name="prod/db", SecretString="x")["ARN"]
    vault.client().tag_resource(SecretId=arn, Tags=[{"Key": "a", "Value": "b"}])

    assert find_subjects(vault) == {"CreateSecret": "prod/db", "TagResource": "prod/db"}


def test_a_rotation_that_failed_is_not_done() -> None:
    """Its event is one of the service, without an error code."""
    names = ("RotationFailed", "TestRotationFailed", "PutSecretValue")
    outcomes = {name: find_outcome({"eventName": name}) for name in names}

    assert outcomes == {"RotationFailed": "failed", "TestRotationFailed": "failed", "PutSecretValue": "done"}
    assert find_outcome({"eventName": "PutSecretValue", "errorCode": "SomeException"}) == "SomeException"
