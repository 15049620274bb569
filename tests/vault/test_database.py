"""Tests of deferred work: it is done before the transaction ends, even if parts of the transaction are rolled back."""

from __future__ import annotations

from threading import Thread
from typing import Any

import pytest

import smtui
from smtui.vault import database


def found(client: Any, word: str) -> list[str]:
    answer = client.list_secrets(Filters=[{"Key": "all", "Values": [word]}])
    return [secret["Name"] for secret in answer["SecretList"]]


@pytest.fixture(params=[1, 1000])
def most_owed(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "MAX_DEFERRED", request.param)


@pytest.mark.usefixtures("most_owed")
def test_words_are_found_at_once_and_later(vault: smtui.Vault, client: Any) -> None:
    """Search finds words within the transaction that adds them and after it, also with refused calls in between."""
    with vault.transaction():
        for number in range(5):
            client.create_secret(Name=f"s{number}", Description="findable")
            with pytest.raises(smtui.ClientError):
                client.create_secret(Name=f"s{number}", Description="twice")
        assert len(found(client, "findable")) == 5
        client.update_secret(SecretId="s1", Description="other")
        client.delete_secret(SecretId="s2", ForceDeleteWithoutRecovery=True)
        assert found(client, "findable") == ["s0", "s3", "s4"]
        client.create_secret(Name="s5", Description="findable")

    assert found(client, "findable") == ["s0", "s3", "s4", "s5"]
    assert found(client, "other") == ["s1"]
    assert vault.maintenance.check().clean


@pytest.mark.usefixtures("most_owed")
def test_what_was_undone_is_not_found(vault: smtui.Vault, client: Any) -> None:
    with pytest.raises(KeyError), vault.transaction():
        client.create_secret(Name="gone", Description="findable")
        raise KeyError
    client.create_secret(Name="here", Description="findable")

    assert found(client, "findable") == ["here"]
    assert vault.maintenance.check().clean


def test_a_transaction_of_another_thread_is_not_ours(vault: smtui.Vault) -> None:
    """What is decided by it, such as running a rotation at once, does not depend on what other threads do."""
    opened, seen = vault._state.database, []
    with opened.transaction():
        assert opened.in_transaction
        thread = Thread(target=lambda: seen.append(opened.in_transaction))
        thread.start()
        thread.join()
    assert seen == [False]
