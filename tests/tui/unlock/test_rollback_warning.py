"""Tests of the warning for a vault that is older than the last state that this machine saw."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Button

import smtui
from smtui.tui.app import SmtuiApp
from smtui.tui.dialogs.confirm import Confirm
from smtui.tui.unlock.screen import UnlockScreen
from tests.conftest import PASSPHRASE
from tests.prepared_vault import PreparedVault
from tests.tui.conftest import MakeApp, paste, said, screen_text, until

SMALL = (80, 24)


def sentences(running: SmtuiApp) -> str:
    """Returns the text of the screen without line breaks and frames."""
    return " ".join(screen_text(running).replace("│", " ").split())


@pytest.fixture
def older(vault: smtui.Vault, client: Any, tmp_path: Path) -> Path:
    """Replaces the vault by its state before two secrets were created."""
    vault.maintenance.backup(tmp_path / "before")
    for name in ("a", "b"):
        client.create_secret(Name=name)
    vault.close()
    return (tmp_path / "before").replace(vault.path)


async def test_nobody_enters_it_by_habit(app: MakeApp, older: Path) -> None:
    """After the passphrase and two times Enter the vault is locked, because Cancel has the focus."""
    running = app(locked=True)
    async with running.run_test(size=SMALL) as pilot:
        for _ in range(2):
            await paste(pilot, PASSPHRASE)
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(running.screen, Confirm))
            assert "2 changes are missing" in sentences(running)
            assert "CreateSecret b 2026-03-02 12:00:00 UTC CreateSecret a" in sentences(running)
            assert all(button.region.bottom <= 24 for button in running.screen.query(Button))
            await pilot.press("enter")
            await until(pilot, lambda: "Not opened" in screen_text(running))

            assert isinstance(running.screen, UnlockScreen) and running.session is None


async def test_all_that_is_missing_is_counted(app: MakeApp, vault: smtui.Vault, client: Any, tmp_path: Path) -> None:
    """The newest changes are listed, and the number of the others follows."""
    vault.maintenance.backup(tmp_path / "before")
    for number in range(60):
        client.create_secret(Name=f"secret-{number}")
    vault.close()
    (tmp_path / "before").replace(vault.path)
    running = app(locked=True)
    async with running.run_test(size=SMALL) as pilot:
        await paste(pilot, PASSPHRASE)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(running.screen, Confirm))
        assert "60 changes are missing" in sentences(running)
        assert "CreateSecret secret-55 and 55 more" in sentences(running)


async def test_a_restored_backup_is_accepted_once(app: MakeApp, older: Path) -> None:
    running = app(locked=True)
    async with running.run_test(size=SMALL) as pilot:
        await paste(pilot, PASSPHRASE)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(running.screen, Confirm))
        await pilot.press("tab", "enter")
        await until(pilot, lambda: running.session)
        assert not said(running)

        await pilot.press("ctrl+l")
        await until(pilot, lambda: isinstance(running.screen, UnlockScreen))
        await paste(pilot, PASSPHRASE)
        await pilot.press("enter")
        await until(pilot, lambda: running.session)


async def test_who_recovers_is_asked_before_anything_changes(
    app: MakeApp, vault: smtui.Vault, new_vault: PreparedVault, tmp_path: Path
) -> None:
    """If the user declines, the passphrase of the older file does not change."""
    code = new_vault.recovery_code
    vault.maintenance.backup(tmp_path / "before")
    vault.client().create_secret(Name="a")
    vault.close()
    (tmp_path / "before").replace(vault.path)
    running = app(locked=True)
    async with running.run_test(size=SMALL) as pilot:
        await pilot.press("f2")
        await paste(pilot, code)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(running.screen, Confirm))
        assert "1 change is missing" in sentences(running)
        await pilot.press("escape")
        await until(pilot, lambda: "Not opened" in screen_text(running))
    smtui.open_vault(vault.path, PASSPHRASE).close()
