"""Tests of the comparison of two sides: local vaults, accounts behind the proxy that logs calls, and import files."""

from __future__ import annotations

import json
from typing import Any

import pytest

import smtui
from smtui.backends.aws.context import AwsContext
from smtui.backends.local import Vault
from smtui.comparison.compare import CompareOptions, Pair, Status, compare, count_statuses
from smtui.comparison.differences import Part, normalize_key
from smtui.comparison.names import InvalidRuleError, NameRules, parse_rules
from smtui.comparison.sides import ClientSide, EntriesSide
from smtui.system.context_settings import ContextSettings
from smtui.transfer.entry import Entry
from tests.aws_server import ACCOUNT, DENIED, OTHER_ACCOUNT, Aws

Vaults = tuple[Vault, Vault]
READS = ("GetSecretValue", "BatchGetSecretValue")
OLD, NEW, OTHER = (f"{digit * 8}-0000-4000-8000-{digit * 12}" for digit in "123")


def compare_vaults(vaults: Vaults, *rules: str, **options: Any) -> dict[str, Pair]:
    left, right = (ClientSide(vault.client()) for vault in vaults)
    return {pair.name: pair for pair in compare(left, right, parse_rules(rules), CompareOptions(**options))}


def put(vault: Vault, name: str, value: str, version: str, *, new: bool = False, **members: Any) -> None:
    client: Any = vault.client()
    if new:
        client.create_secret(Name=name, SecretString=value, ClientRequestToken=version, **members)
    else:
        client.put_secret_value(SecretId=name, SecretString=value, ClientRequestToken=version)


def count_reads(vault: Vault) -> int:
    return sum(event["eventName"] in READS for event in vault.audit_log())


class TestStatuses:
    def test_each_status(self, vaults: Vaults) -> None:
        left, right = vaults
        for vault in vaults:
            put(vault, "same", "a", OLD, new=True)
            put(vault, "left-newer", "a", OLD, new=True)
            put(vault, "right-newer", "a", OLD, new=True)
            put(vault, "conflict", "a", OLD, new=True)
        put(left, "same-value", "a", OLD, new=True)
        put(right, "same-value", "a", NEW, new=True)
        put(left, "unrelated", "a", OLD, new=True)
        put(right, "unrelated", "b", NEW, new=True)
        put(left, "left-newer", "b", NEW)
        put(right, "right-newer", "b", NEW)
        put(left, "conflict", "b", NEW)
        put(right, "conflict", "c", OTHER)
        put(left, "here", "a", OLD, new=True)
        put(right, "there", "a", OLD, new=True)

        found = compare_vaults(vaults)

        assert {name: (pair.status, pair.newer) for name, pair in found.items()} == {
            "same": (Status.SAME, ""), "same-value": (Status.SAME, ""), "unrelated": (Status.DIFFERS, ""),
            "left-newer": (Status.DIFFERS, "left"), "right-newer": (Status.DIFFERS, "right"),
            "conflict": (Status.CONFLICT, ""), "here": (Status.ONLY_LEFT, ""), "there": (Status.ONLY_RIGHT, ""),
        }
        assert list(found) == sorted(found)

    def test_without_values_the_version_ids_decide(self, vaults: Vaults) -> None:
        for vault, version in zip(vaults, (OLD, NEW), strict=True):
            put(vault, "a", "same", OLD, new=True)
            put(vault, "b", "same", version, new=True)

        found = compare_vaults(vaults, values=False)

        assert [pair.status for pair in found.values()] == [Status.SAME, Status.DIFFERS]
        assert found["b"].differences[0].note == "values not compared"
        assert [count_reads(vault) for vault in vaults] == [0, 0]

    def test_another_value_under_the_same_id_is_found_on_request(self, vaults: Vaults) -> None:
        for vault, value in zip(vaults, "xy", strict=True):
            put(vault, "a", value, OLD, new=True)

        assert compare_vaults(vaults)["a"].status is Status.SAME
        assert compare_vaults(vaults, verify=True)["a"].status is Status.DIFFERS

    def test_a_secret_that_rotates_on_the_right(self, vaults: Vaults) -> None:
        for vault, version in zip(vaults, (OLD, NEW), strict=True):
            for name, value in (("a", version), ("b", "same")):
                put(vault, name, value, version, new=True)
        arn = vaults[1].rotations().create_function(FunctionName="f", Password={})["FunctionArn"]
        for name in "ab":
            vaults[1].client().rotate_secret(SecretId=name, RotationLambdaARN=arn, RotateImmediately=False,
                                             RotationRules={"AutomaticallyAfterDays": 30})

        found = compare_vaults(vaults)

        assert [pair.status for pair in found.values()] == [Status.ROTATES_THERE, Status.DIFFERS]
        assert [each.part for each in found["b"].differences] == [Part.ROTATION]

    def test_scheduled_for_deletion(self, vaults: Vaults) -> None:
        left, right = vaults
        for name in ("gone-left", "gone-right", "gone"):
            for vault in vaults:
                put(vault, name, "a", OLD, new=True)
        for vault, name in ((left, "gone-left"), (right, "gone-right"), (left, "gone"), (right, "gone")):
            vault.client().delete_secret(SecretId=name)

        found = compare_vaults(vaults)

        assert {name: pair.status for name, pair in found.items()} == {
            "gone-left": Status.ONLY_RIGHT, "gone-right": Status.ONLY_LEFT}
        assert found["gone-right"].right is not None and found["gone-right"].right.is_scheduled

    def test_without_a_value_on_one_side(self, vaults: Vaults) -> None:
        left, right = vaults
        left.client().create_secret(Name="a")
        put(right, "a", "x", OLD, new=True)
        for vault in vaults:
            vault.client().create_secret(Name="b")

        found = compare_vaults(vaults)

        assert [pair.status for pair in found.values()] == [Status.DIFFERS, Status.SAME]
        assert found["a"].differences[0].note == "no value on the left"
        assert count_reads(right) == 0


