"""Tests of the verification of the file that an agent runs after each unlock."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import smtui
from smtui.backends.maintenance import Maintenance
from smtui.server import file_check
from smtui.server.agent import Agent
from smtui.server.shared_vault import LockLimits, SharedVault
from smtui.system.ambient import Ambient
from tests.conftest import by_another_program
from tests.waiting import LIMIT, wait_until


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_check.FileChecker.__init__, "__defaults__", (0.0, file_check.INTERVAL))


@contextmanager
def run(vault: smtui.Vault, reopen: Any) -> Iterator[Agent]:
    agent = Agent(SharedVault(vault, reopen, LockLimits(), Ambient()))
    agent.start(vault, with_socket=False)
    yield agent
    agent.close()


def make_copy(vault: smtui.Vault, path: Path) -> bytes:
    vault.client().create_secret(Name="a", SecretString="x")
    vault.maintenance.backup(path)
    return vault.unlock_key()


def test_a_file_as_it_was_written_is_verified(vault: smtui.Vault, tmp_path: Path) -> None:
    key = make_copy(vault, tmp_path / "copy.vault")
    copy = smtui.open_vault(tmp_path / "copy.vault", key=key)
    with run(copy, None) as agent:
        wait_until(lambda: copy.maintenance.last_check, "the verification")
        assert copy.maintenance.last_check and copy.maintenance.last_check.clean
        assert not agent.shared.is_locked


@pytest.mark.parametrize("is_later", [False, True], ids=["first unlock", "a later one"])
def test_an_older_row_that_was_put_back_locks(vault: smtui.Vault, tmp_path: Path, is_later: bool) -> None:
    path = tmp_path / "copy.vault"
    key = make_copy(vault, path)
    copy = smtui.open_vault(path, key=key)
    with run(copy, lambda _: smtui.open_vault(path, key=key)) as agent:
        if is_later:
            wait_until(lambda: copy.maintenance.last_check, "the verification")
        agent.shared.lock()
        by_another_program(path, key, "UPDATE labels SET label = 'AWSPREVIOUS' WHERE secret = 1")
        agent.shared.unlock(bytearray(b"x"))
        wait_until(lambda: agent.shared.is_locked, "the lock")
        wait_until(lambda: agent.shared.lock_reason == file_check.MISMATCH, "the reason")


def test_an_agent_that_never_locks_verifies_again(
    vault: smtui.Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_check.FileChecker.__init__, "__defaults__", (0.0, 0.0))
    path = tmp_path / "copy.vault"
    key = make_copy(vault, path)
    copy = smtui.open_vault(path, key=key)
    with run(copy, None) as agent:
        wait_until(lambda: copy.maintenance.last_check, "the first verification")
        by_another_program(path, key, "UPDATE labels SET label = 'AWSPREVIOUS' WHERE secret = 1")
        wait_until(lambda: agent.shared.lock_reason == file_check.MISMATCH, "the lock")


def test_a_lock_ends_a_verification_and_closes_its_connection(
    vault: smtui.Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, ended = threading.Event(), threading.Event()
    opened: list[Maintenance] = []

    def verify_without_end(own: Maintenance, progress: Any) -> bool:
        opened.append(own)
        begun.set()
        try:
            while True:
                progress(1)
        finally:
            ended.set()

    monkeypatch.setattr(Maintenance, "verify_rows", verify_without_end)
    with run(vault, None) as agent:
        assert begun.wait(LIMIT)
        agent.shared.lock()
        assert ended.wait(LIMIT)

        assert opened[0]._state.is_locked
        assert agent.shared.lock_reason != file_check.MISMATCH
