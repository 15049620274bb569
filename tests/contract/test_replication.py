"""ReplicateSecretToRegions, RemoveRegionsFromReplication, StopReplicationToReplica, and replicas everywhere else."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

import smtui
from tests.contract import oracle
from tests.contract.conftest import HeldToTheModel

HOME, FAR, OTHER = "us-east-1", "eu-west-1", "ap-south-1"
ON_REPLICA = "Operation not permitted on a replica secret. Call must be made in primary secret's region."
TAKEN = "Secret with this name already exists in this region"
ENCRYPTION = "Secrets Manager can't encrypt the protected secret text using the provided KMS key."


@pytest.fixture
def far(vault):
    """A client of the Region where the replicas are."""
    return HeldToTheModel(vault.client(region_name=FAR))


@pytest.fixture
def far_keys(vault):
    return HeldToTheModel(vault.keys(region_name=FAR), oracle.KEY_MODEL)


@pytest.fixture
def primary(client) -> str:
    """The ARN of a secret with two versions, a tag and a replica."""
    arn = client.create_secret(Name="a", SecretString="1", Description="d", Tags=[{"Key": "k", "Value": "v"}])["ARN"]
    client.put_secret_value(SecretId="a", SecretString="2")
    client.replicate_secret_to_regions(SecretId="a", AddReplicaRegions=[{"Region": FAR}])
    return arn


def statuses(client, secret: str = "a") -> dict[str, str]:
    described = client.describe_secret(SecretId=secret)
    return {each["Region"]: each["Status"] for each in described.get("ReplicationStatus", [])}


def content(client, secret: str) -> dict:
    """What a replica has in common with its primary: everything but its Region, its key and its own dates."""
    described = client.describe_secret(SecretId=secret)
    for own in ("ARN", "KmsKeyId", "CreatedDate", "LastAccessedDate", "ReplicationStatus", "ResponseMetadata"):
        described.pop(own, None)
    described["Tags"] = sorted((tag["Key"], tag["Value"]) for tag in described.get("Tags", []))
    listed = client.list_secret_version_ids(SecretId=secret, IncludeDeprecated=True)["Versions"]
    described["values"] = [
        (version["VersionId"], version["CreatedDate"], version.get("VersionStages"),
         client.get_secret_value(SecretId=secret, VersionId=version["VersionId"]).get("SecretString"))
        for version in listed
    ]
    return described


def test_the_answer_is_in_progress_and_the_replica_then_in_sync(client, clock) -> None:
    """As the page's example shows, with the managed key by its alias."""
    created = client.create_secret(Name="a", SecretString="1")

    answer = client.replicate_secret_to_regions(SecretId="a", AddReplicaRegions=[{"Region": FAR}, {"Region": OTHER}])

    entry = {"KmsKeyId": "alias/aws/secretsmanager", "Status": "InProgress"}
    assert answer["ARN"] == created["ARN"]
    assert answer["ReplicationStatus"] == [{"Region": OTHER, **entry}, {"Region": FAR, **entry}]
    described = client.describe_secret(SecretId="a")
    assert described["PrimaryRegion"] == HOME
    entry = {**entry, "Status": "InSync", "StatusMessage": "Replication succeeded"}
    assert described["ReplicationStatus"] == [{"Region": OTHER, **entry}, {"Region": FAR, **entry}]


def test_a_replica_is_its_primary_in_another_region(client, far, primary) -> None:
    replica = far.describe_secret(SecretId="a")

    assert replica["ARN"] == primary.replace(HOME, FAR)
    assert replica["PrimaryRegion"] == HOME
    assert "ReplicationStatus" not in replica
    assert content(far, "a") == content(client, "a")
    assert far.get_secret_value(SecretId=replica["ARN"])["SecretString"] == "2"


def test_a_region_sees_its_own_alone(vault, client, far, primary, refused) -> None:
    assert [entry["ARN"] for entry in far.list_secrets()["SecretList"]] == [primary.replace(HOME, FAR)]
    assert vault.client(region_name=OTHER).list_secrets()["SecretList"] == []
    refused("ResourceNotFoundException", far.get_secret_value, SecretId=primary)
    refused("ResourceNotFoundException", client.get_secret_value, SecretId=primary.replace(HOME, FAR))