class TestDifferences:
    def test_keys_without_values(self, vaults: Vaults) -> None:
        put(vaults[0], "db", '{"user":"ann","password":"marker-1","old":1,"n":{"x":1}}', OLD, new=True)
        put(vaults[1], "db", '{"user":"ann","password":"marker-2","port":2,"n":{"x":2}}', NEW, new=True)

        pair = compare_vaults(vaults)["db"]

        keys = {".".join(key.path): key.state.value for key in pair.differences[0].keys}
        assert keys == {"password": "~", "port": "+", "old": "-", "n.x": "~"}
        assert "marker" not in repr(pair)

    def test_formatting_only(self, vaults: Vaults) -> None:
        put(vaults[0], "db", '{"a":1}', OLD, new=True)
        put(vaults[1], "db", '{ "a": 1 }', NEW, new=True)

        assert compare_vaults(vaults)["db"].differences[0].note == "formatting only; the data is the same"

    def test_binary_and_text_differ(self, vaults: Vaults) -> None:
        put(vaults[0], "db", "x", OLD, new=True)
        vaults[1].client().create_secret(Name="db", SecretBinary=b"x")

        assert compare_vaults(vaults)["db"].status is Status.DIFFERS

    def test_metadata(self, vaults: Vaults) -> None:
        left, right = vaults
        put(left, "a", "x", OLD, new=True, Description="one", Tags=[{"Key": "env", "Value": "dev"},
                                                                    {"Key": "team", "Value": "t"}])
        put(right, "a", "x", OLD, new=True, Description="two", Tags=[{"Key": "env", "Value": "prod"}])
        right.client().update_secret_version_stage(SecretId="a", VersionStage="blue", MoveToVersionId=OLD)
        key = right.keys().create_key()["KeyMetadata"]["KeyId"]
        right.client().update_secret(SecretId="a", KmsKeyId=key)
        policy = {"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{right.account_id}:root"},
            "Action": "secretsmanager:GetSecretValue", "Resource": "*"}]}
        right.client().put_resource_policy(SecretId="a", ResourcePolicy=json.dumps(policy))

        found = compare_vaults(vaults, policies=True)["a"]
        ignored = compare_vaults(vaults, ignored=frozenset(Part))["a"]

        assert [each.part for each in found.differences] == [
            Part.DESCRIPTION, Part.TAGS, Part.LABELS, Part.KMS_KEY, Part.POLICY]
        assert [".".join(key.path) + key.state.value for key in found.differences[1].keys] == ["env~", "team-"]
        assert (found.status, ignored.status) == (Status.DIFFERS, Status.SAME)
        assert Part.POLICY not in [each.part for each in compare_vaults(vaults)["a"].differences]

    def test_labels_of_a_promotion_do_not_differ(self, vaults: Vaults) -> None:
        for vault in vaults:
            put(vault, "a", "x", OLD, new=True)
        vaults[1].client().update_secret_version_stage(
            SecretId="a", VersionStage=f"smtui-{NEW}", MoveToVersionId=OLD)

        assert compare_vaults(vaults)["a"].status is Status.SAME

    @pytest.mark.parametrize(("key", "expected"), [
        ("alias/aws/secretsmanager", ""), ("", ""), ("arn:aws:kms:eu-west-1:123456789012:key/mrk-1", "mrk-1"),
        ("arn:aws:kms:eu-west-1:123456789012:alias/app", "alias/app"), ("alias/app", "alias/app"), ("mrk-1", "mrk-1"),
    ])
    def test_keys_are_compared_between_accounts(self, key: str, expected: str) -> None:
        assert normalize_key(key) == expected


