"""Tests of callers that the vault stores: their requests, policies and audit events, and their removal."""

from __future__ import annotations

import json
from typing import Any

import pytest

import smtui
from smtui.api.errors import AccessDeniedException
from smtui.protocol.key_pair import KeyPair
from smtui.server.agent import Agent
from smtui.server.endpoint import Endpoint
from smtui.server.restrictions import Restrictions
from smtui.server.shared_vault import SharedVault
from tests.server.conftest import Signer, make_passphrase

ALICE = "arn:aws:iam::000000000000:user/alice"
ROLE = "arn:aws:iam::000000000000:role/app"


@pytest.fixture
def alice(vault: smtui.Vault) -> KeyPair:
    vault.client().create_secret(Name="a", SecretString="x")
    vault.callers.add("alice", "none")
    return find_keys(vault, "alice")


def find_keys(vault: smtui.Vault, name: str) -> KeyPair:
    found = vault.callers.find_by_name(name)
    assert found is not None
    return KeyPair(found.caller.access_key_id, found.secret_access_key, "")


def call(endpoint: Endpoint, signer: Signer, keys: KeyPair, **more: Any) -> tuple[int, str]:
    """The status and the code of a GetSecretValue."""
    response = endpoint.answer(signer.sign(keys, b'{"SecretId":"a"}', target="secretsmanager.GetSecretValue", **more))
    return response.status, json.loads(response.body).get("__type", "")


def test_policies_decide_and_the_audit_log_names_the_caller(
    vault: smtui.Vault, endpoint: Endpoint, signer: Signer, alice: KeyPair
) -> None:
    assert call(endpoint, signer, alice) == (400, "AccessDeniedException")
    vault.client().put_resource_policy(SecretId="a", ResourcePolicy=json.dumps({
        "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": ALICE},
                                                "Action": "secretsmanager:GetSecretValue", "Resource": "*"}]}))
    assert call(endpoint, signer, alice, headers={"User-Agent": "app/1"}) == (200, "")
    event = next(vault.audit_log(operation="GetSecretValue"))

    assert (event["userIdentity"]["arn"], event["sourceIPAddress"]) == (ALICE, "127.0.0.1")


@pytest.mark.parametrize(("identity", "status"), [("none", 400), ("admin", 200)])
def test_a_caller_may_be_a_role(
    vault: smtui.Vault, endpoint: Endpoint, signer: Signer, alice: KeyPair, identity: Any, status: int
) -> None:
    vault.callers.add("app", identity, ROLE)
    assert call(endpoint, signer, find_keys(vault, "app"))[0] == status
    assert next(vault.audit_log(operation="GetSecretValue"))["userIdentity"]["arn"] == ROLE


def test_a_removed_caller_is_refused_at_once(
    vault: smtui.Vault, endpoint: Endpoint, signer: Signer, alice: KeyPair
) -> None:
    with vault.reopen() as elsewhere:
        elsewhere.callers.remove("alice")
    assert call(endpoint, signer, alice) == (400, "UnrecognizedClientException")
    assert call(endpoint, signer, KeyPair("AKIA" + "A" * 16, "x" * 40, "")) == (400, "UnrecognizedClientException")


@pytest.mark.parametrize("token", ["x", "0" * 64])
def test_a_caller_without_a_session_has_no_token(
    endpoint: Endpoint, signer: Signer, alice: KeyPair, token: str
) -> None:
    assert call(endpoint, signer, alice, token=token) == (400, "UnrecognizedClientException")


def test_a_locked_vault_answers_stored_callers_so(
    endpoint: Endpoint, signer: Signer, alice: KeyPair, shared: SharedVault
) -> None:
    shared.lock()
    assert call(endpoint, signer, alice) == (503, "ServiceUnavailableException")
    shared.unlock(make_passphrase())
    assert call(endpoint, signer, alice) == (400, "AccessDeniedException")


def test_a_key_that_was_moved_to_another_row_is_not_accepted(
    vault: smtui.Vault, endpoint: Endpoint, signer: Signer, alice: KeyPair
) -> None:
    """Somebody who can write rows cannot give a key more rights: it is bound to name, ARN and identity."""
    database = vault._state.database
    with database.transaction():
        database.run("UPDATE callers SET identity = 'admin'", ())
    response = endpoint.answer(signer.sign(alice, b'{"SecretId":"a"}', target="secretsmanager.GetSecretValue"))
    assert response.status != 200


def test_the_agent_describes_and_revokes_stored_callers(
    vault: smtui.Vault, shared: SharedVault, alice: KeyPair
) -> None:
    agent = Agent(shared)
    agent.start(vault, with_socket=False, with_check=False)
    agent.start_endpoint(0)
    [owner, stored] = agent.request("status")["endpoints"][0]["callers"]
    environment = agent.request("environment", caller="alice")

    assert (owner["name"], owner["is_stored"]) == ("", False)
    assert (stored["name"], stored["arn"], stored["identity"], stored["is_stored"]) == ("alice", ALICE, "none", True)
    assert environment["AWS_ACCESS_KEY_ID"] == alice.access_key_id
    assert environment["AWS_SECRET_ACCESS_KEY"] == alice.secret_access_key
    assert not {"AWS_SESSION_TOKEN", "AWS_TOKEN"} & set(environment)
    assert agent.request("revoke", access_key_id=alice.access_key_id)["revoked"]
    assert vault.callers.list_all() == []
    agent.close()


def test_an_agent_for_reading_removes_no_caller(vault: smtui.Vault, shared: SharedVault, alice: KeyPair) -> None:
    agent = Agent(shared, Restrictions(read_only=True))
    with pytest.raises(AccessDeniedException, match="nothing can be changed"):
        agent.request("revoke", access_key_id=alice.access_key_id)
    assert [each.name for each in vault.callers.list_all()] == ["alice"]
