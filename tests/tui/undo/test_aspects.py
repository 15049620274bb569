"""Tests of every change that can be undone: what others changed since is neither overwritten nor removed.

Each case makes a change as a screen does, and another session then changes the same thing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

import smtui
from smtui.text.sanitize import SafeText
from smtui.tui.kms.keys import KmsKey, read_keys
from smtui.tui.kms.picker import DEFAULT, DEFAULT_CHOICE
from smtui.tui.replication.replicas import read_replica_set
from smtui.tui.secret.label_moves import LabelMove, collect_secret_labels, plan_label_move, plan_rollback
from smtui.tui.session import Session
from smtui.tui.undo import aspects, inverse, inverse_kms
from smtui.tui.undo.undo_change import _send_back
from tests.conftest import Clock
from tests.tui.conftest import BOB, version_id
from tests.tui.driver import ID

IRELAND = "eu-west-1"
NAME = SafeText("prod/db")
MONTHLY: Any = {"AutomaticallyAfterDays": 30}
WEEKLY: Any = {"AutomaticallyAfterDays": 7}
POLICY = ('{"Version": "2012-10-17", "Statement": [{"Sid": "%s", "Effect": "Deny", "Resource": "*", '
          '"Action": "secretsmanager:CreateSecret", "Principal": {"AWS": "000000000000"}}]}')
IRREVERSIBLE = {"record_creation", "record_key_creation", "record_promotion"}
"""Their entries have no calls: the undo screen only says why."""


class Two:
    """The session of the user, with its clients, and the clients of another session of the same vault."""

    def __init__(self, vault: smtui.Vault, theirs: smtui.Vault, clock: Clock) -> None:
        self.session = Session(vault)
        self.mine: Any = self.session.combine_clients("us-east-1")
        self.bob: Any = _Bob(theirs)
        self.bob_keys: Any = theirs.keys(caller=BOB)
        self.vault = vault
        self._clock = clock

    def describe(self) -> Any:
        return self.mine.describe_secret(**ID)

    @property
    def arn(self) -> str:
        return str(self.describe()["ARN"])

    def wait(self) -> None:
        """Lets a minute pass between the changes of the two."""
        self._clock.forward(minutes=1)

    def read_key(self) -> KmsKey:
        return next(each for each in read_keys(self.session.keys()) if "alias/orders" in each.aliases)

    def move(self, move: LabelMove | None) -> None:
        assert move is not None
        for update in move.updates:
            self.mine.update_secret_version_stage(**update.build_request(self.arn))
        inverse.record_label_move(self.session, self.arn, NAME, move)

    def read_labels(self) -> dict[str, str]:
        return collect_secret_labels(self.describe())


class _Bob:
    def __init__(self, vault: smtui.Vault) -> None:
        self._clients = [make(caller=BOB) for make in (vault.client, vault.keys, vault.rotations)]

    def __getattr__(self, name: str) -> Any:
        return next(getattr(each, name) for each in self._clients if hasattr(each, name))


@pytest.fixture
def two(vault: smtui.Vault, database: Any, clock: Clock) -> Iterator[Two]:
    key = vault.keys().create_key(Description="The orders")["KeyMetadata"]["KeyId"]
    vault.keys().create_alias(AliasName="alias/orders", TargetKeyId=key)
    vault.rotations().create_function(FunctionName="works", Password={"Key": "password"})
    with vault.reopen() as theirs:
        yield Two(vault, theirs, clock)


# The changes of the user, each recorded as the screens do.


def attach_beside(two: Two) -> None:
    """Attaches a label to the first version, which has the label `keep` only."""
    two.mine.update_secret_version_stage(**ID, VersionStage="keep", MoveToVersionId=version_id(1))
    two.mine.update_secret_version_stage(**ID, VersionStage="AWSPREVIOUS", RemoveFromVersionId=version_id(1))
    two.move(plan_label_move(two.read_labels(), "mine", version_id(1)))


def store(two: Two) -> None:
    before = two.read_labels()
    stored = two.mine.put_secret_value(**ID, SecretString="mine")
    inverse.record_stored_version(two.session, two.arn, NAME, before, stored)


def describe_anew(two: Two) -> None:
    two.mine.update_secret(**ID, Description="mine")
    inverse.record_description(two.session, two.arn, NAME, "Main database", "mine")


def change_key(two: Two) -> None:
    [arn] = [each["AliasArn"] for each in two.mine.list_aliases()["Aliases"] if each["AliasName"] == "alias/orders"]
    two.mine.update_secret(**ID, KmsKeyId=arn)
    inverse.record_key_change(two.session, two.arn, NAME, DEFAULT_CHOICE, arn)


def tag(two: Two) -> None:
    two.mine.tag_resource(**ID, Tags=[{"Key": "team", "Value": "mine"}])
    inverse.record_tags(two.session, two.arn, NAME, {"team": "pay"}, {"team": "mine"})


def plan_deletion(two: Two) -> None:
    two.mine.delete_secret(**ID, RecoveryWindowInDays=30)
    inverse.record_deletion(two.session, two.arn, NAME, two.describe()["DeletedDate"])


def restore(two: Two) -> None:
    two.mine.delete_secret(**ID, RecoveryWindowInDays=30)
    due = two.describe()["DeletedDate"]
    two.mine.restore_secret(**ID)
    left = aspects.make_content_aspect(two.session, two.arn).read(two.mine)
    inverse.record_restore(two.session, two.arn, NAME, due, left)


def get_function(two: Two, name: str = "works") -> Any:
    return next(each for each in two.mine.list_functions()["Functions"] if each["FunctionName"] == name)


def set_up(two: Two, rules: Any = MONTHLY) -> Any:
    asked = {"RotationLambdaARN": get_function(two)["FunctionArn"], "RotationRules": rules, "RotateImmediately": False}
    before = two.describe()
    two.mine.rotate_secret(**ID, **asked)
    inverse.record_rotation_setup(two.session, before, asked)
    return before


def finish_test(two: Two) -> None:
    """Runs the test of the new setup, which leaves AWSPENDING until then."""
    two.vault.scheduler.run_due()


def set_up_anew(two: Two) -> None:
    set_up(two)
    finish_test(two)
    set_up(two, WEEKLY)
    finish_test(two)


def cancel_rotation(two: Two) -> None:
    set_up(two)
    finish_test(two)
    before = two.describe()
    two.mine.cancel_rotate_secret(**ID)
    inverse.record_rotation_cancel(two.session, before)


def replicate(two: Two) -> None:
    replica_set = read_replica_set(two.session, two.describe())
    two.mine.replicate_secret_to_regions(**ID, AddReplicaRegions=[{"Region": IRELAND}])
    aspect = aspects.make_replicas_aspect(two.session, replica_set.primary, "us-east-1", [IRELAND])
    inverse.record_replication(two.session, replica_set, aspect.read(two.mine), [])


def remove_replica(two: Two) -> None:
    two.mine.replicate_secret_to_regions(**ID, AddReplicaRegions=[{"Region": IRELAND}])
    replica_set = read_replica_set(two.session, two.describe())
    two.mine.remove_regions_from_replication(**ID, RemoveReplicaRegions=[IRELAND])
    inverse.record_replica_removal(two.session, replica_set, replica_set.members[1], DEFAULT)


def make_function(two: Two) -> None:
    made = two.mine.create_function(FunctionName="made", Command={"Arguments": ["true"]})
    inverse.record_function_creation(two.session, made)


def remove_function(two: Two) -> None:
    function = get_function(two)
    two.mine.delete_function(FunctionName="works")
    inverse.record_function_removal(two.session, function)


def change_function(two: Two) -> None:
    before = get_function(two)
    after = two.mine.update_function(FunctionName="works", Password={"PasswordLength": 9})
    inverse.record_function_change(two.session, before, after)


def attach_policy(two: Two) -> None:
    two.mine.put_resource_policy(**ID, ResourcePolicy=POLICY % "mine")
    inverse.record_policy_change(two.session, two.arn, NAME, "", POLICY % "mine")


def describe_key(two: Two) -> None:
    key = two.read_key()
    two.mine.update_key_description(KeyId=key.id, Description="mine")
    inverse_kms.record_description(two.session, key, "mine")


POLICY_OF_KEY = ('{"Statement": {"Sid": "%s", "Effect": "Allow", "Principal": {"AWS": "000000000000"}, '
                 '"Action": "kms:*", "Resource": "*"}}')


def change_key_policy(two: Two) -> None:
    key, keys = two.read_key(), two.session.keys()
    before = keys.get_key_policy(KeyId=key.id)["Policy"]
    keys.put_key_policy(KeyId=key.id, Policy=POLICY_OF_KEY % "mine")
    inverse_kms.record_key_policy(two.session, key, before, POLICY_OF_KEY % "mine")


def tag_key(two: Two) -> None:
    key = two.read_key()
    two.session.keys().tag_resource(KeyId=key.id, Tags=[{"TagKey": "a", "TagValue": "mine"}])
    inverse_kms.record_key_tags(two.session, key, {}, {"a": "mine"})


def disable_key(two: Two) -> None:
    key = two.read_key()
    two.mine.disable_key(KeyId=key.id)
    inverse_kms.record_state_change(two.session, key, on=False)


def plan_key_deletion(two: Two) -> None:
    key = two.read_key()
    due = two.mine.schedule_key_deletion(KeyId=key.id, PendingWindowInDays=30)["DeletionDate"]
    inverse_kms.record_deletion(two.session, key, due)


def cancel_key_deletion(two: Two) -> None:
    two.mine.schedule_key_deletion(KeyId=two.read_key().id, PendingWindowInDays=30)
    key = two.read_key()
    two.mine.cancel_key_deletion(KeyId=key.id)
    inverse_kms.record_deletion_cancel(two.session, key)


def make_alias(two: Two) -> None:
    key = two.read_key()
    two.mine.create_alias(AliasName="alias/mine", TargetKeyId=key.id)
    inverse_kms.record_alias(two.session, "alias/mine", None, key.id)


def remove_alias(two: Two) -> None:
    make_alias(two)
    two.mine.delete_alias(AliasName="alias/mine")
    inverse_kms.record_alias_removal(two.session, "alias/mine", two.read_key())


# The changes of the other session.


def replace_function(two: Two, name: str, command: list[str]) -> None:
    two.bob.delete_function(FunctionName=name)
    two.bob.create_function(FunctionName=name, Command={"Arguments": command})


def plan_deletion_anew(two: Two) -> None:
    two.bob.restore_secret(**ID)
    two.bob.delete_secret(**ID, RecoveryWindowInDays=7)


def plan_key_deletion_anew(two: Two) -> None:
    two.bob.cancel_key_deletion(KeyId=two.read_key().id)
    two.bob.schedule_key_deletion(KeyId=two.read_key().id, PendingWindowInDays=7)


def replicate_anew(two: Two) -> None:
    two.bob.remove_regions_from_replication(**ID, RemoveReplicaRegions=[IRELAND])
    two.bob.replicate_secret_to_regions(**ID, AddReplicaRegions=[{"Region": IRELAND}])


def turn_alias(two: Two) -> None:
    key = two.bob.create_key()["KeyMetadata"]["KeyId"]
    two.bob.update_alias(AliasName="alias/mine", TargetKeyId=key)


@dataclass
class Case:
    """A change, what others do afterwards, and what the undo says then."""

    record: str
    change: Callable[[Two], object]
    theirs: Callable[[Two], object]
    says: str


CASES = {
    "label moved": Case(
        "record_label_move", lambda two: two.move(plan_rollback(two.read_labels())),
        lambda two: two.bob.put_secret_value(**ID, SecretString="theirs"),
        "Its labels have moved since. user/bob stored a version"),
    "label beside removed": Case(
        "record_label_move", attach_beside,
        lambda two: two.bob.update_secret_version_stage(
            **ID, VersionStage="keep", RemoveFromVersionId=version_id(1)),
        "Version 00000001 has lost its other labels since, so it would be deprecated. user/bob moved a staging label"),
    "value": Case("record_stored_version", store,
                  lambda two: two.bob.put_secret_value(**ID, SecretString="theirs"), "user/bob stored a version"),
    "description": Case("record_description", describe_anew,
                        lambda two: two.bob.update_secret(**ID, Description="theirs"),
                        "Its description has changed since. user/bob changed it"),
    "key": Case("record_key_change", change_key,
                lambda two: two.bob.update_secret(**ID, KmsKeyId=DEFAULT),
                "Its key has changed since. user/bob changed it"),
    "tags": Case("record_tags", tag, lambda two: two.bob.tag_resource(**ID, Tags=[{"Key": "team", "Value": "theirs"}]),
                 "Its tags have changed since. user/bob changed the tags"),
    "restored": Case("record_deletion", plan_deletion, lambda two: two.bob.restore_secret(**ID),
                     "It has already been restored. user/bob restored it"),
    "planned anew": Case("record_deletion", plan_deletion, plan_deletion_anew,
                         "Its deletion was rescheduled for 2026-03-10. user/bob scheduled its deletion"),
    "planned again": Case("record_restore", restore, lambda two: two.bob.delete_secret(**ID),
                          "It is already scheduled for deletion. user/bob scheduled its deletion"),
    **{f"restored, then {what}": Case("record_restore", restore, theirs, f"It has changed since. user/bob {did}")
       for what, did, theirs in (
           ("value", "stored a version", lambda two: two.bob.put_secret_value(**ID, SecretString="theirs")),
           ("version", "stored a version", lambda two: two.bob.put_secret_value(
               **ID, SecretString="theirs", VersionStages=["theirs"])),
           ("tags", "changed the tags", lambda two: two.bob.tag_resource(**ID, Tags=[{"Key": "a", "Value": "b"}])),
           ("policy", "attached a policy", lambda two: two.bob.put_resource_policy(
               **ID, ResourcePolicy=POLICY % "theirs")),
           ("label", "moved a staging label", lambda two: two.bob.update_secret_version_stage(
               **ID, VersionStage="theirs", MoveToVersionId=version_id(1))),
       )},
    "rotation cancelled": Case("record_rotation_setup", set_up_anew, lambda two: two.bob.cancel_rotate_secret(**ID),
                               "Its rotation has been cancelled since. user/bob cancelled the rotation"),
    "rotation set up otherwise": Case(
        "record_rotation_setup", set_up_anew,
        lambda two: two.bob.rotate_secret(**ID, RotationRules={"AutomaticallyAfterDays": 5}, RotateImmediately=False),
        "Its rotation settings have changed since. user/bob configured or started a rotation"),
    "rotation set up again": Case(
        "record_rotation_cancel", cancel_rotation,
        lambda two: two.bob.rotate_secret(**ID, RotationRules=MONTHLY, RotateImmediately=False),
        "Its rotation has already been configured again. user/bob configured"),
    "replica removed": Case(
        "record_replication", replicate,
        lambda two: two.bob.remove_regions_from_replication(**ID, RemoveReplicaRegions=[IRELAND]),
        "There is no longer a replica in eu-west-1. user/bob removed a replica in eu-west-1"),
    "replica made anew": Case("record_replication", replicate, replicate_anew,
                              "The replica in eu-west-1 was replaced, or has another key. user/bob"),
    "replicated again": Case(
        "record_replica_removal", remove_replica,
        lambda two: two.bob.replicate_secret_to_regions(**ID, AddReplicaRegions=[{"Region": IRELAND}]),
        "It is already replicated to eu-west-1. user/bob replicated it to eu-west-1"),
    "function replaced": Case("record_function_creation", make_function,
                              lambda two: replace_function(two, "made", ["false"]),
                              "made was replaced. user/bob created it"),
    "function made anew": Case("record_function_creation", make_function,
                               lambda two: replace_function(two, "made", ["true"]),
                               "made was replaced. user/bob created it"),
    "function removed": Case("record_function_creation", make_function,
                             lambda two: two.bob.delete_function(FunctionName="made"),
                             "The function no longer exists. user/bob removed it"),
    "function there again": Case(
        "record_function_removal", remove_function,
        lambda two: two.bob.create_function(FunctionName="works", Command={"Arguments": ["true"]}),
        "A function works already exists. user/bob created it"),
    "function changed again": Case(
        "record_function_change", change_function,
        lambda two: two.bob.update_function(FunctionName="works", Password={"PasswordLength": 8}),
        "works was replaced. user/bob changed it"),
    "policy": Case("record_policy_change", attach_policy,
                   lambda two: two.bob.put_resource_policy(**ID, ResourcePolicy=POLICY % "theirs"),
                   "Its policy has changed since. user/bob attached a policy"),
    "key policy": Case(
        "record_key_policy", change_key_policy,
        lambda two: two.bob.put_key_policy(KeyId=two.read_key().id, Policy=POLICY_OF_KEY % "theirs"),
        "Its policy has changed since. user/bob changed the policy"),
    "key tags": Case(
        "record_key_tags", tag_key,
        lambda two: two.bob_keys.tag_resource(KeyId=two.read_key().id, Tags=[{"TagKey": "a", "TagValue": "theirs"}]),
        "Its tags have changed since. user/bob changed the tags"),
    "key described": Case("record_description", describe_key,
                          lambda two: two.bob.update_key_description(KeyId=two.read_key().id, Description="theirs"),
                          "Its description has changed since. user/bob changed the description"),
    "key enabled": Case("record_state_change", disable_key, lambda two: two.bob.enable_key(KeyId=two.read_key().id),
                        "Its state has changed since. user/bob enabled it"),
    "key kept": Case("record_deletion", plan_key_deletion,
                     lambda two: two.bob.cancel_key_deletion(KeyId=two.read_key().id),
                     "Its deletion has already been cancelled. user/bob cancelled its deletion"),
    "key planned anew": Case("record_deletion", plan_key_deletion, plan_key_deletion_anew,
                             "Its deletion was rescheduled for 2026-03-10. user/bob scheduled its deletion"),
    "kept key enabled": Case("record_deletion_cancel", cancel_key_deletion,
                             lambda two: two.bob.enable_key(KeyId=two.read_key().id),
                             "Its state has changed since. user/bob enabled it"),
    "alias turned": Case("record_alias", make_alias, turn_alias,
                         "alias/mine now points to another key. user/bob moved it"),
    "alias there again": Case(
        "record_alias_removal", remove_alias,
        lambda two: two.bob.create_alias(AliasName="alias/mine", TargetKeyId=two.read_key().id),
        "alias/mine now points to another key. user/bob created it"),
}
ALL = pytest.mark.parametrize("name", CASES)

pytestmark = pytest.mark.usefixtures("one_time_and_place")


def list_changes(vault: smtui.Vault) -> list[str]:
    return [event["eventName"] for event in vault.audit_log(changes_only=True)]


def get_last(two: Two) -> Any:
    last = two.session.undo.last
    assert last is not None
    return last


@ALL
def test_what_others_changed_since_is_left(two: Two, name: str) -> None:
    case = CASES[name]
    case.change(two)
    done = get_last(two)
    two.wait()
    case.theirs(two)
    before = list_changes(two.vault)
    result = _send_back(two.session, done, two.session.combine_clients(done.region))

    assert not result.ready
    [(_, why)] = result.left
    assert case.says in why
    assert list_changes(two.vault) == before


@ALL
def test_what_nobody_changed_since_is_undone(two: Two, name: str) -> None:
    """Reads by others, and changes of other things, do not count."""
    case = CASES[name]
    case.change(two)
    done = get_last(two)
    two.wait()
    two.bob.create_secret(Name="another", SecretString="x")
    two.bob.describe_secret(**ID)
    result = _send_back(two.session, done, two.session.combine_clients(done.region))

    assert len(result.ready) == 1
    assert not result.left


def test_every_change_that_can_be_undone_has_a_case() -> None:
    recorded = {name for module in (inverse, inverse_kms) for name in vars(module) if name.startswith("record_")}

    assert recorded == {case.record for case in CASES.values()} | IRREVERSIBLE
