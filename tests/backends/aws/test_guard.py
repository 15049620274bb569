"""Tests of the protection from changes: nothing that changes an account leaves a protected context."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from smtui.api.boto_client import format_method_name
from smtui.api.errors import SmtuiError, VaultReadOnlyError
from smtui.api.kms import KEY_OPERATIONS
from smtui.api.model import OPERATIONS
from smtui.backends.aws.context import AwsContext
from smtui.backends.aws.guard import IDLE_SECONDS, READING_OPERATIONS, WriteGuard
from smtui.system.context_settings import ContextSettings
from tests.aws_server import Aws

READS = ("BatchGet", "Describe", "Get", "List", "Validate")
TOKEN = "01234567890123456789012345678901"
REQUESTS: dict[str, dict[str, Any]] = {
    "BatchGetSecretValue": {"SecretIdList": ["db"]}, "CreateSecret": {"Name": "new", "SecretString": "x"},
    "GetRandomPassword": {}, "ListSecrets": {}, "PutResourcePolicy": {"SecretId": "db", "ResourcePolicy": "{}"},
    "RemoveRegionsFromReplication": {"SecretId": "db", "RemoveReplicaRegions": ["eu-west-1"]},
    "ReplicateSecretToRegions": {"SecretId": "db", "AddReplicaRegions": [{"Region": "eu-west-1"}]},
    "TagResource": {"SecretId": "db", "Tags": [{"Key": "a", "Value": "b"}]},
    "UntagResource": {"SecretId": "db", "TagKeys": ["a"]},
    "UpdateSecretVersionStage": {"SecretId": "db", "VersionStage": "AWSCURRENT", "MoveToVersionId": TOKEN},
    "ValidateResourcePolicy": {"ResourcePolicy": "{}"},
}
"""A request of each operation that needs more than SecretId."""


def test_the_list_of_reading_operations_agrees_with_the_model() -> None:
    reading = {name for name in (*OPERATIONS, *KEY_OPERATIONS) if name.startswith(READS)}

    assert reading <= READING_OPERATIONS
    assert not {name for name in READING_OPERATIONS if not name.startswith((*READS, "Lookup", "Simulate"))}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_protected_account_gets_no_change(aws: Aws, protected: AwsContext, operation: str) -> None:
    aws.client().create_secret(Name="db", SecretString="x")
    aws.proxy.calls.clear()
    method = getattr(protected.client(), format_method_name(operation))
    request = REQUESTS.get(operation, {"SecretId": "db"})
    if operation in READING_OPERATIONS:
        with suppress(SmtuiError):  # moto does not know every operation
            method(**request)
        assert {*aws.proxy.calls} == {operation}
        return
    with pytest.raises(VaultReadOnlyError, match=f"prod is protected from changes: {operation} was not sent"):
        method(**request)
    assert aws.proxy.calls == []


@pytest.mark.parametrize("operation", [name for name in KEY_OPERATIONS if name not in READING_OPERATIONS])
def test_keys_of_a_protected_account_are_not_changed(aws: Aws, protected: AwsContext, operation: str) -> None:
    requests: dict[str, dict[str, Any]] = {
        "CreateKey": {}, "UpdateKeyDescription": {"KeyId": "x", "Description": ""}, "DeleteAlias": {"AliasName": "a"},
        "CreateAlias": {"AliasName": "alias/a", "TargetKeyId": "x"},
        "UpdateAlias": {"AliasName": "alias/a", "TargetKeyId": "x"}, "PutKeyPolicy": {"KeyId": "x", "Policy": "{}"},
        "KeyTagResource": {"KeyId": "x", "Tags": []}, "KeyUntagResource": {"KeyId": "x", "TagKeys": []},
    }
    method = getattr(protected.keys(), format_method_name(KEY_OPERATIONS[operation].name))
    with pytest.raises(VaultReadOnlyError):
        method(**requests.get(operation, {"KeyId": "x"}))

    assert aws.proxy.calls == []


def test_changes_that_were_allowed_end_after_fifteen_idle_minutes() -> None:
    now = [0.0]
    guard = WriteGuard("prod", "read", lambda: now[0])
    guard.allow_changes()
    now[0] = IDLE_SECONDS - 1
    guard.check("PutSecretValue")
    now[0] += IDLE_SECONDS - 1
    guard.check("PutSecretValue")
    guard.check("GetSecretValue")
    now[0] += IDLE_SECONDS
    with pytest.raises(VaultReadOnlyError):
        guard.check("PutSecretValue")
    guard.check("GetSecretValue")


def test_a_question_is_asked_before_the_first_change() -> None:
    questions: list[str] = []
    guard = WriteGuard("prod", "ask", lambda: 0.0, questions.append)
    for operation in ("GetSecretValue", "PutSecretValue", "DeleteSecret"):
        guard.check(operation)

    assert questions == ["PutSecretValue"]


def test_an_answer_that_is_no_sends_nothing(aws: Aws) -> None:
    def refuse(operation: str) -> None:
        raise SmtuiError("Not confirmed.")

    context = AwsContext(ContextSettings("prod", profile="a", protect="ask"), confirm=refuse)
    with context, pytest.raises(SmtuiError, match="Not confirmed"):
        context.client().create_secret(Name="a", SecretString="x")

    assert aws.proxy.calls == []


def test_a_protected_account_deletes_nothing_without_recovery(aws: Aws, protected: AwsContext) -> None:
    aws.client().create_secret(Name="db", SecretString="x")
    protected.allow_changes()
    with pytest.raises(VaultReadOnlyError, match="cannot be deleted without recovery"):
        protected.client().delete_secret(SecretId="db", ForceDeleteWithoutRecovery=True)
    assert aws.calls["DeleteSecret"] == 0
    protected.client().delete_secret(SecretId="db", RecoveryWindowInDays=7)


def test_changes_can_be_allowed_for_one_context(aws: Aws, protected: AwsContext) -> None:
    other = AwsContext(ContextSettings("b", profile="b"))
    protected.allow_changes()
    protected.client().create_secret(Name="a", SecretString="x")
    with other, pytest.raises(VaultReadOnlyError):
        other.client().create_secret(Name="a", SecretString="x")

    assert aws.calls["CreateSecret"] == 1
