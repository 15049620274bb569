"""Tests of creating many secrets at once: the results equal those of single CreateSecret calls."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import smtui
from smtui.engine import quotas
from tests.conftest import PASSPHRASE
from tests.contract.regions import FAR

REQUESTS: list[dict[str, Any]] = [
    {"Name": "prod/db-1", "SecretString": "one", "Description": "the database", "Type": "password"},
    {"Name": "prod/db-2", "SecretString": "zwei", "Tags": [{"Key": "team", "Value": "core"}, {"Key": "env"}]},
    {"Name": "prod/key", "SecretBinary": b"\x00\xff", "KmsKeyId": "alias/mine"},
    {"Name": "prod/empty", "Description": "no value yet"},
    {"Name": "prod/far", "SecretString": "3", "AddReplicaRegions": [{"Region": FAR}]},
]
# Random values and times in responses and events.
CHANCE = {
    "ARN", "VersionId", "VersionIdsToStages", "SecretVersionsToStages", "CreatedDate", "LastChangedDate",
    "LastAccessedDate", "ResponseMetadata", "eventTime", "requestID", "eventID", "responseElements",
    "clientRequestToken",
}


def remove_chance(held: Any) -> Any:
    """Returns the value without random values and times."""
    if isinstance(held, dict):
        return {name: remove_chance(member) for name, member in held.items() if name not in CHANCE}
    return [remove_chance(item) for item in held] if isinstance(held, list) else held


def everything(vault: smtui.Vault) -> list[Any]:
    """Returns all content of a vault and its audit events."""
    clients = [vault.client(), vault.client(region_name=FAR)]
    trail = list(vault.audit_log(operation="CreateSecret"))
    names = [(client, each["Name"]) for client in clients for each in client.list_secrets()["SecretList"]]
    described = [client.describe_secret(SecretId=name) for client, name in names]
    found = [client.list_secrets(Filters=[{"Key": "all", "Values": ["database"]}])["SecretList"] for client in clients]
    values = [client.get_secret_value(SecretId=name) for client, name in names if name != "prod/empty"]
    return [remove_chance(each) for each in (trail, described, found, values)]


@pytest.fixture
def make(tmp_path: Path, cheap_kdf: None) -> Callable[[str], smtui.Vault]:
    def made(name: str) -> smtui.Vault:
        vault = smtui.create_vault(tmp_path / name, PASSPHRASE, account_id="123456789012")
        key = vault.keys().create_key()["KeyMetadata"]["KeyId"]
        vault.keys().create_alias(AliasName="alias/mine", TargetKeyId=key)
        return vault

    return made


def test_they_are_what_so_many_calls_would_have_made(make: Callable[[str], smtui.Vault]) -> None:
    """Descriptions, values, search results, replicas and audit events are equal."""
    with make("one by one") as one_by_one, make("together") as together:
        for request in REQUESTS:
            one_by_one.client().create_secret(**request)
        together.create_secrets(REQUESTS)

        assert everything(together) == everything(one_by_one)
        assert together.maintenance.check().clean


def test_each_has_its_own_event_and_request(vault: smtui.Vault) -> None:
    vault.create_secrets([{"Name": f"s{number}", "SecretString": "x"} for number in range(3)])

    events = list(vault.audit_log())
    assert [event["requestParameters"]["name"] for event in events] == ["s2", "s1", "s0"]
    assert len({event["requestID"] for event in events}) == 3
    assert [event["eventName"] for event in vault.audit_log(secret_id="s1")] == ["CreateSecret"]


@pytest.mark.parametrize(("bad", "code"), [
    ({"Name": "there", "SecretString": "x"}, "ResourceExistsException"),
    ({"Name": "s1", "SecretString": "x"}, "ResourceExistsException"),
    ({"Name": "no name", "SecretString": "x"}, "ValidationException"),
    ({"SecretString": "x"}, "ValidationException"),
    ({"Name": "s2", "SecretString": "x", "KmsKeyId": "alias/none"}, "EncryptionFailure"),
    ({"Name": "s2", "SecretString": "x", "Tags": [{"Key": "aws:x", "Value": "y"}]}, "InvalidParameterException"),
])
def test_one_that_is_refused_is_told_and_recorded(
    vault: smtui.Vault, client: Any, bad: dict[str, Any], code: str
) -> None:
    """A refused secret is reported and recorded, and the others are created; a transaction makes it all or nothing."""
    client.create_secret(Name="there", SecretString="x")
    requests = [{"Name": "s1", "SecretString": "x"}, bad, {"Name": "s3", "SecretString": "x"}]

    first, second, third = vault.create_secrets(requests)

    assert (first, third) == (None, None)
    assert isinstance(second, smtui.ClientError)
    assert second.response["Error"]["Code"] == code
    assert [each["Name"] for each in client.list_secrets()["SecretList"]] == ["there", "s1", "s3"]
    newest = vault.audit_log(operation="CreateSecret", limit=3)
    assert [event.get("errorCode") for event in newest] == [None, code, None]
    assert vault.maintenance.check().clean


def test_no_more_of_them_than_there_is_room_for(vault: smtui.Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotas, "MOST_SECRETS", 3)
    requests = [{"Name": f"s{number}"} for number in range(4)]

    refusals = vault.create_secrets(requests)

    assert [each and each.code for each in refusals] == [None, None, None, "LimitExceededException"]


def test_what_was_made_is_undone_with_the_transaction_around_it(vault: smtui.Vault, client: Any) -> None:
    with pytest.raises(KeyError), vault.transaction():
        vault.create_secrets([{"Name": f"s{number}", "SecretString": "x"} for number in range(3)])
        raise KeyError

    assert client.list_secrets()["SecretList"] == []
    assert list(vault.audit_log(operation="CreateSecret")) == []


def test_a_caller_without_leave_makes_none(vault: smtui.Vault) -> None:
    stranger = smtui.Caller("arn:aws:iam::999999999999:root", identity="none")

    [refusal] = vault.create_secrets(REQUESTS[:1], caller=stranger)

    assert refusal is not None
    assert refusal.code == "AccessDeniedException"
    assert next(vault.audit_log())["errorCode"] == "AccessDeniedException"


def test_nothing_is_made_of_nothing(vault: smtui.Vault) -> None:
    assert vault.create_secrets([]) == []
    assert list(vault.audit_log()) == []
