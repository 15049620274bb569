"""Tests that all operations that change something pass alike: durability, atomicity, one event, read-only mode."""

import pytest

import smtui

CHANGES = {
    "create_secret": {"Name": "new", "SecretString": "n"},
    "put_secret_value": {"SecretId": "a", "SecretString": "n"},
    "update_secret": {"SecretId": "a", "Description": "n", "SecretString": "n"},
    "update_secret_version_stage": {"SecretId": "a", "VersionStage": "blue", "MoveToVersionId": "current"},
    "tag_resource": {"SecretId": "a", "Tags": [{"Key": "n", "Value": "n"}]},
    "untag_resource": {"SecretId": "a", "TagKeys": ["k"]},
    "delete_secret": {"SecretId": "a"},
    "restore_secret": {"SecretId": "b"},
    "replicate_secret_to_regions": {"SecretId": "a", "AddReplicaRegions": [{"Region": "eu-west-1"}]},
    "remove_regions_from_replication": {"SecretId": "c", "RemoveReplicaRegions": ["eu-west-1"]},
}


def state(client):
    """Returns the list of all secrets and their versions."""
    listed = client.list_secrets(IncludePlannedDeletion=True)["SecretList"]
    return listed, [client.list_secret_version_ids(SecretId=e["ARN"], IncludeDeprecated=True)["Versions"]
                    for e in listed]


@pytest.fixture
def change(client, request):
    current = client.create_secret(Name="a", SecretString="1", Tags=[{"Key": "k", "Value": "v"}])["VersionId"]
    client.create_secret(Name="b", SecretString="1")
    client.delete_secret(SecretId="b")
    client.create_secret(Name="c", SecretString="1", AddReplicaRegions=[{"Region": "eu-west-1"}])
    params = {name: current if value == "current" else value for name, value in CHANGES[request.param].items()}
    return lambda on: getattr(on, request.param)(**params)


each = pytest.mark.parametrize("change", CHANGES, indirect=True)


@each
def test_it_survives_reopening(client, change, reopen) -> None:
    before = state(client)
    change(client)
    after = state(client)
    assert before != after

    with reopen() as vault:
        assert state(vault.client()) == after


@each
def test_a_failure_in_the_middle_leaves_everything_as_it_was(vault, client, change, monkeypatch) -> None:
    """If the disk fails while the event is written, the change is rolled back."""
    from smtui.engine import pipeline

    before = state(client)

    def fail(*_, **__):
        raise smtui.VaultFullError("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(pipeline.audit_log, "append_events", fail)
        with pytest.raises(smtui.VaultFullError):
            change(client)

    assert state(client) == before


@each
def test_there_is_exactly_one_event(vault, client, change) -> None:
    before = len(list(vault.audit_log()))

    change(client)

    assert len(list(vault.audit_log())) == before + 1


@each
def test_all_or_nothing(vault, client, change) -> None:
    before = state(client)

    with pytest.raises(ZeroDivisionError), vault.transaction():
        change(client)
        raise ZeroDivisionError

    assert state(client) == before
    with vault.transaction():
        change(client)
    assert state(client) != before


@each
def test_a_vault_open_for_reading_refuses_it(client, change, vault, clock) -> None:
    vault.close()
    from tests.conftest import PASSPHRASE

    with smtui.open_vault(vault.path, PASSPHRASE, read_only=True, clock=clock) as reading:
        before = state(reading.client())
        with pytest.raises(smtui.VaultReadOnlyError):
            change(reading.client())
        assert state(reading.client()) == before
