"""Tests that background threads pause regularly for the event loop; they count the pauses."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest

import smtui
from smtui.api.errors import VaultLockedError
from smtui.health.finding import read_limits
from smtui.health.secrets import check_secrets
from smtui.system.settings import Settings
from smtui.transfer.apply import ImportTarget, apply_plan
from smtui.transfer.entry import Entry
from smtui.transfer.export import ExportFormat, export
from smtui.transfer.plan import Action, make_plan
from smtui.transfer.selection import Selection
from smtui.tui.jobs import background_vault
from smtui.tui.jobs.background_vault import PAUSE, BackgroundVault
from smtui.vault.database import PAUSE_STEPS

MANY = 400
COUNT = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT {}) SELECT count(*) FROM n"


def _ignore(activity: str, done: int, total: int) -> None:
    pass


def _import(vault: smtui.Vault) -> None:
    target = ImportTarget(vault, vault.region_name)
    entries = [Entry(f"new-{number}", "x", "test") for number in range(MANY)]
    apply_plan(target, make_plan(target, entries, Action.SKIP), _ignore)


JOBS: dict[str, Callable[[smtui.Vault], object]] = {
    "check": lambda vault: vault.maintenance.check(_ignore),
    "export": lambda vault: export(vault.client(), Selection(), ExportFormat.JSON, lambda text: None, _ignore),
    "health": lambda vault: check_secrets(vault, vault.region_name, read_limits(Settings()), _ignore),
    "import": _import,
}


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Returns a list that collects the pauses of background threads, in seconds."""
    found: list[float] = []

    class Stop(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            found.append(timeout or 0)
            return super().wait(0)

    monkeypatch.setattr(background_vault, "Event", Stop)
    return found


@pytest.mark.parametrize("job", JOBS)
async def test_every_job_pauses(vault: smtui.Vault, pauses: list[float], job: str) -> None:
    """Each job pauses at least twice."""
    vault.create_secrets([{"Name": f"more-{number}", "SecretString": f"value {number}"} for number in range(MANY)])
    background = BackgroundVault(vault)
    await background.run(JOBS[job])
    await background.stop()

    assert len(pauses) >= 2 and set(pauses) == {PAUSE}


async def test_one_long_query_pauses(vault: smtui.Vault, pauses: list[float]) -> None:
    """Pauses happen even while a query returns no row."""
    background = BackgroundVault(vault)
    await background.run(lambda own: pauses.clear())
    await background.run(lambda own: own._state.database.fetch_row(COUNT.format(100 * PAUSE_STEPS)))
    await background.stop()

    assert len(pauses) >= 100


async def test_the_pauses_end_with_the_session(vault: smtui.Vault) -> None:
    """After the end of the session, a running thread pauses no more, and its next call raises VaultLockedError."""
    begun, background = threading.Event(), BackgroundVault(vault)

    def work_until_locked(own: smtui.Vault) -> Any:
        begun.set()
        while True:
            own.client().list_secrets()

    run = asyncio.ensure_future(background.run(work_until_locked))
    await asyncio.to_thread(begun.wait)
    await background.stop()
    with pytest.raises(VaultLockedError):
        await run
    assert background.is_stopped and not background.is_busy
    with pytest.raises(VaultLockedError):
        await background.run(lambda own: None)
