"""Tests of the client for servers: it answers requests in AWS JSON as the service does, in the service's words."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

import pytest

import smtui
from smtui.api.errors import ParamValidationError
from smtui.api.model import OPERATIONS
from smtui.api.shapes import Blob, Flag, Integer, List, Structure, Text
from smtui.engine.client import format_method_name
from tests.contract.conftest import HeldToTheModel

TOKEN = "00000000-1111-4000-8000-00000000000"
PYTHON = re.compile(r"<class|\b(str|int|dict|bool|None)\b|[Pp]arameter|Python|valid types|Traceback|object at")
"""Words of Python, and of boto3's own validation."""


@pytest.fixture
def raw(vault: smtui.Vault) -> Any:
    return HeldToTheModel(vault.client(raw=True))


@pytest.fixture
def secret(raw: Any) -> str:
    raw.create_secret(Name="a", SecretString="x", ClientRequestToken=f"{TOKEN}0")
    return "a"


def refuse(call: Any, **params: Any) -> tuple[str, str]:
    """The code and the message of a refusal."""
    with pytest.raises(smtui.ClientError) as caught:
        call(**params)
    error = caught.value
    assert not isinstance(error, ParamValidationError)
    assert not PYTHON.search(error.response["Error"]["Message"])
    return error.response["Error"]["Code"], error.response["Error"]["Message"]


@pytest.mark.parametrize(("method", "request_"), [
    ("create_secret", {"Name": "b", "SecretString": "y"}), ("put_secret_value", {"SecretId": "a", "SecretString": "y"}),
    ("update_secret", {"SecretId": "a", "SecretString": "y"}), ("rotate_secret", {"SecretId": "a"}),
    ("put_secret_value", {"SecretId": "a", "SecretString": "y", "ClientRequestToken": None}),
])
def test_no_token_is_added(raw: Any, secret: str, method: str, request_: Any) -> None:
    assert refuse(getattr(raw, method), **request_) == (
        "InvalidRequestException", "You must provide a ClientRequestToken value. We recommend a UUID-type value.",
    )


def test_a_request_without_a_version_needs_no_token(raw: Any, secret: str) -> None:
    assert "VersionId" not in raw.update_secret(SecretId=secret, Description="d")


def test_what_is_null_or_unknown_is_ignored(vault: smtui.Vault, raw: Any) -> None:
    """At every depth; an SDK that is newer than smtui keeps working."""
    made = raw.create_secret(
        Name="a", SecretString="x", SecretBinary=None, Description=None, ClientRequestToken=f"{TOKEN}1", Colour="blue",
        KmsKeyId=None, Tags=[{"Key": "k", "Value": "v", "Colour": "blue"}, {"Key": "empty", "Value": "", "More": None}],
        **{"not an identifier": {"deep": [1]}, "": None, "self": 1},
    )
    described = raw.describe_secret(SecretId="a", VersionId=None)

    assert made["VersionId"] == f"{TOKEN}1"
    assert described["Tags"] == [{"Key": "k", "Value": "v"}, {"Key": "empty", "Value": ""}]
    assert "Description" not in described
    assert "olour" not in json.dumps(list(vault.audit_log()), default=str)


NULL = "Member must not be null"
EMPTY = "Member must have length greater than or equal to 1"


@pytest.mark.parametrize(("method", "request_", "violations"), [
    ("get_secret_value", {"SecretId": ""}, [("Value at 'secretId'", EMPTY)]),
    ("get_secret_value", {}, [("Value null at 'secretId'", NULL)]),
    ("get_secret_value", {"SecretId": None}, [("Value null at 'secretId'", NULL)]),
    ("get_secret_value", {"SecretId": "", "VersionId": "short", "VersionStage": "x" * 257}, [
        ("Value at 'secretId'", EMPTY),
        ("Value at 'versionId'", "Member must have length greater than or equal to 32"),
        ("Value at 'versionStage'", "Member must have length less than or equal to 256"),
    ]),
    ("list_secrets", {"MaxResults": 0}, [
        ("Value at 'maxResults'", "Member must have value greater than or equal to 1"),
    ]),
    ("list_secrets", {"MaxResults": 101}, [
        ("Value at 'maxResults'", "Member must have value less than or equal to 100"),
    ]),
    ("tag_resource", {"SecretId": "a", "Tags": [{"Key": "k", "Value": "v"}, {"Key": "", "Value": "v"}]}, [
        ("Value at 'tags.2.member.key'", EMPTY),
    ]),
    ("untag_resource", {"SecretId": "a", "TagKeys": ["k", None]}, [("Value null at 'tagKeys.2.member'", NULL)]),
    ("put_resource_policy", {"SecretId": "a"}, [("Value null at 'resourcePolicy'", NULL)]),
    ("tag_resource", {}, [("Value null at 'secretId'", NULL), ("Value null at 'tags'", NULL)]),
    ("batch_get_secret_value", {"SecretIdList": []}, [("Value at 'secretIdList'", EMPTY)]),
])
def test_faults_of_form_are_worded_as_by_the_service(
    raw: Any, method: str, request_: Any, violations: list[tuple[str, str]]
) -> None:
    each = [f"{where} failed to satisfy constraint: {constraint}" for where, constraint in violations]
    count = "1 validation error" if len(each) == 1 else f"{len(each)} validation errors"

    code, message = refuse(getattr(raw, method), **request_)

    assert code == "ValidationException"
    assert message == f"{count} detected: {'; '.join(each)}"