class TestNames:
    def test_prefixes_of_one_vault(self, vaults: Vaults) -> None:
        vault = vaults[0]
        for name, value in {"dev/db": "x", "prod/db": "x", "dev/new": "x", "prod/old": "x", "other": "x"}.items():
            vault.client().create_secret(Name=name, SecretString=value)

        found = compare_vaults((vault, vault), "dev/=prod/")

        assert {name: pair.status for name, pair in found.items()} == {
            "prod/db": Status.SAME, "prod/new": Status.ONLY_LEFT, "prod/old": Status.ONLY_RIGHT}
        assert found["prod/db"].left is not None and found["prod/db"].left.name == "dev/db"

    def test_an_empty_prefix(self, vaults: Vaults) -> None:
        put(vaults[0], "db", "x", OLD, new=True)
        put(vaults[1], "backup/db", "x", OLD, new=True)
        put(vaults[1], "db", "y", OLD, new=True)

        assert [*compare_vaults(vaults, "=backup/")] == ["backup/db"]

    def test_two_secrets_with_the_same_name_are_refused(self, vaults: Vaults) -> None:
        for name in ("a/db", "b/db"):
            put(vaults[0], name, "x", OLD, new=True)

        with pytest.raises(InvalidRuleError, match="a/db and b/db would both be compared with x/db"):
            compare_vaults(vaults, "a/=x/", "b/=x/")

    @pytest.mark.parametrize("word", ["dev/", "", "a=b=c"])
    def test_no_rule(self, word: str) -> None:
        with pytest.raises(InvalidRuleError):
            parse_rules([word])


class TestFiles:
    def test_the_entries_of_a_file(self, vaults: Vaults) -> None:
        put(vaults[1], "a", "x", OLD, new=True)
        put(vaults[1], "b", "x", OLD, new=True)
        entries = EntriesSide([Entry("a", "x", "file"), Entry("b", "y", "file"), Entry("c", "z", "file")])

        found = compare(entries, ClientSide(vaults[1].client()))

        assert [pair.status for pair in found] == [Status.SAME, Status.DIFFERS, Status.ONLY_LEFT]


