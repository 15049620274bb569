"""Tests that the lock of the screens locks an agent of the same vault, unless the settings say otherwise."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from tempfile import TemporaryDirectory

import pytest

import smtui
from smtui.server.agent import Agent
from smtui.server.shared_vault import LockLimits, SharedVault
from smtui.system.ambient import Ambient
from smtui.system.settings import Settings
from smtui.tui.unlock.screen import UnlockScreen
from tests.tui.conftest import MakeApp, until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs Unix sockets")


@pytest.fixture
def agent(vault: smtui.Vault, monkeypatch: pytest.MonkeyPatch) -> Iterator[Agent]:
    with TemporaryDirectory(prefix="smtui-t", dir="/tmp") as folder:
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        other = vault.reopen()
        agent = Agent(SharedVault(other, lambda _: vault.reopen(), LockLimits(), Ambient()))
        agent.start(other)
        yield agent
        agent.close()


@pytest.mark.parametrize("locks", [True, False])
async def test_the_lock_of_the_screens_locks_the_agent(
    app: MakeApp, vault: smtui.Vault, agent: Agent, locks: bool
) -> None:
    running = app(settings=Settings(lock_agent=locks))
    async with running.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+l")
        await until(pilot, lambda: vault.locked and isinstance(running.screen, UnlockScreen))
        await until(pilot, lambda: agent.shared.is_locked is locks)
        await pilot.pause()

        assert agent.shared.is_locked is locks
