"""Tests of several threads on one vault; screens call the vault from a worker thread."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

import smtui


def test_refusals_in_one_thread_do_not_disturb_another(vault: smtui.Vault) -> None:
    """Values are stored unchanged while calls in other threads are refused."""
    client = vault.client()

    def store(number: int) -> None:
        with pytest.raises(smtui.ClientError):
            client.get_secret_value(SecretId=f"missing-{number}")
        client.create_secret(Name=f"s{number}", SecretString=f"value {number}")

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(store, range(200)))

    assert vault.maintenance.check().clean
    for number in range(200):
        assert client.get_secret_value(SecretId=f"s{number}")["SecretString"] == f"value {number}"


def test_locking_waits_for_the_call_under_way(vault: smtui.Vault) -> None:
    """Each call either completes or raises the error of a locked vault."""
    client = vault.client()
    done = []

    def store(number: int) -> None:
        try:
            client.create_secret(Name=f"s{number}", SecretString="x")
            done.append(number)
        except smtui.VaultLockedError:
            pass
        if number == 50:
            vault.lock()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(store, range(200)))

    assert vault.locked
    from tests.conftest import PASSPHRASE, Clock

    with smtui.open_vault(vault.path, PASSPHRASE, clock=Clock()) as again:
        assert again.maintenance.check().clean
        for number in done:
            assert again.client().get_secret_value(SecretId=f"s{number}")["SecretString"] == "x"
