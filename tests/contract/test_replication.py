"""Tests of ReplicateSecretToRegions, RemoveRegionsFromReplication and StopReplicationToReplica."""

import pytest

from tests.contract.regions import FAR, HOME, OTHER, content, statuses

TAKEN = "Secret with this name already exists in this region"


def test_the_answer_is_in_progress_and_the_replica_then_in_sync(client, clock) -> None:
    """The first response is as in the operation's example, with the alias of the AWS managed key."""
    created = client.create_secret(Name="a", SecretString="1")

    answer = client.replicate_secret_to_regions(SecretId="a", AddReplicaRegions=[{"Region": FAR}, {"Region": OTHER}])

    entry = {"KmsKeyId": "alias/aws/secretsmanager", "Status": "InProgress"}
    assert answer["ARN"] == created["ARN"]
    assert answer["ReplicationStatus"] == [{"Region": OTHER, **entry}, {"Region": FAR, **entry}]
    described = client.describe_secret(SecretId="a")
    assert described["PrimaryRegion"] == HOME
    entry = {**entry, "Status": "InSync", "StatusMessage": "Replication succeeded"}
    assert described["ReplicationStatus"] == [{"Region": OTHER, **entry}, {"Region": FAR, **entry}]


def test_a_secret_is_made_with_its_replicas(client, far, clock) -> None:
    answer = client.create_secret(Name="a", SecretString="1", AddReplicaRegions=[{"Region": FAR}],
                                  ClientRequestToken="0f0e0d0c-0b0a-4990-8877-665544332211")

    assert [each["Status"] for each in answer["ReplicationStatus"]] == ["InProgress"]
    assert far.get_secret_value(SecretId="a")["VersionId"] == answer["VersionId"]
    again = client.create_secret(Name="a", SecretString="1", AddReplicaRegions=[{"Region": FAR}],
                                 ClientRequestToken="0f0e0d0c-0b0a-4990-8877-665544332211")
    assert [each["Status"] for each in again["ReplicationStatus"]] == ["InSync"]


def test_a_name_that_is_taken_fails_and_leaves_it_alone(client, far) -> None:
    far.create_secret(Name="a", SecretString="theirs")

    client.create_secret(Name="a", SecretString="1", AddReplicaRegions=[{"Region": FAR}])

    [entry] = client.describe_secret(SecretId="a")["ReplicationStatus"]
    assert (entry["Status"], entry["StatusMessage"]) == ("Failed", TAKEN)
    assert far.get_secret_value(SecretId="a")["SecretString"] == "theirs"


@pytest.mark.parametrize("scheduled", [False, True])
def test_force_overwrites_it(client, far, scheduled) -> None:
    far.create_secret(Name="a", SecretString="theirs")
    if scheduled:
        far.delete_secret(SecretId="a")
    client.create_secret(Name="a", SecretString="1", AddReplicaRegions=[{"Region": FAR}])

    client.replicate_secret_to_regions(SecretId="a", AddReplicaRegions=[{"Region": FAR}],
                                       ForceOverwriteReplicaSecret=True)

    assert statuses(client) == {FAR: "InSync"}
    assert content(far, "a") == content(client, "a")


def test_force_overwrites_at_once_when_creating(client, far) -> None:
    far.create_secret(Name="a", SecretString="theirs")

    client.create_secret(Name="a", SecretString="1", AddReplicaRegions=[{"Region": FAR}],
                         ForceOverwriteReplicaSecret=True)

    assert far.get_secret_value(SecretId="a")["SecretString"] == "1"


def test_force_overwrites_no_replica_and_no_primary_of_others(vault, client, far, primary) -> None:
    other = vault.client(region_name=OTHER)

    other.create_secret(Name="a", SecretString="mine", AddReplicaRegions=[{"Region": FAR}, {"Region": HOME}],
                        ForceOverwriteReplicaSecret=True)

    assert statuses(other) == {FAR: "Failed", HOME: "Failed"}
    assert content(far, "a") == content(client, "a")
    assert vault.maintenance.check().clean


def test_a_failed_region_may_be_asked_for_again(client, far, refused) -> None:
    far.create_secret(Name="a", SecretString="theirs")
    client.create_secret(Name="a", SecretString="1", AddReplicaRegions=[{"Region": FAR}])
    far.delete_secret(SecretId="a", ForceDeleteWithoutRecovery=True)

    client.replicate_secret_to_regions(SecretId="a", AddReplicaRegions=[{"Region": FAR}])

    assert statuses(client) == {FAR: "InSync"}
    refused("InvalidParameterException", client.replicate_secret_to_regions, SecretId="a",
            AddReplicaRegions=[{"Region": FAR}])


