"""Tests of an AWS account as a context, against moto's server."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest

import smtui
from smtui.api.boto_client import format_method_name
from smtui.api.context import Context, Feature
from smtui.api.model import OPERATIONS
from smtui.backends.aws.context import MAX_DESCRIBED, AwsContext
from smtui.backends.aws.guard import READING_OPERATIONS
from smtui.system.context_settings import ContextSettings
from smtui.system.settings import get_settings_path
from tests.aws_server import ACCOUNT, DENIED, EXPIRED, HTML, OTHER_ACCOUNT, PAGE, RESET, THROTTLED, Aws
from tests.backends.aws.test_guard import REQUESTS

SECRET_KEY = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY"


def write_settings(text: str) -> None:
    path = get_settings_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_the_client_has_the_shape_of_every_other_client(context: AwsContext) -> None:
    client: Any = context.client()
    created = client.create_secret(Name="prod/db", SecretString='{"a":1}')
    client.put_secret_value(SecretId="prod/db", SecretString='{"a":2}')
    pages = list(client.get_paginator("list_secret_version_ids").paginate(SecretId="prod/db"))

    assert client.get_secret_value(SecretId="prod/db")["SecretString"] == '{"a":2}'
    assert len(pages[0]["Versions"]) == 2
    assert created["ARN"].split(":")[4] == ACCOUNT
    with pytest.raises(client.exceptions.ResourceNotFoundException) as refused:
        client.describe_secret(SecretId="none")
    assert isinstance(refused.value, smtui.ClientError)
    assert refused.value.operation_name == "DescribeSecret"


def test_each_region_has_its_client(context: AwsContext) -> None:
    context.client(region_name="eu-west-1").create_secret(Name="there", SecretString="x")

    assert context.client().list_secrets()["SecretList"] == []
    assert context.client(region_name="eu-west-1").list_secrets()["SecretList"][0]["Name"] == "there"
    with pytest.raises(smtui.SmtuiError, match="mars"):
        context.client(region_name="mars")


def test_a_request_of_the_wrong_shape_is_refused_without_its_value(aws: Aws, context: AwsContext) -> None:
    client: Any = context.client()
    with pytest.raises(smtui.ClientError) as refused:
        client.create_secret(Name="a", SecretString=12345678)

    assert "12345678" not in str(refused.value)
    assert aws.proxy.calls == []


def test_another_account_behind_the_profile_is_refused_before_anything_is_read(aws: Aws) -> None:
    with pytest.raises(smtui.WrongAccountError) as refused:
        AwsContext(ContextSettings("prod", profile="a", account=OTHER_ACCOUNT))

    assert f"belongs to account {ACCOUNT}, not to {OTHER_ACCOUNT}" in str(refused.value)
    assert aws.proxy.calls == ["GetCallerIdentity"]


def test_a_role_leads_to_another_account(aws: Aws) -> None:
    with AwsContext(ContextSettings("b", profile="b", account=OTHER_ACCOUNT)) as context:
        context.client().list_secrets()
        assert context.account_id == OTHER_ACCOUNT
        assert context.region_name == "eu-west-1"

    assert aws.proxy.calls == ["AssumeRole", "GetCallerIdentity", "ListSecrets"]


def test_aws_is_told_who_calls(aws: Aws, context: AwsContext) -> None:
    context.client().list_secrets()

    assert all("app/smtui" in each for each in aws.proxy.user_agents)


def test_calls_are_counted(context: AwsContext) -> None:
    context.client().list_secrets()
    context.client().list_secrets()
    assert context.account_id == ACCOUNT

    assert context.meter.counts == {"ListSecrets": 2, "GetCallerIdentity": 1}


def test_after_close_nothing_is_left_to_call_with(context: AwsContext) -> None:
    client = context.client()
    context.close()
    context.close()
    with pytest.raises(smtui.VaultLockedError):
        client.list_secrets()
    with pytest.raises(smtui.VaultLockedError):
        context.client()
    assert context.locked


def test_no_credential_is_in_a_repr(context: AwsContext) -> None:
    client = context.client()
    client.list_secrets()
    for thing in (context, client, context.keys(), context._connection, context.settings, vars(context)):
        assert SECRET_KEY not in repr(thing)
        assert "AKIA" not in repr(thing)


def test_no_value_reaches_a_log(aws: Aws, caplog: pytest.LogCaptureFixture) -> None:
    """botocore logs whole requests and responses at level DEBUG."""
    for name in ("boto3", "botocore", "urllib3"):
        logging.getLogger(name).setLevel(logging.NOTSET)
    caplog.set_level(logging.DEBUG)
    with AwsContext(ContextSettings("dev", profile="a", protect="no")) as context:
        context.client().create_secret(Name="a", SecretString="value-of-a-secret")
        context.client().get_secret_value(SecretId="a")

    assert "value-of-a-secret" not in caplog.text
    assert SECRET_KEY not in caplog.text


FAULT_ERRORS = [
    (DENIED, smtui.ClientError, "is not authorized to perform", "IAM policies"),
    (THROTTLED, smtui.ClientError, "Rate exceeded", "Try again in a few seconds"),
    (EXPIRED, smtui.ClientError, "token included in the request is expired", "aws sso login --profile a"),
    (HTML, smtui.ContextUnreachableError, "the answer is not from AWS (HTTP 500)", "proxy"),
    (PAGE, smtui.ContextUnreachableError, "the answer is not from AWS (HTTP 200)", "proxy"),
    (RESET, smtui.ContextUnreachableError, "the connection was closed", "network"),
]


@pytest.mark.parametrize(("fault", "kind", "sentence", "hint"), FAULT_ERRORS)
def test_a_fault_is_an_error_of_ours(
    aws: Aws, context: AwsContext, fault: str, kind: type[smtui.SmtuiError], sentence: str, hint: str
) -> None:
    aws.proxy.faults["ListSecrets"] = fault
    with pytest.raises(kind) as refused:
        context.client().list_secrets()

    assert sentence in str(refused.value)
    assert hint in refused.value.hint
    assert "html" not in str(refused.value).lower()


@pytest.mark.parametrize(("fault", "kind"), [(fault, kind) for fault, kind, _, _ in FAULT_ERRORS])
def test_each_operation_fails_with_an_error_of_ours(
    aws: Aws, context: AwsContext, fault: str, kind: type[smtui.SmtuiError]
) -> None:
    aws.proxy.faults["*"] = fault
    for operation in OPERATIONS:
        if fault == PAGE and operation not in READING_OPERATIONS:
            continue  # an empty response is a success of some changes
        method = getattr(context.client(), format_method_name(operation))
        with pytest.raises(kind) as refused:
            method(**REQUESTS.get(operation, {"SecretId": "db"}))
        if isinstance(refused.value, smtui.ClientError):
            assert refused.value.operation_name == operation
        assert refused.value.hint, operation


def test_each_operation_without_a_network_is_unreachable(aws: Aws) -> None:
    with AwsContext(ContextSettings("x", profile="offline", protect="no")) as context:
        for operation in OPERATIONS:
            method = getattr(context.client(), format_method_name(operation))
            with pytest.raises(smtui.ContextUnreachableError, match="no connection to AWS"):
                method(**REQUESTS.get(operation, {"SecretId": "db"}))


@pytest.mark.parametrize(("profile", "kind", "sentence"), [
    ("offline", smtui.ContextUnreachableError, "no connection to AWS"),
    ("process", smtui.SignInError, "the credential_process of profile process failed"),
    ("sso", smtui.SignInError, "the SSO session of profile sso has expired"),
    ("empty", smtui.SignInError, "profile empty has no usable credentials"),
    ("nowhere", smtui.ContextMissingError, "there is no profile nowhere"),
])
def test_who_cannot_sign_in_is_told_how(
    aws: Aws, profile: str, kind: type[smtui.SmtuiError], sentence: str
) -> None:
    """The output of a credential_process is not quoted: it may have a token."""
    with pytest.raises(kind) as refused:
        AwsContext(ContextSettings("x", profile=profile)).client().list_secrets()

    assert sentence in str(refused.value)
    assert refused.value.hint
    assert "token-in-the-output" not in f"{refused.value} {refused.value.hint}"


def test_an_mfa_code_is_asked_of_the_caller_and_once(aws: Aws) -> None:
    questions: list[str] = []

    def answer(question: str) -> str:
        questions.append(question)
        return "123456"

    with AwsContext(ContextSettings("mfa", profile="mfa"), ask_code=answer) as context:
        context.client().list_secrets()
        context.client(region_name="eu-west-1").list_secrets()
        assert context.account_id == OTHER_ACCOUNT

    assert len(questions) == 1
    assert "mfa/ann" in questions[0]


def test_without_anybody_to_ask_a_profile_with_mfa_is_refused(aws: Aws) -> None:
    with pytest.raises(smtui.SignInError, match="needs an MFA code"):
        AwsContext(ContextSettings("mfa", profile="mfa")).client().list_secrets()


def test_credentials_of_the_environment_are_not_taken_silently(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "b")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "other")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "other")
    with AwsContext(ContextSettings("a", profile="a")) as context:
        assert context.account_id == ACCOUNT


def test_what_aws_does_not_have_is_said(context: AwsContext, protected: AwsContext) -> None:
    for feature in Feature:
        assert protected.can.explain(feature).endswith(".")
    assert context.can.has(Feature.DELETION_AT_ONCE) and not context.can.explain(Feature.DELETION_AT_ONCE)
    with pytest.raises(smtui.NotAvailableError, match="AWS Lambda"):
        context.rotations()
    with pytest.raises(smtui.NotAvailableError, match="credentials of the profile"):
        context.client(caller="arn:aws:iam::123456789012:user/x")
    with pytest.raises(smtui.NotAvailableError, match="only AWS itself"):
        context.owner("rds")


@pytest.mark.parametrize("others", [0, MAX_DESCRIBED])
def test_names_are_looked_up_without_reading_a_value(aws: Aws, context: AwsContext, others: int) -> None:
    client = context.client()
    client.create_secret(Name="full", SecretString="x")
    client.create_secret(Name="gone", SecretString="x")
    client.delete_secret(SecretId="gone", RecoveryWindowInDays=7)
    with aws.count_calls() as calls:
        with_value, refused = context.look_up_names(["full", "gone", "free", *map(str, range(others))])

    assert with_value == {"full"}
    assert list(refused) == ["gone"]
    assert set(calls) == ({"ListSecrets"} if others else {"DescribeSecret"})


def test_keys_come_from_all_pages(aws: Aws, context: AwsContext) -> None:
    kms = aws.client(service="kms")
    for _ in range(3):
        kms.create_key()
    keys = context.keys().list_keys()["Keys"]

    assert len(keys) == 3
    assert context.keys().describe_key(KeyId=keys[0]["KeyId"])["KeyMetadata"]["KeyState"] == "Enabled"


def test_a_context_opens_by_its_name(aws: Aws) -> None:
    write_settings('[contexts.prod]\nprofile = "a"\naccount = "123456789012"\nregions = ["eu-west-1", "us-east-1"]\n')
    with smtui.open_context("prod") as context, smtui.open_context("prod@us-east-1") as other:
        assert (context.title, context.region_name, context.read_only) == ("prod", "eu-west-1", True)
        assert other.region_name == "us-east-1"
        assert list_names(context) == []


def list_names(context: Context) -> list[str]:
    return [each["Name"] for each in context.client().list_secrets()["SecretList"]]


def test_a_profile_without_a_table_opens_protected(aws: Aws) -> None:
    with smtui.open_context("a") as context:
        assert context.read_only
    with pytest.raises(smtui.ContextMissingError) as refused:
        smtui.open_context("nothing")
    assert "process" in refused.value.hint


def test_a_vault_is_a_context_too(vault: smtui.Vault) -> None:
    key, path = vault.unlock_key(), vault.path
    vault.client().create_secret(Name="local", SecretString="x")
    write_settings(f'[contexts.team]\nvault = "{path}"\n[contexts.old]\nvault = "{path}"\nprotect = "read"\n')
    with smtui.open_context("team", key=key) as context:
        assert list_names(context) == ["local"]
        assert not context.can.has_costs
    with smtui.open_context("old", key=key) as context, pytest.raises(smtui.VaultReadOnlyError):
        context.client().create_secret(Name="a", SecretString="x")
    with pytest.raises(smtui.ContextError, match="is a vault"):
        smtui.open_context("team@eu-west-1", key=key)


@pytest.fixture
def without_boto3(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    import sys

    monkeypatch.setitem(sys.modules, "botocore.session", None)
    yield


def test_without_boto3_the_command_to_install_it_is_said(aws: Aws, without_boto3: None) -> None:
    with pytest.raises(smtui.ContextError) as refused:
        AwsContext(ContextSettings("a", profile="a"))

    assert "smtui[aws]" in refused.value.hint


def test_a_role_that_is_assumed_by_a_role(aws: Aws) -> None:
    """Of a third account: two roles are assumed, once each, before the first call."""
    with AwsContext(ContextSettings("far", profile="chain", account="333333333333", protect="no")) as context:
        context.client().create_secret(Name="far/db", SecretString="x")
        context.client().describe_secret(SecretId="far/db")
        assert context.identity["Arn"].startswith("arn:aws:sts::333333333333:assumed-role/ops/")

    assert aws.calls["AssumeRole"] == 2
    assert aws.client("chain").list_secrets()["SecretList"][0]["ARN"].split(":")[4] == "333333333333"
    assert aws.client("b").list_secrets(MaxResults=1)["SecretList"] == []
    with pytest.raises(smtui.WrongAccountError):
        AwsContext(ContextSettings("far", profile="chain", account=OTHER_ACCOUNT))