def test_the_size_of_a_policy_has_its_own_error(raw: Any, secret: str) -> None:
    for policy in ("", " " * 20_481):
        assert refuse(raw.put_resource_policy, SecretId=secret, ResourcePolicy=policy)[0] == "InvalidParameterException"


@pytest.mark.parametrize(("method", "request_", "message"), [
    ("get_secret_value", {"SecretId": 5}, "NUMBER_VALUE can not be converted to a String"),
    ("get_secret_value", {"SecretId": 5.5}, "DECIMAL_VALUE can not be converted to a String"),
    ("get_secret_value", {"SecretId": True}, "TRUE_VALUE can not be converted to a String"),
    ("get_secret_value", {"SecretId": {}}, "Start of structure or map found where not expected."),
    ("get_secret_value", {"SecretId": ["a"]}, "Start of list found where not expected"),
    ("list_secrets", {"MaxResults": "5"}, "STRING_VALUE can not be converted to a Long"),
    ("list_secrets", {"MaxResults": 2.5}, "DECIMAL_VALUE can not be converted to a Long"),
    ("list_secrets", {"MaxResults": False}, "FALSE_VALUE can not be converted to a Long"),
    ("list_secrets", {"MaxResults": float("nan")}, "DECIMAL_VALUE can not be converted to a Long"),
    ("list_secrets", {"IncludePlannedDeletion": "true"}, "STRING_VALUE can not be converted to a Boolean"),
    ("list_secrets", {"Filters": {"Key": "name"}}, "Expected list or null"),
    ("list_secrets", {"Filters": ["name"]}, "Expected structure or null"),
    ("put_secret_value", {"SecretId": "a", "SecretBinary": 5}, "NUMBER_VALUE can not be converted to a Blob"),
    ("put_secret_value", {"SecretId": "a", "SecretBinary": "~"}, "The blob is not valid base64."),
    # Only the first: what cannot be read has no other faults.
    ("get_secret_value", {"SecretId": "", "VersionId": 5}, "NUMBER_VALUE can not be converted to a String"),
])
def test_a_wrong_json_type_cannot_be_read(
    vault: smtui.Vault, method: str, request_: Any, message: str
) -> None:
    raw = vault.client(raw=True)
    assert refuse(getattr(raw, method), **request_) == ("SerializationException", message)
    event = next(vault.audit_log())
    assert (event["errorCode"], event["errorMessage"]) == ("SerializationException", message)


def test_a_number_without_a_fraction_is_an_integer(raw: Any, secret: str) -> None:
    assert len(raw.list_secrets(MaxResults=1.0)["SecretList"]) == 1


def test_a_blob_is_base64_text_or_bytes(raw: Any) -> None:
    binary = b"\x00\xff~"
    for number, value in enumerate((base64.b64encode(binary).decode(), binary, bytearray(binary))):
        raw.create_secret(Name=f"b{number}", SecretBinary=value, ClientRequestToken=f"{TOKEN}{number}")
        assert raw.get_secret_value(SecretId=f"b{number}")["SecretBinary"] == binary


@pytest.mark.parametrize("region", ["us east", "Mars", "", "eu-west-1\n", "EU-WEST-1", "1", "x" * 10_000, 5])
def test_a_region_that_is_none_is_an_error_of_aws(vault: smtui.Vault, region: Any) -> None:
    code, message = refuse(vault.client, region_name=region, raw=True)

    assert code == "ValidationException"
    assert message == ("1 validation error detected: Value at 'region' failed to satisfy constraint: "
                       r"Member must satisfy regular expression pattern: ^([a-z]+-)+\d+$")


def test_a_raw_client_is_for_a_region_and_a_caller(vault: smtui.Vault) -> None:
    alice = vault.client(raw=True, region_name="eu-west-1", caller=smtui.Caller(
        "arn:aws:iam::000000000000:user/alice", identity="none"))

    assert alice.meta.region_name == "eu-west-1"
    assert refuse(alice.list_secrets)[0] == "AccessDeniedException"


WRONG: list[Any] = [
    "", "x" * 70_000, 0, -1, 10**30, 1.5, True, None, [], {}, [None], [[]], [{}], {"Key": 5}, b"x", "\ud800",
]  # fmt: skip


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_no_request_is_refused_in_words_of_python(vault: smtui.Vault, secret: str, operation: str) -> None:
    """Each member in turn gets each wrong value; whatever is refused is refused in words of AWS."""
    shape = OPERATIONS[operation].request
    method = getattr(vault.client(raw=True), format_method_name(operation))
    base = {name: make_sample(shape.members[name]) for name in shape.required}
    for params in [{}, *({**base, name: value} for name in shape.members for value in WRONG)]:
        try:
            method(**params)
        except smtui.ClientError as error:
            assert not isinstance(error, ParamValidationError)
            assert error.code != "InternalServiceError", params
            assert not PYTHON.search(error.message), error.message
            assert error.operation_name == operation


def make_sample(shape: Any) -> Any:
    match shape:
        case Structure():
            return {name: make_sample(shape.members[name]) for name in ("Region",) if name in shape.members}
        case List():
            return [make_sample(shape.item)]
        case Text(pattern=str()):
            return "us-west-2"
        case Blob() | Flag() | Integer():
            raise AssertionError("no such member is required")
    return "a"


def test_boto3s_client_is_as_before(vault: smtui.Vault) -> None:
    """Only a raw client ignores what is null or unknown."""
    for params in ({"SecretId": "a", "Colour": "blue"}, {"SecretId": "a", "VersionId": None}, {"SecretId": ""}):
        with pytest.raises(ParamValidationError):
            vault.client().get_secret_value(**params)
