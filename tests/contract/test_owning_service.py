"""Tests of secrets that another AWS service created and manages."""

import pytest

import smtui
from tests.contract.conftest import HeldToTheModel

MANAGED = "The secret is managed by another service, and you must use that service to update it."
ROOT = "arn:aws:iam::000000000000:root"


@pytest.fixture
def rds(vault):
    """Returns a client that calls as the RDS service."""
    return HeldToTheModel(vault.client(caller=smtui.Caller(ROOT, service="rds")))


@pytest.fixture
def owned(rds) -> str:
    return rds.create_secret(Name="rds!db-1", SecretString="1")["VersionId"]


def test_a_secret_says_who_manages_it(client, owned) -> None:
    client.create_secret(Name="mine")

    assert client.describe_secret(SecretId="rds!db-1")["OwningService"] == "rds"
    assert [entry.get("OwningService") for entry in client.list_secrets()["SecretList"]] == ["rds", None]


@pytest.mark.parametrize(("method", "params"), [
    ("put_secret_value", {"SecretString": "2"}),
    ("update_secret", {"SecretString": "2"}),
    ("update_secret", {"Description": "mine"}),
    ("update_secret", {"KmsKeyId": ""}),
    ("update_secret_version_stage", {"VersionStage": "blue", "MoveToVersionId": "current"}),
    ("delete_secret", {"ForceDeleteWithoutRecovery": True}),
])
def test_its_service_alone_updates_it(client, rds, owned, refused, method, params) -> None:
    """Only the owning service updates the secret or deletes it without recovery."""
    params = {name: owned if value == "current" else value for name, value in params.items()}
    before = client.describe_secret(SecretId="rds!db-1")

    message = refused("InvalidRequestException", getattr(client, method), SecretId="rds!db-1", **params)

    assert message == MANAGED
    assert {**client.describe_secret(SecretId="rds!db-1"), "ResponseMetadata": 0} == {**before, "ResponseMetadata": 0}
    getattr(rds, method)(SecretId="rds!db-1", **params)


def test_another_service_is_none_of_its_owner(vault, owned, refused) -> None:
    redshift = vault.client(caller=smtui.Caller(ROOT, service="redshift"))

    refused("InvalidRequestException", redshift.put_secret_value, SecretId="rds!db-1", SecretString="2")


def test_the_rest_is_everybodys(client, owned) -> None:
    """Others can read, tag and replicate the secret, and delete it with a recovery window."""
    assert client.get_secret_value(SecretId="rds!db-1")["SecretString"] == "1"
    client.tag_resource(SecretId="rds!db-1", Tags=[{"Key": "k", "Value": "v"}])
    client.replicate_secret_to_regions(SecretId="rds!db-1", AddReplicaRegions=[{"Region": "eu-west-1"}])
    client.remove_regions_from_replication(SecretId="rds!db-1", RemoveReplicaRegions=["eu-west-1"])
    client.delete_secret(SecretId="rds!db-1")
    client.restore_secret(SecretId="rds!db-1")


def test_a_service_updates_what_nobody_manages(client, rds) -> None:
    client.create_secret(Name="mine", SecretString="1")

    rds.put_secret_value(SecretId="mine", SecretString="2")

    assert "OwningService" not in client.describe_secret(SecretId="mine")


def test_a_replica_has_the_owner_of_its_primary(vault, client, rds, owned, refused) -> None:
    """A promoted replica keeps its owner, and a new replica does not overwrite a managed secret."""
    client.replicate_secret_to_regions(SecretId="rds!db-1", AddReplicaRegions=[{"Region": "eu-west-1"}])
    far = vault.client(region_name="eu-west-1")
    assert far.describe_secret(SecretId="rds!db-1")["OwningService"] == "rds"
    rds.put_secret_value(SecretId="rds!db-1", SecretString="2")
    assert far.get_secret_value(SecretId="rds!db-1")["SecretString"] == "2"

    far.stop_replication_to_replica(SecretId="rds!db-1")

    refused("InvalidRequestException", far.put_secret_value, SecretId="rds!db-1", SecretString="3")
    client.replicate_secret_to_regions(SecretId="rds!db-1", AddReplicaRegions=[{"Region": "eu-west-1"}],
                                       ForceOverwriteReplicaSecret=True)
    [entry] = client.describe_secret(SecretId="rds!db-1")["ReplicationStatus"]
    assert (entry["Status"], entry["StatusMessage"]) == ("Failed", MANAGED)


@pytest.mark.parametrize(("value", "found"), [
    ("rds", ["rds!db-1"]), ("rd", ["rds!db-1"]), ("r", ["rds!db-1", "redshift!admin"]), ("RDS", []), ("ds", []),
    ("!rds", ["redshift!admin", "mine"]), ("!r", ["mine"]),
])
@pytest.mark.parametrize("order", ["created-date", "name"])
def test_the_filter(vault, client, owned, value, found, order) -> None:
    """The filter matches prefixes and is case-sensitive."""
    vault.client(caller=smtui.Caller(ROOT, service="redshift")).create_secret(Name="redshift!admin", SecretString="2")
    client.create_secret(Name="mine", SecretString="3")
    wanted = [{"Key": "owning-service", "Values": [value]}]

    listed = [entry["Name"] for entry in client.list_secrets(Filters=wanted, SortBy=order)["SecretList"]]
    got = [entry["Name"] for entry in client.batch_get_secret_value(Filters=wanted)["SecretValues"]]

    assert sorted(listed) == sorted(got) == sorted(found)


def test_the_trail_says_for_whom_a_service_called(vault, owned) -> None:
    assert next(vault.audit_log())["userIdentity"]["invokedBy"] == "rds.amazonaws.com"
