"""Policies with their verdicts, put to the vault as any program would: is it one, whom does it let in, lock out?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import smtui
from smtui.engine.client import format_method_name
from tests.conftest import Clock
from tests.policy import more_cases
from tests.prepared_vault import PreparedVault, prepare_vault

CASES = [*json.loads((Path(__file__).parent / "cases.json").read_text(encoding="utf-8")), *more_cases.CASES]
ACCOUNT = "123456789012"


OPEN_KEY = json.dumps({"Statement": {"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}})
"""The policy of a KMS key that everyone may use, so that the policy of the secret alone decides."""


def caller(data: dict[str, Any]) -> smtui.Caller:
    return smtui.Caller(data["arn"], identity=data["identity"], context=data["context"])


class Case:
    """One case, with its secret in a vault."""

    def __init__(self, vault: smtui.Vault, data: dict[str, Any]) -> None:
        self.vault, self.data = vault, data
        owner = vault.client()
        tags = [{"Key": key, "Value": value} for key, value in data.get("tags", {}).items()]
        key = vault.keys().create_key(Policy=OPEN_KEY)["KeyMetadata"]["KeyId"]  # the default key is closed to others
        self.arn = owner.create_secret(Name=data["secret"], SecretString="x", Tags=tags, KmsKeyId=key)["ARN"]
        if "before" in data:
            owner.put_resource_policy(SecretId=self.arn, ResourcePolicy=json.dumps(data["before"]))
        self.text = data["policy"] if isinstance(data["policy"], str) else json.dumps(data["policy"])

    def client(self, data: dict[str, Any]) -> Any:
        return self.vault.client(caller=caller(data))

    def validated(self) -> dict[str, str]:
        """Each check that failed, with its message."""
        client = self.client(self.data["caller"])
        answer = client.validate_resource_policy(SecretId=self.arn, ResourcePolicy=self.text)
        assert answer["PolicyValidationPassed"] is not bool(answer["ValidationErrors"])
        return {each["CheckName"]: each["ErrorMessage"] for each in answer["ValidationErrors"]}

    def put(self, **more: Any) -> None:
        self.client(self.data["caller"]).put_resource_policy(SecretId=self.arn, ResourcePolicy=self.text, **more)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> PreparedVault:
    return prepare_vault(tmp_path_factory.mktemp("prepared") / "v.vault", account_id=ACCOUNT, clock=Clock())


@pytest.fixture
def vault(tmp_path: Path, clock: Clock, prepared: PreparedVault) -> Iterator[smtui.Vault]:
    prepared.copy_to(tmp_path)
    with prepared.open_copy(tmp_path, clock=clock) as vault:
        yield vault


def select_cases(wanted: Any) -> list[Any]:
    return [pytest.param(each, id=each["id"]) for each in CASES if wanted(each)]


def refused(code: str, method: Any, **params: Any) -> str:
    with pytest.raises(smtui.ClientError) as caught:
        method(**params)
    assert caught.value.code == code
    return caught.value.message


@pytest.mark.parametrize("data", select_cases(lambda each: each.get("verdict") == "malformed"))
def test_what_is_no_policy(vault: smtui.Vault, data: dict[str, Any]) -> None:
    """Is refused by both, with the service's sentence first and then where; nothing is attached."""
    case = Case(vault, data)
    message = refused("MalformedPolicyDocumentException", case.put)
    assert message == refused("MalformedPolicyDocumentException", case.validated)

    assert message.startswith("This resource policy contains a")
    assert "(line " in message
    assert "ResourcePolicy" not in vault.client().get_resource_policy(SecretId=case.arn)


@pytest.mark.parametrize("data", select_cases(lambda each: "verdict" not in each))
def test_verdicts(vault: smtui.Vault, data: dict[str, Any]) -> None:
    """Broad access and lock-out, each exactly where it is expected."""
    case = Case(vault, data)
    failed = case.validated()

    assert ("BlockPublicPolicy" in failed, "LockOut" in failed) == (data["public"], data["lockout"]), failed
    if data["public"]:
        assert failed["BlockPublicPolicy"].startswith("This resource policy grants broad access to your secret. A")
        assert "can call" in failed["BlockPublicPolicy"]
        assert "broad access" in refused("PublicPolicyException", case.put, BlockPublicPolicy=True)
    else:
        case.put(BlockPublicPolicy=True)
    if data["lockout"]:
        assert failed["LockOut"].startswith("Your requested changes will not allow you to manage this secret")


@pytest.mark.parametrize("data", select_cases(lambda each: each.get("lockout")))
def test_a_lock_out_is_one(vault: smtui.Vault, data: dict[str, Any]) -> None:
    """With the policy attached, its writer cannot change it any more."""
    case = Case(vault, data)
    case.put()

    refused("AccessDeniedException", case.put)


@pytest.mark.parametrize("data", select_cases(lambda each: "probes" in each))
def test_enforcement(vault: smtui.Vault, data: dict[str, Any]) -> None:
    """Other callers get what the policy says."""
    case = Case(vault, data)
    case.put()
    for probe in data["probes"]:
        method = getattr(case.client(probe["caller"]), format_method_name(probe["action"]))
        if probe["allowed"]:
            method(SecretId=case.arn)
        else:
            refused("AccessDeniedException", method, SecretId=case.arn)


@pytest.mark.parametrize("data", select_cases(lambda each: "then" in each))
def test_tags_that_lock_out(vault: smtui.Vault, data: dict[str, Any]) -> None:
    """Are refused, and change nothing."""
    case = Case(vault, data)
    case.put()
    client = case.client(data["caller"])
    for step in data["then"]:
        if step["refused"]:
            assert "statement 1" in refused(step["refused"], getattr(client, step["call"]), SecretId=case.arn,
                                            **step["params"])
        else:
            getattr(client, step["call"])(SecretId=case.arn, **step["params"])
        tags = vault.client().describe_secret(SecretId=case.arn).get("Tags", [])
        assert {tag["Key"]: tag["Value"] for tag in tags} == step["tags"]
