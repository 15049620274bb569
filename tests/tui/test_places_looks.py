"""Snapshots of the places of a session. Review each snapshot before you accept it."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

import smtui
from smtui.system.settings import Settings
from smtui.text.sanitize import SafeText
from smtui.transfer.entry import Entry
from smtui.transfer.plan import Action, Step
from smtui.tui.app import SmtuiApp
from smtui.tui.dialogs.job import JobDialog
from smtui.tui.jobs.job import Progress, run_job
from smtui.tui.vault.import_plan import ImportPlan
from tests.conftest import Clock
from tests.tui.conftest import MakeApp, screen_text, until
from tests.waiting import LIMIT

SMALL, LARGE = (80, 24), (120, 36)
SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x36"])
ALL_SIZES = pytest.mark.parametrize(
    "size", [(60, 16), SMALL, LARGE, (200, 50)], ids=["60x16", "80x24", "120x36", "200x50"])
pytestmark = pytest.mark.usefixtures("one_time_and_place")


async def go(pilot: Pilot[None], key: str, seen: str) -> None:
    await until(pilot, lambda: "secrets" in screen_text(pilot.app))
    await pilot.press("o", key)
    await until(pilot, lambda: seen in screen_text(pilot.app))


@ALL_SIZES
def test_audit_log(snap_compare: Any, app: MakeApp, vault: smtui.Vault, filled: Any, size: tuple[int, int]) -> None:
    """Events of several callers, with one refused call."""
    with pytest.raises(vault.client().exceptions.ResourceNotFoundException):
        vault.client(caller="arn:aws:iam::000000000000:user/alice").get_secret_value(SecretId="prod/absent")

    async def there(pilot: Pilot[None]) -> None:
        await go(pilot, "t", "newest first")
        await pilot.press("slash", *"create", "enter")
        await until(pilot, lambda: "5 events · filter: create" in screen_text(pilot.app))

    assert snap_compare(app(), terminal_size=size, run_before=there)


@ALL_SIZES
def test_health(snap_compare: Any, app: MakeApp, filled: Any, clock: Clock, size: tuple[int, int]) -> None:
    """Findings from the list, 100 days later."""
    clock.forward(days=100)
    filled.delete_secret(SecretId="shared/wifi", RecoveryWindowInDays=7)

    async def there(pilot: Pilot[None]) -> None:
        await go(pilot, "h", "findings in")

    assert snap_compare(app(), terminal_size=size, run_before=there)


@SIZES
def test_regions(snap_compare: Any, app: MakeApp, vault: smtui.Vault, filled: Any, size: tuple[int, int]) -> None:
    """Two Regions, and no remembered vault."""
    vault.client(region_name="eu-central-1").create_secret(Name="abroad", SecretString="x")

    async def there(pilot: Pilot[None]) -> None:
        await go(pilot, "c", "eu-central-1")

    assert snap_compare(app(), terminal_size=size, run_before=there)


def test_a_work_under_way(snap_compare: Any, app: MakeApp, filled: Any) -> None:
    """A job in the background, shown in the footer."""
    over = threading.Event()

    def work(vault: smtui.Vault, progress: Progress) -> None:
        progress("envelopes", 1200, 5000)
        over.wait(LIMIT)

    async def shown(pilot: Pilot[None]) -> None:
        running: Any = pilot.app
        await until(pilot, lambda: "5 secrets" in screen_text(running))
        running.run_task(lambda app, session: run_job(app, SafeText("Check"), work))
        await until(pilot, lambda: isinstance(running.screen, JobDialog) and "1,200 of 5,000" in screen_text(running))

    try:
        assert snap_compare(app(), terminal_size=SMALL, run_before=shown)
    finally:
        over.set()


def test_what_an_import_would_do(snap_compare: Any, app: MakeApp) -> None:
    """A new secret, a different one, an unchanged one and an invalid one."""
    steps = [Step(Entry(name, "x", ".env, line 1"), verdict, reason) for name, verdict, reason in (
        ("dev/NEW", Action.CREATE, ""), ("dev/OTHER", Action.SKIP, ""), ("dev/SAME", Action.UNCHANGED, ""),
        ("dev/GOING", Action.CONFLICT, "it is scheduled for deletion"),
    )]

    async def shown(pilot: Pilot[None]) -> None:
        pilot.app.push_screen(ImportPlan(steps))
        await until(pilot, lambda: "dev/GOING" in screen_text(pilot.app))

    assert snap_compare(app(), terminal_size=SMALL, run_before=shown)


def test_a_damaged_vault(
    snap_compare: Any, tmp_path: Path, cheap_kdf: None, monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The problem and its remedies, before any input."""
    monkeypatch.chdir(tmp_path)
    smtui.create_vault(Path("team.vault"), "x").close()
    Path("team.vault").write_bytes(Path("team.vault").read_bytes()[:-1])

    async def shown(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: "This vault is damaged" in screen_text(pilot.app))

    assert snap_compare(SmtuiApp(Path("team.vault"), Settings()), terminal_size=SMALL, run_before=shown)


def test_recovering(
    snap_compare: Any, tmp_path: Path, cheap_kdf: None, monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The screen counts the typed characters of the recovery code."""
    monkeypatch.chdir(tmp_path)
    smtui.create_vault(Path("team.vault"), "x").close()

    async def shown(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: "Unlock" in screen_text(pilot.app))
        await pilot.press("f2")
        await until(pilot, lambda: "Recovery code" in screen_text(pilot.app))
        await pilot.press(*"ABCDEFGHIJKLMN", "ctrl+r")
        await until(pilot, lambda: "14 of 84" in screen_text(pilot.app))

    assert snap_compare(SmtuiApp(Path("team.vault"), Settings()), terminal_size=SMALL, run_before=shown)