def test_a_secret_is_made_with_its_replicas(client, far, clock) -> None:
    answer = client.create_secret(Name="a", SecretString="1", AddReplicaRegions=[{"Region": FAR}],
                                  ClientRequestToken="0f0e0d0c-0b0a-4990-8877-665544332211")

    assert [each["Status"] for each in answer["ReplicationStatus"]] == ["InProgress"]
    assert far.get_secret_value(SecretId="a")["VersionId"] == answer["VersionId"]
    again = client.create_secret(Name="a", SecretString="1", AddReplicaRegions=[{"Region": FAR}],
                                 ClientRequestToken="0f0e0d0c-0b0a-4990-8877-665544332211")
    assert [each["Status"] for each in again["ReplicationStatus"]] == ["InSync"]


def test_a_secret_without_a_value_is_replicated_too(client, far, refused) -> None:
    client.create_secret(Name="a", AddReplicaRegions=[{"Region": FAR}])
    refused("ResourceNotFoundException", far.get_secret_value, SecretId="a")

    client.put_secret_value(SecretId="a", SecretString="1")

    assert far.get_secret_value(SecretId="a")["SecretString"] == "1"


@pytest.mark.parametrize("change", [
    ("put_secret_value", {"SecretString": "3"}),
    ("put_secret_value", {"SecretString": "3", "VersionStages": ["AWSPENDING", "blue"]}),
    ("update_secret", {"SecretString": "3"}),
    ("update_secret", {"Description": "other", "Type": "t"}),
    ("update_secret", {"Description": ""}),
    ("update_secret", {"KmsKeyId": ""}),
    ("tag_resource", {"Tags": [{"Key": "k", "Value": "new"}, {"Key": "more", "Value": ""}]}),
    ("untag_resource", {"TagKeys": ["k"]}),
    ("update_secret_version_stage", {"VersionStage": "AWSPREVIOUS", "RemoveFromVersionId": "previous"}),
    ("update_secret_version_stage",
     {"VersionStage": "AWSCURRENT", "RemoveFromVersionId": "current", "MoveToVersionId": "previous"}),
])
def test_replicas_follow(client, far, primary, clock, change) -> None:
    clock.forward(hours=1)
    ids = {stage: version for version, stages in client.describe_secret(SecretId="a")["VersionIdsToStages"].items()
           for stage in stages}
    named = {"current": ids["AWSCURRENT"], "previous": ids["AWSPREVIOUS"]}
    method, params = change

    getattr(client, method)(SecretId="a", **{name: named.get(value, value) if isinstance(value, str) else value
                                             for name, value in params.items()})

    assert content(far, "a") == content(client, "a")
    assert far.describe_secret(SecretId="a")["LastChangedDate"] == clock()
    assert statuses(client) == {FAR: "InSync"}


def test_outdated_versions_go_from_replicas_too(client, far, primary, clock) -> None:
    for number in range(110):
        client.put_secret_value(SecretId="a", SecretString=str(number))
        clock.forward(days=1)

    versions = [[version["VersionId"] for page in on.get_paginator("list_secret_version_ids").paginate(
        SecretId="a", IncludeDeprecated=True) for version in page["Versions"]] for on in (client, far)]
    assert versions[0] == versions[1]
    assert len(versions[1]) == 100


def test_words_of_a_replica_are_found(far, primary, client) -> None:
    client.update_secret(SecretId="a", Description="zebra")

    assert [entry["Name"] for entry in far.list_secrets(Filters=[{"Key": "all", "Values": ["zebra"]}])["SecretList"]] \
        == ["a"]


