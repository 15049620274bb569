"""Snapshots of the screen "Compare". Review each snapshot before you accept it."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from smtui.comparison.plan import PlannedSide
from smtui.tui.dialogs.confirm import Confirm
from smtui.tui.dialogs.one_line import OneLine
from smtui.tui.dialogs.pick import Pick
from tests.tui.conftest import MakeApp, screen_text, types, until, version_id
from tests.tui.driver import wait_for_screen

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 36)], ids=["80x24", "120x36"])
PLACE = PlannedSide("team.vault@us-east-1", "000000000000", "us-east-1")
pytestmark = pytest.mark.usefixtures("one_time_and_place")


def fill(client: Any) -> None:
    """Every state but `rotates there`."""
    for at, (name, value) in enumerate((
        ("dev/api/token", "a"), ("prod/api/token", "a"), ("dev/db", '{"user":"ann","password":"a"}'),
        ("prod/db", '{"user":"ann","password":"b","port":1}'), ("dev/web/session", "a"), ("prod/legacy", "a"),
    )):
        client.create_secret(Name=name, SecretString=value, Tags=[{"Key": "env", "Value": name.split("/")[0]}],
                             ClientRequestToken=version_id(at))


async def compare_prefixes(pilot: Pilot[None]) -> None:
    await until(pilot, lambda: "secrets" in screen_text(pilot.app))
    await pilot.press("o", "d")
    await until(pilot, lambda: "Nothing is compared yet" in screen_text(pilot.app))
    await pilot.press("f5")
    await wait_for_screen(pilot, Pick)
    await pilot.press("end", "enter")
    await wait_for_screen(pilot, OneLine)
    await types(pilot, "dev/=prod/")
    await pilot.press("enter")
    await until(pilot, lambda: "compared:" in screen_text(pilot.app))
    await pilot.press("f6")
    await wait_for_screen(pilot, Confirm)
    await pilot.press("tab", "enter")
    await until(pilot, lambda: "+port" in screen_text(pilot.app))


@SIZES
def test_what_differs(snap_compare: Any, app: MakeApp, client: Any, size: tuple[int, int]) -> None:
    fill(client)

    async def there(pilot: Pilot[None]) -> None:
        await compare_prefixes(pilot)
        await pilot.press("space")

    assert snap_compare(app(), terminal_size=size, run_before=there)


def test_the_plan(snap_compare: Any, app: MakeApp, client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(client)
    monkeypatch.setattr("smtui.tui.comparison.sides.plan_side", lambda session, region: PLACE)
    monkeypatch.setattr("smtui.tui.comparison.promote.plan_side", lambda session, region: PLACE)

    async def there(pilot: Pilot[None]) -> None:
        await compare_prefixes(pilot)
        await pilot.press("space", "space", "space", "f7")
        await wait_for_screen(pilot, Confirm)

    assert snap_compare(app(), terminal_size=(80, 24), run_before=there)
