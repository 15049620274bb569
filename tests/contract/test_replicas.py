"""Tests of replicas: they equal their primary, have their own key, and change only with the primary."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count

import pytest
from hypothesis import settings
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
from tests.contract.regions import FAR, HOME, OTHER, content, statuses

ON_REPLICA = "Operation not permitted on a replica secret. Call must be made in primary secret's region."
POLICY = ('{"Statement": {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, '
          '"Action": "secretsmanager:DescribeSecret", "Resource": "*"}}')
ENCRYPTION = "Secrets Manager can't encrypt the protected secret text using the provided KMS key."


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
    ("put_resource_policy", {"ResourcePolicy": POLICY}),
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

    assert (found(far, "us-"), found(far, "eu-"), found(far, "!us-")) == (["a"], [], ["at-home-there"])
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
    ("put_resource_policy", {"ResourcePolicy": POLICY}),
    ("delete_resource_policy", {}),
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


def test_a_replica_has_a_key_of_its_own(client, far, far_keys) -> None:
    key = far_keys.create_key()["KeyMetadata"]["Arn"]

    client.create_secret(Name="a", SecretString="1", AddReplicaRegions=[{"Region": FAR, "KmsKeyId": key}])

    assert client.describe_secret(SecretId="a")["ReplicationStatus"][0]["KmsKeyId"] == key
    assert far.describe_secret(SecretId="a")["KmsKeyId"] == key
    assert far.list_secret_version_ids(SecretId="a")["Versions"][0]["KmsKeyIds"] == [key]
    assert client.list_secret_version_ids(SecretId="a")["Versions"][0]["KmsKeyIds"] == ["DefaultEncryptionKey"]


def test_the_key_of_a_replica_can_be_changed_there(client, far, far_keys, primary) -> None:
    """Only the key can be changed in the replica's Region."""
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
    """The primary takes values meanwhile; the replica keeps its values and reports the reason."""
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


def test_a_replica_that_fails_half_made_leaves_nothing_behind(client, keys, far, reopen) -> None:
    """The rollback includes the key material of the Region's first key; the next secret gets new material."""
    key = keys.create_key()["KeyMetadata"]["KeyId"]
    client.create_secret(Name="a")
    client.put_secret_value(SecretId="a", SecretString="readable", VersionStages=["mine"])
    client.put_secret_value(SecretId="a", SecretString="unreadable")
    client.update_secret_version_stage(
        SecretId="a", VersionStage="AWSPREVIOUS",
        RemoveFromVersionId=client.get_secret_value(SecretId="a", VersionStage="mine")["VersionId"])
    client.update_secret(SecretId="a", KmsKeyId=key)
    keys.disable_key(KeyId=key)

    client.replicate_secret_to_regions(SecretId="a", AddReplicaRegions=[{"Region": FAR}])
    assert statuses(client) == {FAR: "Failed"}
    assert far.list_secrets()["SecretList"] == []
    far.create_secret(Name="theirs", SecretString="1")

    with reopen() as vault:
        assert vault.client(region_name=FAR).get_secret_value(SecretId="theirs")["SecretString"] == "1"


def test_what_is_lost_already_does_not_stand_in_the_way(client, keys, far, clock, days_pass) -> None:
    """A deprecated version whose key was deleted cannot be replicated; the other versions are."""
    key = keys.create_key()["KeyMetadata"]["KeyId"]
    client.create_secret(Name="a", SecretString="lost", KmsKeyId=key)
    client.put_secret_value(SecretId="a", SecretString="1")
    client.put_secret_value(SecretId="a", SecretString="2")
    client.update_secret(SecretId="a", KmsKeyId="")
    keys.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    clock.forward(days=8)
    days_pass()

    client.replicate_secret_to_regions(SecretId="a", AddReplicaRegions=[{"Region": FAR}])

    assert statuses(client) == {FAR: "InSync"}
    assert len(far.list_secret_version_ids(SecretId="a", IncludeDeprecated=True)["Versions"]) == 2


def test_replicas_survive_reopening_and_a_passphrase(vault, client, primary) -> None:
    vault.maintenance.change_passphrase("another six words of passphrase")

    far, home = vault.client(region_name=FAR), vault.client()
    assert content(far, "a") == content(home, "a")
    assert vault.maintenance.check().clean


class Replicas(RuleBasedStateMachine):
    """After every operation on a primary, its replicas equal it."""

    new_vault: Callable[[], smtui.Vault]

    @initialize()
    def begin(self) -> None:
        self.vault = type(self).new_vault()
        self.client, self.number = self.vault.client(), 0
        self.client.create_secret(Name="a", SecretString="0")

    def teardown(self) -> None:
        assert self.vault.maintenance.check().clean
        self.vault.close()

    def read_statuses(self) -> dict[str, str]:
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

    @rule(attach=st.booleans())
    def change_policy(self, attach: bool) -> None:
        if attach:
            self.client.put_resource_policy(SecretId="a", ResourcePolicy=POLICY)
        else:
            self.client.delete_resource_policy(SecretId="a")

    @rule(region=st.sampled_from([FAR, OTHER]))
    def replicate(self, region: str) -> None:
        self.client.replicate_secret_to_regions(SecretId="a", AddReplicaRegions=[{"Region": region}],
                                                ForceOverwriteReplicaSecret=True)

    @precondition(lambda self: bool(self.read_statuses()))
    @rule(data=st.data(), promote=st.booleans())
    def part(self, data: st.DataObject, promote: bool) -> None:
        region = data.draw(st.sampled_from(sorted(self.read_statuses())))
        if promote:
            self.vault.client(region_name=region).stop_replication_to_replica(SecretId="a")
        else:
            self.client.remove_regions_from_replication(SecretId="a", RemoveReplicaRegions=[region])

    @invariant()
    def equal(self) -> None:
        for region, status in self.read_statuses().items():
            assert status == "InSync"
            assert content(self.vault.client(region_name=region), "a") == content(self.client, "a")


def test_replicas_equal_their_primary_whatever_happens(tmp_path, cheap_kdf, clock) -> None:
    paths = (tmp_path / f"{number}.vault" for number in count())

    class Here(Replicas):
        @staticmethod
        def new_vault() -> smtui.Vault:
            return smtui.create_vault(next(paths), "six words that open this vault", clock=clock)

    run_state_machine_as_test(Here, settings=settings(
        max_examples=15, stateful_step_count=15))