def test_primary_region_is_a_filter(client, far, primary) -> None:
    far.create_secret(Name="at-home-there")

    def found(on, value: str) -> list[str]:
        return [entry["Name"] for entry in on.list_secrets(
            Filters=[{"Key": "primary-region", "Values": [value]}])["SecretList"]]

    assert (found(far, "us-"), found(far, "eu-"), found(far, "!us-")) == (["a"], ["at-home-there"], ["at-home-there"])
    assert (found(client, "us-"), found(client, "eu-")) == (["a"], [])
    [entry] = client.list_secrets()["SecretList"]
    assert entry["PrimaryRegion"] == HOME


@pytest.mark.parametrize(("method", "params"), [
    ("put_secret_value", {"SecretString": "3"}),
    ("update_secret", {"SecretString": "3"}),
    ("update_secret", {"Description": "mine"}),
    ("update_secret", {"Description": "mine", "KmsKeyId": ""}),
    ("update_secret", {}),
    ("tag_resource", {"Tags": [{"Key": "k", "Value": "v"}]}),
    ("untag_resource", {"TagKeys": ["k"]}),
    ("update_secret_version_stage", {"VersionStage": "x", "MoveToVersionId": "0f0e0d0c-0b0a-4990-8877-665544332211"}),
    ("delete_secret", {}),
    ("delete_secret", {"ForceDeleteWithoutRecovery": True}),
    ("restore_secret", {}),
    ("replicate_secret_to_regions", {"AddReplicaRegions": [{"Region": OTHER}]}),
    ("remove_regions_from_replication", {"RemoveReplicaRegions": [OTHER]}),
])
def test_a_replica_is_changed_through_its_primary_alone(client, far, primary, refused, method, params) -> None:
    before = content(far, "a")

    assert refused("InvalidParameterException", getattr(far, method), SecretId="a", **params) == ON_REPLICA
    assert content(far, "a") == before == content(client, "a")


def test_the_access_to_a_replica_is_its_own(client, far, primary, clock) -> None:
    clock.forward(days=1)
    far.get_secret_value(SecretId="a")

    [entry] = client.describe_secret(SecretId="a")["ReplicationStatus"]
    assert entry["LastAccessedDate"] == datetime(2026, 3, 3, tzinfo=UTC)
    assert "LastAccessedDate" not in client.describe_secret(SecretId="a")


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
    assert vault.check().clean


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
    [{"Region": FAR}, {"Region": HOME}],
])
def test_regions_that_cannot_be(vault, client, far, refused, regions) -> None:
    client.create_secret(Name="a", SecretString="1")

    refused("InvalidParameterException", client.replicate_secret_to_regions, SecretId="a", AddReplicaRegions=regions)
    refused("InvalidParameterException", client.create_secret, Name="b", AddReplicaRegions=regions)
    refused("ValidationException", client.replicate_secret_to_regions, SecretId="a",
            AddReplicaRegions=[{"Region": "Europe"}])
    assert "ReplicationStatus" not in client.describe_secret(SecretId="a")
    assert far.list_secrets()["SecretList"] == []


def test_a_replica_has_a_key_of_its_own(client, far, far_keys) -> None:
    key = far_keys.create_key()["KeyMetadata"]["Arn"]

    client.create_secret(Name="a", SecretString="1", AddReplicaRegions=[{"Region": FAR, "KmsKeyId": key}])

    assert client.describe_secret(SecretId="a")["ReplicationStatus"][0]["KmsKeyId"] == key
    assert far.describe_secret(SecretId="a")["KmsKeyId"] == key
    assert far.list_secret_version_ids(SecretId="a")["Versions"][0]["KmsKeyIds"] == [key]
    assert client.list_secret_version_ids(SecretId="a")["Versions"][0]["KmsKeyIds"] == ["DefaultEncryptionKey"]


def test_the_key_of_a_replica_can_be_changed_there(client, far, far_keys, primary) -> None:
    """Its key is the one thing that is changed at the replica."""
    key = far_keys.create_key()["KeyMetadata"]["KeyId"]

    far.update_secret(SecretId="a", KmsKeyId=key)

    assert far.describe_secret(SecretId="a")["KmsKeyId"] == key
    assert client.describe_secret(SecretId="a")["ReplicationStatus"][0]["KmsKeyId"] == key
    assert "KmsKeyId" not in client.describe_secret(SecretId="a")
    client.put_secret_value(SecretId="a", SecretString="3")
    assert content(far, "a") == content(client, "a")


