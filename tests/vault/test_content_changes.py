"""Tests of change detection: a program must read again when others change the content, and only then."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import smtui
from tests.conftest import PASSPHRASE, Clock

POLICY = ('{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "000000000000"}, '
          '"Action": "secretsmanager:GetSecretValue", "Resource": "*"}]}')
Change = Callable[[smtui.Vault, Any], object]


def _key(vault: smtui.Vault) -> str:
    return str(vault.keys().create_key(Description="mine")["KeyMetadata"]["KeyId"])


CHANGES: dict[str, Change] = {
    "create": lambda vault, client: client.create_secret(Name="new"),
    "value": lambda vault, client: client.put_secret_value(SecretId="a", SecretString="2"),
    "describe": lambda vault, client: client.update_secret(SecretId="a", Description="other"),
    "label": lambda vault, client: client.update_secret_version_stage(
        SecretId="a", VersionStage="mine", MoveToVersionId=client.describe_secret(SecretId="a")["VersionIdsToStages"]
        .__iter__().__next__()),
    "tag": lambda vault, client: client.tag_resource(SecretId="a", Tags=[{"Key": "k", "Value": "v"}]),
    "untag": lambda vault, client: client.untag_resource(SecretId="a", TagKeys=["t"]),
    "policy": lambda vault, client: client.put_resource_policy(SecretId="a", ResourcePolicy=POLICY),
    "no policy": lambda vault, client: client.delete_resource_policy(SecretId="b"),
    "replicate": lambda vault, client: client.replicate_secret_to_regions(
        SecretId="a", AddReplicaRegions=[{"Region": "eu-west-1"}]),
    "delete": lambda vault, client: client.delete_secret(SecretId="a"),
    "delete at once": lambda vault, client: client.delete_secret(SecretId="a", ForceDeleteWithoutRecovery=True),
    "restore": lambda vault, client: client.restore_secret(SecretId="gone"),
    "rotate": lambda vault, client: client.rotate_secret(
        SecretId="a", RotationLambdaARN=vault.rotations().list_functions()["Functions"][0]["FunctionArn"],
        RotationRules={"AutomaticallyAfterDays": 9}),
    "function": lambda vault, client: vault.rotations().create_function(FunctionName="other", Password={}),
    "no function": lambda vault, client: vault.rotations().delete_function(FunctionName="maker"),
    "key": lambda vault, client: _key(vault),
    "alias": lambda vault, client: vault.keys().create_alias(
        AliasName="alias/other", TargetKeyId=_key(vault)),
    "retention": lambda vault, client: vault.audit.set_retention(30),
    "import": lambda vault, client: vault.create_secrets([{"Name": f"n{number}"} for number in range(3)]),
}


def _refused(vault: smtui.Vault, client: Any) -> None:
    for attempt in (lambda: client.get_secret_value(SecretId="missing"),
                    lambda: client.put_secret_value(SecretId="missing", SecretString="x"),
                    lambda: client.create_secret(Name="a", SecretString="x"),
                    lambda: client.describe_secret(SecretId="missing")):
        with contextlib.suppress(smtui.ClientError):
            attempt()


def _undone(vault: smtui.Vault, client: Any) -> None:
    with contextlib.suppress(KeyError), vault.transaction():
        client.create_secret(Name="never")
        raise KeyError


READS: dict[str, Change] = {
    "list": lambda vault, client: client.list_secrets(),
    "describe": lambda vault, client: client.describe_secret(SecretId="a"),
    "value": lambda vault, client: client.get_secret_value(SecretId="a"),
    "values": lambda vault, client: client.batch_get_secret_value(SecretIdList=["a", "b"]),
    "versions": lambda vault, client: client.list_secret_version_ids(SecretId="a"),
    "policy": lambda vault, client: client.get_resource_policy(SecretId="b"),
    "password": lambda vault, client: client.get_random_password(),
    "keys": lambda vault, client: vault.keys().list_keys(),
    "functions": lambda vault, client: vault.rotations().list_functions(),
    "who": lambda vault, client: vault.access().list_access(SecretId="b", Action="GetSecretValue"),
    "refused": _refused,
    "taken back": _undone,
    "no rotation to claim": lambda vault, client: vault.rotations().claim_rotation(Holder="h"),
    "check": lambda vault, client: vault.maintenance.check(),
    "audit log": lambda vault, client: list(vault.audit_log()),
}


@pytest.fixture
def two(vault: smtui.Vault, clock: Clock) -> Iterator[tuple[smtui.Vault, smtui.Vault]]:
    """Yields two sessions of one vault that contains every kind of record."""
    with smtui.open_vault(vault.path, PASSPHRASE, clock=clock) as two:
        client = vault.client()
        for name in ("a", "b", "gone"):
            client.create_secret(Name=name, SecretString="1", Tags=[{"Key": "t", "Value": "v"}])
        client.put_resource_policy(SecretId="b", ResourcePolicy=POLICY)
        client.delete_secret(SecretId="gone")
        vault.rotations().create_function(FunctionName="maker", Password={})
        yield vault, two


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_is_noticed_by_every_other_connection_and_not_by_its_own(
    two: tuple[smtui.Vault, smtui.Vault], change: Change
) -> None:
    one, other = two
    own, others = one.change_count(), other.change_count()

    change(one, one.client())

    assert other.change_count() != others
    assert one.change_count() == own


def test_a_permission_given_or_taken_is_noticed(two: tuple[smtui.Vault, smtui.Vault]) -> None:
    """Permissions of commands are not in the file, but screens show them."""
    one, other = two
    command = {"Arguments": ["/bin/true"]}
    one.rotations().create_function(FunctionName="run", Command=command, Allow=False)
    for change in (lambda: one.rotations().allow_function(FunctionName="run", Command=command),
                   lambda: one.rotations().revoke_function(FunctionName="run")):
        before = other.change_count()
        change()
        assert other.change_count() != before


@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_a_read_is_noticed_by_nobody(two: tuple[smtui.Vault, smtui.Vault], read: Change, clock: Clock) -> None:
    """Reads do not count as changes, even when they set the date of the last access."""
    one, other = two
    before = one.change_count(), other.change_count()

    for _ in range(2):
        read(one, one.client())
        clock.forward(days=1)

    assert (one.change_count(), other.change_count()) == before


def test_what_ends_when_it_is_due_is_noticed_though_somebody_only_reads(
    two: tuple[smtui.Vault, smtui.Vault], clock: Clock
) -> None:
    one, other = two
    before = other.change_count()

    clock.forward(days=31)
    with smtui.open_vault(one.path, PASSPHRASE, clock=clock) as third:
        third.client().list_secrets()

    assert other.change_count() != before


def test_the_vault_is_still_clean(two: tuple[smtui.Vault, smtui.Vault]) -> None:
    one, other = two
    one.client().create_secret(Name="c")
    other.client().create_secret(Name="d")

    assert one.maintenance.check().clean


def test_to_ask_reads_one_row_however_long_the_audit_log_is(two: tuple[smtui.Vault, smtui.Vault]) -> None:
    one, _ = two
    database = one._state.database
    plans = [" ".join(str(row[3]) for row in database.fetch_rows(f"EXPLAIN QUERY PLAN {question}")) for question in (
        "SELECT value FROM meta WHERE name = 'content_changes'", "SELECT max(id) FROM audit_events")]

    assert "SCAN" not in plans[0]
    assert plans == ["SEARCH meta USING PRIMARY KEY (name=?)", "SEARCH audit_events"]
