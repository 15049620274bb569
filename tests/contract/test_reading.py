"""Tests of reads that share one commit: each leaves its event, and no value is handed out before."""

from __future__ import annotations

import threading

import pytest

import smtui
from tests.conftest import by_another_program
from tests.waiting import LIMIT


@pytest.fixture
def stocked(vault: smtui.Vault) -> smtui.Vault:
    for number in range(5):
        vault.client().create_secret(Name=f"s{number}", SecretString=f"value {number}")
    vault.client().create_secret(Name="binary", SecretBinary=b"\xff")
    return vault


def test_values_are_added_when_the_events_are_committed(stocked) -> None:
    client = stocked.client()
    with stocked.reading():
        answers = [client.get_secret_value(SecretId=f"s{number}") for number in range(5)]
        binary = client.get_secret_value(SecretId="binary")
        together = client.batch_get_secret_value(SecretIdList=["s0", "s1", "none"])
        assert not [each for each in (*answers, binary, *together["SecretValues"])
                    if {"SecretString", "SecretBinary"} & each.keys()]
        assert [each["Name"] for each in answers] == [f"s{number}" for number in range(5)]
        assert "value" not in repr(answers)

    assert [each["SecretString"] for each in answers] == [f"value {number}" for number in range(5)]
    assert binary["SecretBinary"] == b"\xff"
    assert [each["SecretString"] for each in together["SecretValues"]] == ["value 0", "value 1"]
    assert [each["SecretId"] for each in together["Errors"]] == ["none"]
    events = list(stocked.audit_log(operation="GetSecretValue"))
    assert len(events) == 9
    assert len({each["eventID"] for each in events}) == 9
    assert stocked.maintenance.check().clean


def test_one_commit(stocked) -> None:
    """Another session sees none of the events until the block ends, and then all."""
    with stocked.reopen() as other:
        before = len(list(other.audit_log()))
        with stocked.reading():
            for _ in range(3):
                stocked.client().get_secret_value(SecretId="s0")
            assert len(list(other.audit_log())) == before
        assert len(list(other.audit_log())) == before + 3


def test_without_the_events_no_value(stocked) -> None:
    """An exception in the block, or a log that cannot be written, leaves answers without values and no event."""
    events = len(list(stocked.audit_log()))
    with pytest.raises(KeyboardInterrupt), stocked.reading():
        answer = stocked.client().get_secret_value(SecretId="s0")
        raise KeyboardInterrupt
    assert "SecretString" not in answer
    assert len(list(stocked.audit_log())) == events

    stocked._state.database.run(
        "CREATE TRIGGER no BEFORE UPDATE ON audit_events BEGIN SELECT raise(ABORT, 'no'); END")
    with pytest.raises(smtui.VaultError), stocked.reading():
        answer = stocked.client().get_secret_value(SecretId="s0")
    assert "SecretString" not in answer
    stocked._state.database.run("DROP TRIGGER no")


def test_a_refusal_is_recorded_and_the_others_are_read(stocked, client) -> None:
    with stocked.reading():
        answer = stocked.client().get_secret_value(SecretId="s0")
        with pytest.raises(smtui.ClientError):
            client.get_secret_value(SecretId="none")
    assert answer["SecretString"] == "value 0"
    assert len(list(stocked.audit_log(outcome="refused"))) == 1


def test_a_refusal_that_ends_the_block_is_recorded(stocked, client) -> None:
    """As every refused call is, and so are the reads before it, whose values stay in the vault."""
    with pytest.raises(smtui.ClientError), stocked.reading():
        answer = client.get_secret_value(SecretId="s0")
        client.get_secret_value(SecretId="none")
    assert "SecretString" not in answer
    events = list(stocked.audit_log(operation="GetSecretValue"))
    assert [each.get("errorCode") for each in events] == ["ResourceNotFoundException", None]
    assert client.get_secret_value(SecretId="s0")["SecretString"] == "value 0"


def test_a_block_inside_another_belongs_to_it(stocked, client) -> None:
    with stocked.reading():
        with stocked.reading():
            answer = client.get_secret_value(SecretId="s0")
        assert "SecretString" not in answer
    assert answer["SecretString"] == "value 0"


def test_nothing_can_be_changed(stocked) -> None:
    """A change would not wait for the disk. It is refused, and the reads go on."""
    with stocked.reading():
        with pytest.raises(smtui.VaultError, match="cannot change the vault"):
            stocked.client().put_secret_value(SecretId="s0", SecretString="new")
        answer = stocked.client().get_secret_value(SecretId="s0")
    assert answer["SecretString"] == "value 0"


def test_another_thread_waits_and_gets_its_values_at_once(stocked) -> None:
    found: list[str] = []
    begun = threading.Event()

    def read() -> None:
        begun.set()
        found.append(stocked.client().get_secret_value(SecretId="s1")["SecretString"])

    reader = threading.Thread(target=read)
    with stocked.reading():
        reader.start()
        assert begun.wait(LIMIT)
        answer = stocked.client().get_secret_value(SecretId="s0")
    reader.join(LIMIT)
    assert (answer["SecretString"], found) == ("value 0", ["value 1"])


def test_a_damaged_secret_ends_its_read_alone(stocked) -> None:
    key, path, clock = stocked.unlock_key(), stocked.path, stocked._state.ambient.now
    stocked.close()
    by_another_program(path, key, "DELETE FROM labels WHERE secret = 1")

    with smtui.open_vault(path, key=key, clock=clock) as vault:
        with vault.reading():
            with pytest.raises(smtui.VaultDamagedError):
                vault.client().get_secret_value(SecretId="s0")
            answer = vault.client().get_secret_value(SecretId="s1")
        assert answer["SecretString"] == "value 1"