@pytest.mark.parametrize("key", ["alias/none", "arn:aws:kms:us-east-1:000000000000:alias/aws/secretsmanager"])
def test_a_key_that_is_not_there_fails_the_replica_alone(client, far, key) -> None:
    client.create_secret(Name="a", SecretString="1", AddReplicaRegions=[
        {"Region": FAR, "KmsKeyId": key}, {"Region": OTHER}])

    assert statuses(client) == {FAR: "Failed", OTHER: "InSync"}
    [message] = [each["StatusMessage"] for each in client.describe_secret(SecretId="a")["ReplicationStatus"]
                 if each["Region"] == FAR]
    assert message.startswith(ENCRYPTION)
    assert far.list_secrets()["SecretList"] == []


def test_a_replica_whose_key_is_disabled_stays_behind_until_it_is_back(client, far, far_keys) -> None:
    """The primary takes values all the same; the replica keeps what it has and says why."""
    key = far_keys.create_key()["KeyMetadata"]["KeyId"]
    client.create_secret(Name="a", SecretString="1", AddReplicaRegions=[{"Region": FAR, "KmsKeyId": key}])
    far_keys.disable_key(KeyId=key)

    client.put_secret_value(SecretId="a", SecretString="2")

    assert statuses(client) == {FAR: "Failed"}
    assert client.get_secret_value(SecretId="a")["SecretString"] == "2"
    assert len(far.list_secret_version_ids(SecretId="a")["Versions"]) == 1
    far_keys.enable_key(KeyId=key)
    client.tag_resource(SecretId="a", Tags=[{"Key": "k", "Value": "v"}])
    assert statuses(client) == {FAR: "InSync"}
    assert content(far, "a") == content(client, "a")


def test_what_is_lost_already_does_not_stand_in_the_way(client, keys, far, clock) -> None:
    """A deprecated version whose key was deleted for good cannot be replicated, the others are."""
    key = keys.create_key()["KeyMetadata"]["KeyId"]
    client.create_secret(Name="a", SecretString="lost", KmsKeyId=key)
    client.put_secret_value(SecretId="a", SecretString="1")
    client.put_secret_value(SecretId="a", SecretString="2")
    client.update_secret(SecretId="a", KmsKeyId="")
    keys.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    clock.forward(days=8)

    client.replicate_secret_to_regions(SecretId="a", AddReplicaRegions=[{"Region": FAR}])

    assert statuses(client) == {FAR: "InSync"}
    assert len(far.list_secret_version_ids(SecretId="a", IncludeDeprecated=True)["Versions"]) == 2


@pytest.mark.parametrize("params", [{}, {"RecoveryWindowInDays": 7}, {"ForceDeleteWithoutRecovery": True}])
def test_a_primary_with_replicas_cannot_be_deleted(client, primary, refused, params) -> None:
    client.replicate_secret_to_regions(SecretId="a", AddReplicaRegions=[{"Region": OTHER}])

    for secret_id in ("a", primary):
        message = refused("InvalidParameterException", client.delete_secret, SecretId=secret_id, **params)
        assert message == f"You can't delete secret {secret_id} that still has replica regions [{OTHER}, {FAR}]."
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
    assert vault.check().clean


@pytest.mark.parametrize("named_by", ["name", "arn", "primary's arn"])
def test_promotion(vault, client, far, primary, refused, named_by) -> None:
    """The ARN stays the same but for its Region, and the link is gone on both sides."""
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
    assert vault.check().clean


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


def test_replicas_survive_reopening_and_a_passphrase(vault, client, primary) -> None:
    vault.change_passphrase("another six words of passphrase")

    far, home = vault.client(region_name=FAR), vault.client()
    assert content(far, "a") == content(home, "a")
    assert vault.check().clean