class TestAccounts:
    """Two accounts. The proxy in front of moto logs the calls."""

    def open(self) -> tuple[AwsContext, AwsContext]:
        settings = (ContextSettings("dev", profile="a"), ContextSettings("prod", profile="b", regions=("us-east-1",)))
        return AwsContext(settings[0]), AwsContext(settings[1])

    def fill(self, aws: Aws, count: int, different: int) -> None:
        from moto.secretsmanager.models import secretsmanager_backends

        for account, token in ((ACCOUNT, "1"), (OTHER_ACCOUNT, "2")):
            backend = secretsmanager_backends[account]["us-east-1"]
            for number in range(count):
                version = f"{number:08d}-0000-4000-8000-{token if number < different else '0':0>12}"
                backend.create_secret(
                    name=f"svc/{number:05d}", secret_string=f"marker-{token}", secret_binary=None, description="",
                    tags=[], kms_key_id=None, client_request_token=version, replica_regions=[], force_overwrite=False)

    def compare(self, aws: Aws, **options: Any) -> tuple[list[Pair], list[str]]:
        left, right = self.open()
        with left, right, aws.count_calls() as calls:
            sides = ClientSide(left.client()), ClientSide(right.client())
            found = compare(*sides, NameRules(), CompareOptions(**options))
        return found, calls

    @pytest.mark.parametrize("count", [300, pytest.param(5_000, marks=pytest.mark.long)])
    def test_by_ids_two_lists_are_read_and_no_value(self, aws: Aws, count: int) -> None:
        self.fill(aws, count, different=7)

        found, calls = self.compare(aws, values=False)

        assert count_statuses(found) == {Status.SAME: count - 7, Status.DIFFERS: 7}
        assert calls.count("ListSecrets") == 2 * count // 100
        assert len(calls) <= 2 * count // 100 + 2
        assert not {*calls} & {*READS}

    def test_twenty_different_values_are_read_in_two_calls(self, aws: Aws) -> None:
        self.fill(aws, 50, different=20)

        found, calls = self.compare(aws)

        assert count_statuses(found) == {Status.SAME: 30, Status.DIFFERS: 20}
        assert (calls.count("BatchGetSecretValue"), calls.count("GetSecretValue")) == (2, 0)
        assert "marker" not in repr(found)

    def test_a_caller_who_may_only_list(self, aws: Aws) -> None:
        self.fill(aws, 3, different=1)
        aws.allow_only("ListSecrets")
        aws.proxy.allowed.add("AssumeRole")

        found, _ = self.compare(aws, values=False)

        assert count_statuses(found) == {Status.SAME: 2, Status.DIFFERS: 1}

    def test_a_caller_who_may_not_read_in_batches(self, aws: Aws) -> None:
        self.fill(aws, 3, different=1)
        aws.proxy.faults["BatchGetSecretValue"] = DENIED

        found, calls = self.compare(aws)

        assert found[0].differences[0].note == "" and calls.count("GetSecretValue") == 2

    def test_a_value_that_may_not_be_read(self, aws: Aws) -> None:
        self.fill(aws, 3, different=1)
        aws.proxy.faults |= dict.fromkeys(READS, DENIED)

        found, _ = self.compare(aws)

        assert found[0].status is Status.DIFFERS
        assert found[0].differences[0].note.startswith("values not compared: ")

    def test_a_vault_against_an_account(self, aws: Aws, vaults: Vaults) -> None:
        self.fill(aws, 3, different=1)
        version = aws.client().describe_secret(SecretId="svc/00002")["VersionIdsToStages"]
        put(vaults[1], "svc/00002", "marker-1", *version, new=True)

        with self.open()[0] as account:
            found = compare(ClientSide(account.client()), ClientSide(vaults[1].client()))

        assert count_statuses(found) == {Status.SAME: 1, Status.ONLY_LEFT: 2}


def test_a_side_that_was_not_migrated_or_is_read_only(vaults: Vaults) -> None:
    put(vaults[0], "a", "x", OLD, new=True)
    vaults[0].close()
    from tests.conftest import PASSPHRASE

    with smtui.open_vault(vaults[0].path, PASSPHRASE, read_only=True) as backup:
        found = compare(ClientSide(backup.client()), ClientSide(vaults[1].client()))

    assert [pair.status for pair in found] == [Status.ONLY_LEFT]
