"""Tests that an older state of the labels, versions or policy of a secret is refused at the next read."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import smtui
from smtui.health.finding import read_limits
from smtui.health.secrets import check_secrets
from smtui.system.settings import Settings
from smtui.vault import binding
from smtui.vault.binding import SecretBinding
from tests.conftest import PASSPHRASE, Clock, by_another_program
from tests.vault.conftest import SAMPLES

Change = Callable[[smtui.Vault], object]

PAGE = 4096
DENY = json.dumps({"Version": "2012-10-17", "Statement": [{
    "Effect": "Deny", "Principal": {"AWS": "arn:aws:iam::000000000000:user/mallory"},
    "Action": "secretsmanager:GetSecretValue", "Resource": "*"}]})
SOURCES = {"labels": "FROM labels", "versions": "FROM versions", "policies": "FROM policies"}
DAMAGED = "the labels, versions or policy of this secret are not those that were last stored"


@pytest.fixture
def vault(tmp_path: Path) -> smtui.Vault:
    vault = smtui.create_vault(tmp_path / "v.vault", PASSPHRASE, clock=Clock())
    client = vault.client()
    for name in ("a", "b"):
        client.create_secret(Name=name, SecretString="first", ClientRequestToken=f"{name}-{'1' * 32}")
        client.put_secret_value(SecretId=name, SecretString="second", ClientRequestToken=f"{name}-{'2' * 32}")
    return vault


def move_label(vault: smtui.Vault) -> None:
    vault.client().update_secret_version_stage(
        SecretId="a", VersionStage="AWSCURRENT", MoveToVersionId=f"a-{'1' * 32}", RemoveFromVersionId=f"a-{'2' * 32}")


CHANGES: dict[str, Change] = {
    "a label moves": move_label,
    "a value is put": lambda vault: vault.client().put_secret_value(SecretId="a", SecretString="third"),
    "a policy is attached": lambda vault: vault.client().put_resource_policy(SecretId="a", ResourcePolicy=DENY),
}
READS: dict[str, Change] = {
    "value": lambda vault: vault.client().get_secret_value(SecretId="a"),
    "as another": lambda vault: vault.client(
        caller="arn:aws:iam::000000000000:user/mallory").get_secret_value(SecretId="a"),
    "description": lambda vault: vault.client().describe_secret(SecretId="a"),
    "versions": lambda vault: vault.client().list_secret_version_ids(SecretId="a"),
    "policy": lambda vault: vault.client().get_resource_policy(SecretId="a"),
    "put": lambda vault: vault.client().put_secret_value(SecretId="a", SecretString="fourth"),
    "label": move_label,
}


def replay_tables(vault: smtui.Vault, change: Change) -> list[Path]:
    """Changes the vault, closes it, and returns a copy for each page that holds an older state of a bound table.

    A page is told by what it holds: with the page put back, reading the rows of a bound table gives what it was before.
    """
    vault.maintenance.backup(vault.path.with_name("unused"))  # moves the log into the file's copy
    vault._state.database.checkpoint()
    before = vault.path.read_bytes()
    change(vault)
    key = vault.unlock_key()
    vault.close()
    after, found = vault.path.read_bytes(), []
    for at in range(PAGE, min(len(before), len(after)), PAGE):
        if before[at : at + PAGE] != after[at : at + PAGE]:
            copy = vault.path.with_name(f"page-{at // PAGE}.vault")
            copy.write_bytes(after[:at] + before[at : at + PAGE] + after[at + PAGE :])
            copy.chmod(0o600)
            if _holds_other_rows(copy, key):
                found.append(copy)
    return found


def _holds_other_rows(path: Path, key: bytes) -> bool:
    try:
        with smtui.open_vault(path, key=key, read_only=True) as vault:
            mac = SecretBinding(vault._state.key_store.derive(binding.PURPOSE))
            return bool(list(mac.find_unbound(vault._state.database)))
    except smtui.VaultError:
        return False  # SQLite itself finds that the page does not belong to the others


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_an_older_page_is_refused_at_the_next_read(vault: smtui.Vault, change: Change) -> None:
    """Every operation about the secret is refused with an error that says so, and the other secret can be used."""
    key = vault.unlock_key()
    replayed = replay_tables(vault, change)
    assert replayed

    for path in replayed:
        with smtui.open_vault(path, key=key, clock=Clock()) as opened:
            for read in READS.values():
                with pytest.raises(smtui.VaultDamagedError, match=DAMAGED):
                    read(opened)
            assert opened.client().get_secret_value(SecretId="b")["SecretString"] == "second"
            assert not opened.maintenance.check().clean


@pytest.mark.parametrize("statement", [
    "UPDATE labels SET version = (SELECT min(id) FROM versions) WHERE label = 'AWSCURRENT' AND secret = 1",
    "DELETE FROM labels WHERE label = 'AWSPREVIOUS' AND secret = 1",
    "INSERT INTO labels VALUES (1, 'more', 1)",
    "DELETE FROM policies",
    "UPDATE policies SET policy = '{}'",
    "DELETE FROM versions WHERE id = 1",
    "UPDATE versions SET wrapped = zeroblob(60) WHERE id = 1",
    "UPDATE versions SET version_id = 'another' WHERE id = 1",
    "UPDATE secrets SET bound = x'' WHERE id = 1",
])
def test_a_row_that_another_program_changed_is_refused(vault: smtui.Vault, statement: str) -> None:
    vault.client().put_resource_policy(SecretId="a", ResourcePolicy=DENY)
    key = vault.unlock_key()
    vault.close()
    by_another_program(vault.path, key, "PRAGMA foreign_keys = OFF", statement)

    with smtui.open_vault(vault.path, key=key, clock=Clock()) as opened:
        for _ in range(2):
            with pytest.raises(smtui.VaultDamagedError, match=DAMAGED):
                opened.client().get_secret_value(SecretId="a")
        assert opened.client().get_secret_value(SecretId="b")["SecretString"] == "second"
        entries = {each["Name"]: each for each in opened.client().list_secrets()["SecretList"]}
        assert entries.keys() == {"a", "b"}
        answer = opened.client().batch_get_secret_value(SecretIdList=["a", "b"])
        assert [each["SecretString"] for each in answer["SecretValues"]] == ["second"]
        assert [each["ErrorCode"] for each in answer["Errors"]] == ["InternalServiceError"]
        findings = [each for each in check_secrets(opened, "us-east-1", read_limits(Settings()), lambda *_: None)
                    if each.name == "a" and each.kind == "not checked"]
        assert findings


def test_a_change_does_not_make_an_older_state_valid(vault: smtui.Vault) -> None:
    """A refused change stores no MAC, and a replica that was put back makes its replication fail."""
    client = vault.client()
    client.replicate_secret_to_regions(SecretId="b", AddReplicaRegions=[{"Region": "eu-west-1"}])
    key = vault.unlock_key()
    vault.close()
    by_another_program(
        vault.path, key,
        "UPDATE labels SET version = (SELECT min(id) FROM versions v WHERE v.secret = labels.secret)"
        " WHERE label = 'AWSCURRENT' AND secret = (SELECT id FROM secrets WHERE primary_region IS NOT NULL)")

    with smtui.open_vault(vault.path, key=key, clock=Clock()) as opened:
        opened.client().put_secret_value(SecretId="b", SecretString="third")
        [replica] = opened.client().describe_secret(SecretId="b")["ReplicationStatus"]
        assert replica["Status"] == "Failed"
        assert DAMAGED in replica["StatusMessage"]
        with pytest.raises(smtui.VaultDamagedError, match=DAMAGED):
            opened.client(region_name="eu-west-1").get_secret_value(SecretId="b")
        assert opened.client().get_secret_value(SecretId="b")["SecretString"] == "third"


@pytest.mark.parametrize("fails", [False, True])
def test_several_changes_in_one_transaction(vault: smtui.Vault, fails: bool) -> None:
    """The MAC follows the last change, also after a call in between was refused, and none if all is taken back."""
    client = vault.client()
    try:
        with vault.transaction():
            client.put_secret_value(SecretId="a", SecretString="third")
            assert client.get_secret_value(SecretId="a")["SecretString"] == "third"
            with pytest.raises(smtui.ClientError):
                client.update_secret_version_stage(SecretId="a", VersionStage="AWSCURRENT", MoveToVersionId="x" * 32)
            client.put_resource_policy(SecretId="a", ResourcePolicy=DENY)
            client.create_secret(Name="c", SecretString="new")
            if fails:
                raise KeyboardInterrupt
    except KeyboardInterrupt:
        pass

    assert client.get_secret_value(SecretId="a")["SecretString"] == ("second" if fails else "third")
    assert vault.maintenance.check().clean
    vault.close()


def test_the_policies_of_replicas_are_dropped_by_the_migration_and_named(
    sample_keys: dict[int, bytes], tmp_path: Path
) -> None:
    """They stay in the backup of the older format."""
    path = tmp_path / "v.vault"
    shutil.copyfile(SAMPLES / "format-3.vault", path)
    path.chmod(0o600)
    by_another_program(
        path, sample_keys[3],
        f"INSERT INTO policies SELECT id, '{DENY}' FROM secrets WHERE name = 'prod/db'"
        " AND primary_region IS NOT NULL")

    with smtui.open_vault(path, key=sample_keys[3], clock=Clock()) as vault:
        [notice] = [each for each in vault.notices if "policy of their primary" in each]
        assert "prod/db in eu-west-1" in notice
        assert "v.vault.format-3.backup" in notice
        far = vault.client(region_name="eu-west-1")
        answers = [each.get_resource_policy(SecretId="prod/db")["ResourcePolicy"] for each in (far, vault.client())]
        assert answers[0] == answers[1] != DENY
        assert not vault.maintenance.check().clean, "a difference of the digest stays one"
    with smtui.open_vault(path, key=sample_keys[3], clock=Clock()) as again:
        assert not [each for each in again.notices if "policy of their primary" in each]