def test_check_finds_a_replica_that_lost_its_primary(vault, primary) -> None:
    database = vault._open_database()

    for change in ("DELETE FROM replicas", f"DELETE FROM secrets WHERE region = '{FAR}'"):
        with pytest.raises(ZeroDivisionError), vault.all_or_nothing():
            database.run(change)
            assert "references" in {finding.area for finding in vault.check().findings}
            raise ZeroDivisionError


def test_a_replication_leaves_one_event(vault, client, primary) -> None:
    event = next(vault.trail())

    assert event["eventName"] == "ReplicateSecretToRegions"
    assert event["requestParameters"]["addReplicaRegions"] == [{"region": FAR}]


class Replicas(RuleBasedStateMachine):
    """Whatever is done to a primary, its replicas are equal to it at every moment."""

    new_vault: Callable[[], smtui.Vault]

    @initialize()
    def begin(self) -> None:
        self.vault = type(self).new_vault()
        self.client, self.number = self.vault.client(), 0
        self.client.create_secret(Name="a", SecretString="0")

    def teardown(self) -> None:
        assert self.vault.check().clean
        self.vault.close()

    def replicated(self) -> dict[str, str]:
        return statuses(self.client)

    def ids(self) -> list[str]:
        listed = self.client.list_secret_version_ids(SecretId="a", IncludeDeprecated=True)["Versions"]
        return [version["VersionId"] for version in listed]

    @rule(labels=st.lists(st.sampled_from(["AWSCURRENT", "AWSPENDING", "blue", "green"]), min_size=1, unique=True))
    def put(self, labels: list[str]) -> None:
        self.number += 1
        self.client.put_secret_value(SecretId="a", SecretString=str(self.number), VersionStages=labels)

    @rule(label=st.sampled_from(["AWSCURRENT", "AWSPREVIOUS", "AWSPENDING", "blue"]), data=st.data())
    def move(self, label: str, data: st.DataObject) -> None:
        holders = self.client.describe_secret(SecretId="a")["VersionIdsToStages"]
        holder = next((version for version, stages in holders.items() if label in stages), None)
        source = {"RemoveFromVersionId": holder} if holder else {}
        target = data.draw(st.sampled_from(self.ids()))
        self.client.update_secret_version_stage(SecretId="a", VersionStage=label, MoveToVersionId=target, **source)

    @rule(description=st.sampled_from(["", "one", "two"]))
    def describe(self, description: str) -> None:
        self.client.update_secret(SecretId="a", Description=description)

    @rule(key=st.sampled_from("ab"), value=st.sampled_from("xy"))
    def tag(self, key: str, value: str) -> None:
        self.client.tag_resource(SecretId="a", Tags=[{"Key": key, "Value": value}])

    @rule(key=st.sampled_from("ab"))
    def untag(self, key: str) -> None:
        self.client.untag_resource(SecretId="a", TagKeys=[key])

    @rule(region=st.sampled_from([FAR, OTHER]))
    def replicate(self, region: str) -> None:
        self.client.replicate_secret_to_regions(SecretId="a", AddReplicaRegions=[{"Region": region}],
                                                ForceOverwriteReplicaSecret=True)

    @precondition(lambda self: self.replicated())
    @rule(data=st.data(), promote=st.booleans())
    def part(self, data: st.DataObject, promote: bool) -> None:
        region = data.draw(st.sampled_from(sorted(self.replicated())))
        if promote:
            self.vault.client(region_name=region).stop_replication_to_replica(SecretId="a")
        else:
            self.client.remove_regions_from_replication(SecretId="a", RemoveReplicaRegions=[region])

    @invariant()
    def equal(self) -> None:
        for region, status in self.replicated().items():
            assert status == "InSync"
            assert content(self.vault.client(region_name=region), "a") == content(self.client, "a")


def test_replicas_equal_their_primary_whatever_happens(tmp_path, cheap_kdf, clock) -> None:
    paths = (tmp_path / f"{number}.vault" for number in count())

    class Here(Replicas):
        @staticmethod
        def new_vault() -> smtui.Vault:
            return smtui.create_vault(next(paths), "six words that open this vault", clock=clock)

    run_state_machine_as_test(Here, settings=settings(
        max_examples=15, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)))
