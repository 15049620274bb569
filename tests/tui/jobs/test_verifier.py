"""Tests of the background verification after each unlock."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

import smtui
from smtui.backends.maintenance import Maintenance
from smtui.system.settings import Settings
from smtui.tui.app import SmtuiApp
from smtui.tui.jobs import verifier
from smtui.tui.session import IN_USE
from smtui.tui.unlock.screen import UnlockScreen
from smtui.vault import digest
from tests.conftest import by_another_program
from tests.tui.conftest import MakeApp, Steady, screen_text, until

SMALL = (80, 24)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifier, "DELAY", 0.01)


async def test_the_vault_screen_tells_when_it_was_verified(app: MakeApp, vault: smtui.Vault, filled: Any) -> None:
    """The verification starts without the user and leaves no audit event."""
    events = len(list(vault.audit_log()))
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: vault.maintenance.last_check)
        await pilot.press("o", "v")
        await until(pilot, lambda: "no issues found" in screen_text(running))

    last_check = vault.maintenance.last_check
    assert last_check and last_check.clean and last_check.at == vault.now()
    assert not any(event["eventName"] == "Check" for event in vault.audit_log()) and events > 0


async def test_an_older_row_that_was_put_back_stops_the_session(
    vault: smtui.Vault, filled: Any, tmp_path: Path
) -> None:
    """The vault is locked, with the reason and the remedy."""
    path, key = tmp_path / "copy.vault", vault.unlock_key()
    vault.maintenance.backup(path)
    by_another_program(path, key, "UPDATE labels SET label = 'AWSPREVIOUS' WHERE secret = 1")
    running = SmtuiApp(path, Settings(), vault=smtui.open_vault(path, key=key))
    async with running.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: isinstance(running.screen, UnlockScreen)
                    and "rows of this vault differ from what was last" in " ".join(screen_text(running).split()))
        assert "smtui check" in " ".join(screen_text(running).split()) and running.session is None
    with smtui.open_vault(path, key=key) as copy:
        assert copy.maintenance.last_check and not copy.maintenance.last_check.clean


@pytest.mark.parametrize("how", ["ctrl+l", "change"])
async def test_it_gives_way(
    app: MakeApp, vault: smtui.Vault, filled: Any, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """The lock and a passphrase change stop the verification."""
    begun = threading.Event()

    def without_end(own: Maintenance, progress: Any) -> bool:
        while True:
            begun.set()
            progress(1)

    monkeypatch.setattr(Maintenance, "verify_rows", without_end)
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await until(pilot, begun.is_set)
        session = running.session
        assert session is not None and session.verifier.is_running
        if how == "ctrl+l":
            await pilot.press("ctrl+l")
            await until(pilot, lambda: vault.locked)
        else:
            await session.verifier.stop()
            vault.maintenance.change_passphrase("another six words of passphrase")
        assert not session.verifier.is_running


def test_it_lets_go_after_every_slice(vault: smtui.Vault, filled: Any) -> None:
    """Each slice has at most a hundred rows, because no other thread can use the vault meanwhile."""
    slices: list[int] = []
    vault.create_secrets([{"Name": f"more-{number}", "SecretString": "x"} for number in range(100)])
    with vault.reopen() as own:
        rows = digest.count_rows(own._state.database)
        assert own.maintenance.verify_rows(slices.append)
    assert rows > 2 * digest.SLICE
    assert slices == [*range(0, slices[-1] + 1, digest.SLICE)] and slices[-1] > rows - digest.SLICE
    assert digest.SLICE <= 100


async def test_it_sleeps_longer_while_keys_arrive(
    app: MakeApp, monotonic: Steady, vault: smtui.Vault, filled: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The verification still continues."""
    pauses: list[float] = []

    class Stop(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            pauses.append(timeout or 0)
            return super().wait(0)

    monkeypatch.setattr(verifier, "DELAY", 3600)
    monkeypatch.setattr(verifier, "Event", Stop)
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        session = running.session
        assert session is not None
        await pilot.press("j")
        assert await session.verifier.verify()
        assert pauses and set(pauses) == {verifier.LONG_PAUSE}
        pauses.clear()
        monotonic.seconds += IN_USE
        assert await session.verifier.verify()
        assert pauses and set(pauses) == {verifier.PAUSE}


def test_writers_do_not_wait_for_it(vault: smtui.Vault, filled: Any) -> None:
    """Concurrent writes are not refused, and are not reported as a mismatch."""
    written = []

    def write(rows: int) -> None:
        filled.create_secret(Name=f"meanwhile-{len(written)}", SecretString="x")
        written.append(rows)

    with vault.reopen() as own:
        assert own.maintenance.verify_rows(write)
    assert written and own.locked


@pytest.mark.parametrize("statement", [
    "DELETE FROM labels WHERE secret = 1", "UPDATE secrets SET description = 'other' WHERE id = 1",
    "INSERT INTO policies VALUES (1, '{}')", "UPDATE sqlite_sequence SET seq = 0 WHERE name = 'secrets'",
])
def test_a_mismatch_is_found_and_noted(vault: smtui.Vault, filled: Any, tmp_path: Path, statement: str) -> None:
    path, key = tmp_path / "copy.vault", vault.unlock_key()
    vault.maintenance.backup(path)
    by_another_program(path, key, statement)
    with smtui.open_vault(path, key=key) as copy:
        assert not copy.maintenance.verify_rows()
        assert copy.maintenance.last_check and not copy.maintenance.last_check.clean
        assert "found issues" in copy.maintenance.take_check_reminder()
        assert not copy.maintenance.take_check_reminder()
