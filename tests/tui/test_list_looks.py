"""How the list of secrets looks in the states that matter. Look at each picture before you accept it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from textual.pilot import Pilot

from smtui.shown import shown
from smtui.tui.dialogs.deletion import DeletionPlan
from tests.tui.conftest import SAMPLES, MakeApp, screen_text, types, until

SMALL, LARGE = (80, 24), (120, 36)
SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x36"])

pytestmark = pytest.mark.usefixtures("one_time_and_place")


async def shows(pilot: Pilot[None], text: str) -> None:
    await until(pilot, lambda: text in screen_text(pilot.app))  # type: ignore[arg-type]


@SIZES
def test_list(snap_compare: Any, app: MakeApp, filled: Any, size: tuple[int, int]) -> None:
    """With a preview where there is room."""

    async def down(pilot: Pilot[None]) -> None:
        await shows(pilot, f"{len(SAMPLES)} secrets")
        await pilot.press("j")

    assert snap_compare(app(), terminal_size=size, run_before=down)


def test_filtered_list(snap_compare: Any, app: MakeApp, filled: Any) -> None:
    """The filter has the focus; what it cannot ask is said."""

    async def find(pilot: Pilot[None]) -> None:
        await types(pilot, "/tag:team=pay [db]")
        await shows(pilot, "2 secrets")

    assert snap_compare(app(), terminal_size=SMALL, run_before=find)


def test_nothing_found(snap_compare: Any, app: MakeApp, filled: Any) -> None:
    async def find(pilot: Pilot[None]) -> None:
        await types(pilot, "/nosuch")
        await shows(pilot, "Nothing matches.")

    assert snap_compare(app(), terminal_size=SMALL, run_before=find)


@SIZES
def test_empty_vault(snap_compare: Any, app: MakeApp, size: tuple[int, int]) -> None:
    """Says what to do."""

    async def wait(pilot: Pilot[None]) -> None:
        await shows(pilot, "There is nothing here yet.")

    assert snap_compare(app(), terminal_size=size, run_before=wait)


@SIZES
def test_planned_deletions(snap_compare: Any, app: MakeApp, filled: Any, size: tuple[int, int]) -> None:
    """Told by a sign and a word, with the days that are left; a session that only reads says so at the top."""
    filled.delete_secret(SecretId="dev/web/flags", RecoveryWindowInDays=7)
    filled.delete_secret(SecretId="shared/wifi", RecoveryWindowInDays=30)

    async def show(pilot: Pilot[None]) -> None:
        await shows(pilot, "3 secrets")
        await pilot.press("x")
        await shows(pilot, "▲ deletes in 30 d")
        await pilot.press("g")

    assert snap_compare(app(read_only=True), terminal_size=size, run_before=show)


@pytest.mark.parametrize("force", [False, True], ids=["plan", "at-once"])
def test_deletion(snap_compare: Any, app: MakeApp, filled: Any, clock: Any, force: bool) -> None:
    """Cancel has the focus, and what will happen stands above it."""
    name = "prod/payments/db"
    arn = f"arn:aws:secretsmanager:us-east-1:000000000000:secret:{name}-AbCdEf"
    plan = DeletionPlan(shown(name), shown(arn), clock(), datetime(2026, 2, 1, 12).astimezone())

    async def show(pilot: Pilot[None]) -> None:
        await shows(pilot, "5 secrets")
        pilot.app.push_screen(plan)
        await shows(pilot, "Can be restored for")
        if force:
            plan.force.toggle()
            await shows(pilot, "Nothing brings it back.")

    assert snap_compare(app(), terminal_size=SMALL, run_before=show)


def test_picking_a_member(snap_compare: Any, app: MakeApp, client: Any) -> None:
    """Names without their values."""
    client.create_secret(Name="prod/db", SecretString='{"host": "db", "port": 5432, "password": "x"}')

    async def show(pilot: Pilot[None]) -> None:
        await shows(pilot, "1 secret")
        await pilot.press("y")
        await shows(pilot, "the whole value")

    assert snap_compare(app(), terminal_size=SMALL, run_before=show)
