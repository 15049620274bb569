"""Tests of the endpoint without sockets: AWS JSON 1.1, refusals and their order, callers, and the agent interface."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

import pytest

import smtui
from smtui.api.errors import VaultBusyError, VaultDamagedError, VaultFullError
from smtui.protocol.aws_json_service import BUSY, LOCKED
from smtui.protocol.messages import HttpRequest, HttpResponse
from smtui.server.credentials import CallerRegistry
from smtui.server.endpoint import Endpoint
from smtui.server.restrictions import Restrictions
from smtui.server.shared_vault import SharedVault
from tests.conftest import Clock
from tests.server.conftest import HOST, Caller, Signer, make_passphrase

TOKEN = "00000000-1111-4000-8000-000000000001"
VALUE = "marked-value-5c1d"


@pytest.fixture
def secret(caller: Caller) -> str:
    caller.call("CreateSecret", {"Name": "prod/db", "SecretString": VALUE, "ClientRequestToken": TOKEN})
    return "prod/db"


# The protocol. Source: smithy-aws-protocol-tests/model/awsJson1_1 in https://github.com/smithy-lang/smithy


def test_a_value_with_its_times_and_ids(caller: Caller, secret: str, vault: smtui.Vault) -> None:
    response = caller.send("GetSecretValue", {"SecretId": secret})
    found = json.loads(response.body)

    assert response.content_type == "application/x-amz-json-1.1"
    assert found["CreatedDate"] == 1772452800.0
    assert list(found) == ["ARN", "Name", "VersionId", "SecretString", "VersionStages", "CreatedDate"]
    assert response.request_id == next(iter(vault.audit_log()))["eventID"]


def test_a_binary_value_is_base64_in_both_directions(caller: Caller) -> None:
    content = base64.b64encode(b"\x00\xff\n").decode()
    caller.call("CreateSecret", {"Name": "b", "SecretBinary": content, "ClientRequestToken": TOKEN})

    assert caller.call("GetSecretValue", {"SecretId": "b"})["SecretBinary"] == content


@pytest.mark.parametrize("body", [b"", b"{}", b'{"NextToken":null}', b'{"MaxResults":2.0,"Unknown":[1,{"a":null}]}'])
def test_an_empty_body_null_and_unknown_members(caller: Caller, body: bytes) -> None:
    assert caller.call("ListSecrets", body) == {"SecretList": []}


def test_an_operation_without_output_has_no_body(caller: Caller, secret: str) -> None:
    response = caller.send("TagResource", {"SecretId": secret, "Tags": [{"Key": "a", "Value": "b"}]})

    assert (response.status, response.body, response.content_type) == (200, b"", "application/x-amz-json-1.1")


@pytest.mark.parametrize("content_type", [
    "application/x-amz-json-1.1; charset=utf-8", "application/x-amz-json-1.1;charset=UTF-8",
])
def test_parameters_of_the_content_type_are_ignored(caller: Caller, content_type: str) -> None:
    assert caller.call("ListSecrets", {}, headers={"Content-Type": content_type}) == {"SecretList": []}


@pytest.mark.parametrize("body", [
    b"{", b"[]", b"1", b"null", b"\xff", b'{"a":1,"a":2}', b'{"a":NaN}', b"[" * 100_000,
    b'{"a":' * 70 + b"1" + b"}" * 70,
    b'{"SecretId":"\\ud800"}', b'\xef\xbb\xbf{}',
])
def test_what_is_no_json_object(caller: Caller, body: bytes) -> None:
    status, code, _ = caller.refuse("GetSecretValue", body)
    assert (status, code) == (400, "SerializationException")


@pytest.mark.parametrize("params", [
    {"SecretId": 1}, {"SecretId": ["a"]}, {"SecretId": {}}, {"SecretId": True},
])
def test_a_member_of_another_json_type(caller: Caller, params: Any) -> None:
    assert caller.refuse("GetSecretValue", params)[:2] == (400, "SerializationException")


def test_errors_in_the_model_spell_message_with_a_capital(caller: Caller) -> None:
    modeled = caller.send("GetSecretValue", {"SecretId": "none"})
    other = caller.send("GetSecretValue", {})
    unreadable = caller.send("GetSecretValue", {"SecretId": 1})

    assert json.loads(modeled.body) == {
        "__type": "ResourceNotFoundException", "Message": "Secrets Manager can't find the specified secret."}
    assert json.loads(other.body).keys() == json.loads(unreadable.body).keys() == {"__type", "message"}
    assert dict(modeled.headers)["x-amzn-errortype"] == "ResourceNotFoundException"


def test_no_token_is_added_for_a_client(caller: Caller) -> None:
    code, message = caller.refuse("CreateSecret", {"Name": "a", "SecretString": "x"})[1:]
    assert code == "InvalidRequestException"
    assert "ClientRequestToken" in message


@pytest.mark.parametrize("target", ["", "secretsmanager.Nothing", "kms.ListKeys", "GetSecretValue", "secretsmanager."])
def test_unknown_targets(caller: Caller, target: str) -> None:
    request = caller.signer.sign(caller.callers.owner.keys, b"{}", target=target)
    response = caller.endpoint.answer(request)
    assert (response.status, response.body) == (400, b'{"__type":"UnknownOperationException"}')


def test_an_unknown_content_type_and_path(caller: Caller) -> None:
    assert caller.send("ListSecrets", {}, headers={"Content-Type": "text/plain"}).body == (
        b'{"__type":"UnknownOperationException"}')
    assert caller.send("ListSecrets", {}, path="/other").status == 404


def test_the_region_of_the_signature_is_the_region(caller: Caller, secret: str) -> None:
    caller.call("CreateSecret", {"Name": "eu", "SecretString": "x", "ClientRequestToken": TOKEN}, region="eu-west-1")

    assert [each["Name"] for each in caller.call("ListSecrets", {})["SecretList"]] == ["prod/db"]
    assert caller.call("DescribeSecret", {"SecretId": "eu"}, region="eu-west-1")["ARN"].split(":")[3] == "eu-west-1"


# The order of the refusals.


def change(request: HttpRequest, *headers: tuple[str, str], drop: str = "") -> HttpRequest:
    return replace(request, headers=[each for each in request.headers if each[0] != drop] + list(headers))


@pytest.mark.parametrize("headers", [
    [("origin", "http://evil.example")], [("origin", "null")], [("sec-fetch-site", "cross-site")],
    [("sec-fetch-site", "none")], [("sec-fetch-mode", "no-cors")], [("x-forwarded-for", "10.0.0.1")],
    [("forwarded", "for=10.0.0.1")], [("host", HOST)],
])
def test_web_pages_and_proxies_are_refused_before_the_signature(
    caller: Caller, secret: str, headers: list[tuple[str, str]]
) -> None:
    body = json.dumps({"SecretId": secret}).encode()
    signed = caller.signer.sign(caller.callers.owner.keys, body, target="secretsmanager.GetSecretValue")
    response = caller.endpoint.answer(change(signed, *headers))

    assert (response.status, json.loads(response.body)["__type"]) == (403, "AccessDeniedException")
    assert VALUE.encode() not in response.body
    assert caller.endpoint.answer(signed).status == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:80", "localhost:2774", "", "127.0.0.1:2773."])
def test_another_host_is_refused(caller: Caller, host: str) -> None:
    signed = caller.signer.sign(caller.callers.owner.keys, b"{}", target="secretsmanager.ListSecrets")
    response = caller.endpoint.answer(change(signed, ("host", host), drop="host"))
    assert response.status == 403


@pytest.mark.parametrize("method", ["PUT", "OPTIONS", "DELETE", "HEAD", "PATCH", "TRACE", "CONNECT"])
def test_other_methods_are_refused(endpoint: Endpoint, method: str) -> None:
    response = endpoint.answer(HttpRequest(method, "/", headers=[("host", HOST)]))

    assert response.status == 405
    assert not any(name.startswith("access-control") for name, _ in response.headers)


@pytest.mark.parametrize("params", [b"{", b"{}", b'{"SecretId":"prod/db"}'])
def test_without_a_signature_nothing_is_looked_at(
    endpoint: Endpoint, vault: smtui.Vault, secret: str, params: bytes
) -> None:
    before = len(list(vault.audit_log()))
    headers = [("host", HOST), ("x-amz-target", "secretsmanager.GetSecretValue")]
    response = endpoint.answer(HttpRequest("POST", "/", headers=headers, body=params))

    assert json.loads(response.body)["__type"] == "MissingAuthenticationTokenException"
    assert len(list(vault.audit_log())) == before


# The vault.


def test_a_locked_vault_is_503_until_it_is_unlocked(caller: Caller, secret: str, shared: SharedVault) -> None:
    shared.lock()
    assert caller.refuse("GetSecretValue", {"SecretId": secret}) == (503, "ServiceUnavailableException", LOCKED)

    shared.unlock(make_passphrase())
    assert caller.call("GetSecretValue", {"SecretId": secret})["SecretString"] == VALUE


@pytest.mark.parametrize(("error", "status", "code", "message"), [
    (VaultBusyError("/home/ann/my.vault is busy"), 503, "ServiceUnavailableException", BUSY),
    (VaultFullError("/home/ann/my.vault: no space"), 500, "InternalServiceError", ""),
    (VaultDamagedError("/home/ann/my.vault"), 500, "InternalServiceError", ""),
    (RuntimeError("/home/ann/my.vault"), 500, "InternalServiceError", ""),
])
def test_what_is_wrong_with_the_file_shows_no_name(
    caller: Caller, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, code: str, message: str
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr("smtui.engine.pipeline.Engine.call", fail)
    response = caller.send("ListSecrets", {})

    assert (response.status, json.loads(response.body)["__type"]) == (status, code)
    assert b"ann" not in response.body
    assert message.encode() in response.body


def test_the_audit_event_has_address_and_user_agent(caller: Caller, secret: str, vault: smtui.Vault) -> None:
    body = json.dumps({"SecretId": secret}).encode()
    signed = caller.signer.sign(caller.callers.owner.keys, body, target="secretsmanager.GetSecretValue")
    caller.endpoint.answer(replace(change(signed, ("user-agent", "Boto3/1.44")), source="::1"))
    event = next(iter(vault.audit_log()))

    assert (event["sourceIPAddress"], event["userAgent"], event["eventName"]) == ("::1", "Boto3/1.44", "GetSecretValue")


def test_policies_decide_for_a_named_caller(caller: Caller, secret: str, vault: smtui.Vault) -> None:
    assert caller.refuse("GetSecretValue", {"SecretId": secret}, name="alice")[1] == "AccessDeniedException"
    allow = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::000000000000:user/alice"},
             "Action": "secretsmanager:GetSecretValue", "Resource": "*",
             "Condition": {"IpAddress": {"aws:SourceIp": "127.0.0.1/32"}}}
    caller.call("PutResourcePolicy", {"SecretId": secret, "ResourcePolicy": json.dumps(
        {"Version": "2012-10-17", "Statement": [allow]})})

    assert caller.call("GetSecretValue", {"SecretId": secret}, name="alice")["SecretString"] == VALUE
    assert next(iter(vault.audit_log()))["userIdentity"]["arn"].endswith("user/alice")
    assert caller.refuse("DeleteSecret", {"SecretId": secret}, name="alice")[1] == "AccessDeniedException"


# Restrictions.


@pytest.fixture
def restricted(shared: SharedVault, callers: CallerRegistry, signer: Signer, caller: Caller, secret: str) -> Caller:
    """Calls that may only read secrets that begin with `prod/`."""
    caller.call("CreateSecret", {"Name": "dev/x", "SecretString": "y", "ClientRequestToken": TOKEN})
    return Caller(Endpoint(shared, callers, Restrictions(read_only=True, prefix="prod/"), [HOST]), callers, signer)


@pytest.mark.parametrize(("operation", "params"), [
    ("PutSecretValue", {"SecretId": "prod/db", "SecretString": "z", "ClientRequestToken": TOKEN}),
    ("DeleteSecret", {"SecretId": "prod/db"}), ("RotateSecret", {"SecretId": "prod/db"}),
    ("GetSecretValue", {"SecretId": "dev/x"}), ("DescribeSecret", {"SecretId": "dev/x"}),
    ("GetSecretValue", {"SecretId": "arn:aws:secretsmanager:us-east-1:000000000000:secret:dev/x"}),
    ("BatchGetSecretValue", {"SecretIdList": ["prod/db", "dev/x"]}),
    ("BatchGetSecretValue", {"Filters": [{"Key": "name", "Values": ["d"]}]}),
])
def test_restrictions_refuse(restricted: Caller, operation: str, params: Any) -> None:
    assert restricted.refuse(operation, params)[:2] == (400, "AccessDeniedException")


def test_restrictions_allow_the_rest(restricted: Caller) -> None:
    arn = restricted.call("DescribeSecret", {"SecretId": "prod/db"})["ARN"]

    assert restricted.call("GetSecretValue", {"SecretId": arn})["SecretString"] == VALUE
    assert [each["Name"] for each in restricted.call("ListSecrets", {})["SecretList"]] == ["prod/db"]
    assert restricted.call("GetRandomPassword", {})["RandomPassword"]
    assert restricted.call("BatchGetSecretValue", {"SecretIdList": ["prod/db"]})["SecretValues"]


def test_a_prefix_is_not_met_by_the_suffix_of_an_arn(
    shared: SharedVault, callers: CallerRegistry, signer: Signer, caller: Caller, secret: str
) -> None:
    arn = caller.call("DescribeSecret", {"SecretId": secret})["ARN"]
    prefix = arn.rpartition(":")[2][:-3]  # prod/db-abc
    other = Caller(Endpoint(shared, callers, Restrictions(prefix=prefix), [HOST]), callers, signer)

    assert other.refuse("GetSecretValue", {"SecretId": arn})[1] == "AccessDeniedException"


# The interface of AWS's agent.


def get(endpoint: Endpoint, path: str, *headers: tuple[str, str], query: str = "") -> HttpResponse:
    return endpoint.answer(HttpRequest("GET", path, query, [("host", HOST), *headers]))


@pytest.fixture
def token(callers: CallerRegistry) -> tuple[str, str]:
    return ("x-aws-parameters-secrets-token", callers.owner.keys.session_token)


@pytest.mark.parametrize(("path", "query"), [
    ("/secretsmanager/get", "secretId=prod/db"), ("/secretsmanager/get", "secretId=prod%2Fdb&refreshNow=TRUE"),
    ("/v1/prod/db", ""), ("/v1/prod/db", "versionStage=AWSCURRENT&roleArn=arn"),
    ("/v1/prod%2Fdb", f"versionId={TOKEN}"),
])
def test_reading_with_the_token(
    endpoint: Endpoint, secret: str, token: tuple[str, str], vault: smtui.Vault, path: str, query: str
) -> None:
    response = get(endpoint, path, token, query=query)
    found = json.loads(response.body)

    assert response.content_type == "application/json"
    assert (found["SecretString"], found["CreatedDate"], found["Name"]) == (VALUE, "1772452800.0", "prod/db")
    assert get(endpoint, path, ("x-vault-token", token[1]), query=query).status == 200
    assert next(iter(vault.audit_log()))["userIdentity"]["arn"].endswith("user/agent-interface")


def test_a_named_caller_reads_with_a_token_what_policies_allow(
    endpoint: Endpoint, secret: str, callers: CallerRegistry
) -> None:
    response = get(endpoint, "/v1/prod/db", ("x-vault-token", callers.named["alice"].keys.session_token))
    assert (response.status, json.loads(response.body)["__type"]) == (400, "AccessDeniedException")


@pytest.mark.parametrize(("path", "query", "status", "text"), [
    ("/", "", 404, "Not found"), ("/secretsmanager/other", "", 404, "Not found"), ("/v2/a", "", 404, "Not found"),
    ("/secretsmanager/get", "", 400, "missing parameter secretId"), ("/v1/", "", 400, "missing secret ID"),
    ("/secretsmanager/get", "secretId=a&x=1", 400, "unknown parameter: x"),
    ("/v1/a", "secretId=b", 400, "unknown parameter: secretId"),
    ("/v1/a", "refreshNow=maybe", 400, "invalid refreshNow value"),
])
def test_refusals_in_the_words_of_awss_agent(
    endpoint: Endpoint, token: tuple[str, str], path: str, query: str, status: int, text: str
) -> None:
    response = get(endpoint, path, token, query=query)
    assert (response.status, response.body.decode(), response.content_type) == (status, text, "text/plain")


@pytest.mark.parametrize("headers", [
    [], [("x-aws-parameters-secrets-token", "")], [("x-aws-parameters-secrets-token", "ä")],
    [("x-aws-parameters-secrets-token", "a" * 64)], [("authorization", "Bearer a")],
])
def test_a_wrong_token(endpoint: Endpoint, secret: str, headers: list[tuple[str, str]]) -> None:
    response = get(endpoint, "/v1/prod/db", *headers)
    assert (response.status, response.body) == (403, b"Bad Token")


def test_pages_and_proxies_get_nothing_from_the_agent_interface(
    endpoint: Endpoint, secret: str, token: tuple[str, str]
) -> None:
    forwarded = get(endpoint, "/v1/prod/db", token, ("x-forwarded-for", "10.0.0.1"))

    assert (forwarded.status, forwarded.body) == (400, b"Forwarded")
    assert get(endpoint, "/v1/prod/db", token, ("origin", "http://evil.example")).status == 403


def test_errors_of_the_service_through_the_agent_interface(
    endpoint: Endpoint, secret: str, token: tuple[str, str], shared: SharedVault
) -> None:
    missing = get(endpoint, "/v1/none", token)
    shared.lock()

    assert json.loads(missing.body) == {
        "__type": "ResourceNotFoundException", "message": "Secrets Manager can't find the specified secret."}
    assert missing.status == 400
    assert get(endpoint, "/v1/prod/db", token).status == 503
    assert get(endpoint, "/ping").body == b"healthy"
    assert (get(endpoint, "/ready").status, get(endpoint, "/ready").body) == (503, b"locked")


# Time.


def test_the_vault_is_locked_after_fifteen_minutes_without_a_call(
    caller: Caller, secret: str, clock: Clock, shared: SharedVault
) -> None:
    for _ in range(3):
        for _ in range(14):
            clock.forward(seconds=59)
            shared.enforce_limits()
        caller.call("GetSecretValue", {"SecretId": secret})
    for _ in range(16):
        clock.forward(seconds=59)
        shared.enforce_limits()

    assert shared.is_locked
    assert shared.lock_reason == "It was idle."
    assert caller.refuse("GetSecretValue", {"SecretId": secret})[0] == 503


def test_refused_requests_do_not_keep_the_vault_unlocked(
    caller: Caller, endpoint: Endpoint, clock: Clock, shared: SharedVault
) -> None:
    for _ in range(20):
        clock.forward(seconds=59)
        endpoint.answer(HttpRequest("POST", "/", headers=[("host", HOST)]))
        shared.enforce_limits()
    assert shared.is_locked


def test_the_vault_is_locked_after_eight_hours_of_use(caller: Caller, clock: Clock, shared: SharedVault) -> None:
    for _ in range(8 * 62):
        clock.forward(seconds=59)
        if shared.is_locked:
            break
        caller.send("ListSecrets", {})
    assert shared.lock_reason == "The maximum time without the passphrase had passed."


def test_a_suspended_machine_wakes_up_locked(clock: Clock, shared: SharedVault) -> None:
    clock.forward(seconds=59)
    shared.enforce_limits()
    assert not shared.is_locked
    clock.forward(minutes=2)
    shared.enforce_limits()
    assert shared.lock_reason == "The machine was suspended."