@pytest.mark.parametrize("regions", [
    [{"Region": HOME}], [{}], [{"KmsKeyId": "alias/x"}], [{"Region": FAR}, {"Region": FAR}],
    [{"Region": FAR}, {"Region": HOME}], [{"Region": "us-west-3"}], [{"Region": FAR}, {"Region": "local-1"}],
])
def test_regions_that_cannot_be(vault, client, far, refused, regions) -> None:
    client.create_secret(Name="a", SecretString="1")

    refused("InvalidParameterException", client.replicate_secret_to_regions, SecretId="a", AddReplicaRegions=regions)
    refused("InvalidParameterException", client.create_secret, Name="b", AddReplicaRegions=regions)
    refused("ValidationException", client.replicate_secret_to_regions, SecretId="a",
            AddReplicaRegions=[{"Region": "Europe"}])
    assert "ReplicationStatus" not in client.describe_secret(SecretId="a")
    assert far.list_secrets()["SecretList"] == []


@pytest.mark.parametrize("params", [{}, {"RecoveryWindowInDays": 7}, {"ForceDeleteWithoutRecovery": True}])
def test_a_primary_with_replicas_cannot_be_deleted(client, primary, refused, params) -> None:
    client.replicate_secret_to_regions(SecretId="a", AddReplicaRegions=[{"Region": OTHER}])

    for secret_id in ("a", primary):
        message = refused("InvalidParameterException", client.delete_secret, SecretId=secret_id, **params)
        assert message == f"You can't delete secret {secret_id} that still has replica regions [{OTHER}, {FAR}]"
    client.remove_regions_from_replication(SecretId="a", RemoveReplicaRegions=[OTHER, FAR])
    assert client.delete_secret(SecretId="a", **params)["DeletionDate"]


def test_a_removed_replica_is_gone_at_once(vault, client, far, primary, refused) -> None:
    client.replicate_secret_to_regions(SecretId="a", AddReplicaRegions=[{"Region": OTHER}])

    answer = client.remove_regions_from_replication(SecretId="a", RemoveReplicaRegions=[FAR])

    assert answer["ARN"] == primary
    assert [(each["Region"], each["Status"]) for each in answer["ReplicationStatus"]] == [(OTHER, "InSync")]
    refused("ResourceNotFoundException", far.describe_secret, SecretId="a")
    refused("InvalidParameterException", client.remove_regions_from_replication, SecretId="a",
            RemoveReplicaRegions=[FAR])
    assert statuses(client) == {OTHER: "InSync"}
    client.remove_regions_from_replication(SecretId="a", RemoveReplicaRegions=[OTHER])
    assert "PrimaryRegion" not in client.describe_secret(SecretId="a")
    assert vault.maintenance.check().clean


@pytest.mark.parametrize("named_by", ["name", "arn", "primary's arn"])
def test_promotion(vault, client, far, primary, refused, named_by) -> None:
    """The ARN changes only in its Region, and neither secret refers to the other any more."""
    secret_id = {"name": "a", "arn": primary.replace(HOME, FAR), "primary's arn": primary}[named_by]

    answer = far.stop_replication_to_replica(SecretId=secret_id)

    assert answer["ARN"] == primary.replace(HOME, FAR)
    assert "PrimaryRegion" not in far.describe_secret(SecretId="a")
    assert "ReplicationStatus" not in client.describe_secret(SecretId="a")
    far.put_secret_value(SecretId="a", SecretString="theirs")
    client.put_secret_value(SecretId="a", SecretString="ours")
    assert far.get_secret_value(SecretId="a")["SecretString"] == "theirs"
    assert client.get_secret_value(SecretId="a")["SecretString"] == "ours"
    client.delete_secret(SecretId="a")
    far.replicate_secret_to_regions(SecretId="a", AddReplicaRegions=[{"Region": OTHER}])
    assert vault.maintenance.check().clean


def test_only_a_replica_is_promoted(client, primary, refused) -> None:
    refused("InvalidParameterException", client.stop_replication_to_replica, SecretId="a")
    client.create_secret(Name="alone")
    refused("InvalidParameterException", client.stop_replication_to_replica, SecretId="alone")
    refused("ResourceNotFoundException", client.stop_replication_to_replica, SecretId="missing")


def test_a_secret_on_its_way_out_is_not_replicated(client, refused) -> None:
    client.create_secret(Name="a", SecretString="1")
    client.delete_secret(SecretId="a")

    refused("InvalidRequestException", client.replicate_secret_to_regions, SecretId="a",
            AddReplicaRegions=[{"Region": FAR}])
    refused("InvalidRequestException", client.remove_regions_from_replication, SecretId="a",
            RemoveReplicaRegions=[FAR])


def test_check_finds_a_replica_that_lost_its_primary(vault, primary) -> None:
    database = vault._state.database

    for change in ("DELETE FROM replicas", f"DELETE FROM secrets WHERE region = '{FAR}'"):
        with pytest.raises(ZeroDivisionError), vault.transaction():
            database.run(change)
            assert "references" in {finding.area for finding in vault.maintenance.check().findings}
            raise ZeroDivisionError


def test_a_replication_leaves_one_event(vault, client, primary) -> None:
    event = next(vault.audit_log())

    assert event["eventName"] == "ReplicateSecretToRegions"
    assert event["requestParameters"]["addReplicaRegions"] == [{"region": FAR}]
