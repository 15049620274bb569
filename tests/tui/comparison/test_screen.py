"""Tests of the screen "Compare": the other side, marks, values that are not shown, promotion and its undo."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

import smtui
from smtui.comparison import promote as promote_module
from smtui.comparison.compare import Status
from smtui.tui.app import SmtuiApp
from smtui.tui.comparison.pair import PairScreen
from smtui.tui.comparison.screen import ComparisonScreen
from smtui.tui.contexts.screen import RegionsScreen
from smtui.tui.dialogs.confirm import Confirm
from smtui.tui.dialogs.one_line import OneLine
from smtui.tui.dialogs.pick import Pick
from smtui.tui.jobs.job import JobStoppedError
from smtui.tui.undo.preview import UndoPreview
from smtui.tui.vault.report import Report
from tests.conftest import PASSPHRASE
from tests.tui.conftest import MakeApp, said, screen_text, types, until, version_id
from tests.tui.driver import Kind, get_screen, wait_for_screen

LARGE = (120, 36)
OTHER_REGION = "eu-west-1"


@pytest.fixture
def secrets(client: Any) -> Any:
    """`dev/` and `prod/` in one Region: one secret is the same, one differs, one is new, one is only in `prod/`."""
    for name, value, number in (
        ("dev/db", '{"user": "ann", "password": "marker-1"}', 1),
        ("prod/db", '{"user": "ann", "password": "marker-2"}', 2),
        ("dev/same", "marker-3", 3), ("prod/same", "marker-3", 3), ("dev/new", "marker-4", 4), ("prod/old", "x", 5),
    ):
        client.create_secret(Name=name, SecretString=value, ClientRequestToken=version_id(number))
    return client


async def reach(pilot: Pilot[None], kind: type[Kind]) -> Kind:
    """Waits until a screen of this class is on top, and returns it."""
    await wait_for_screen(pilot, kind)
    return get_screen(pilot.app, kind)


async def compare_prefixes(pilot: Pilot[None], running: SmtuiApp) -> ComparisonScreen:
    """Opens the screen by the menu, and compares `dev/` with `prod/`."""
    await until(pilot, lambda: running.session)
    await pilot.press("o", "d")
    screen = await reach(pilot, ComparisonScreen)
    await pilot.press("f5")
    await reach(pilot, Pick)
    await pilot.press("end", "enter")
    await reach(pilot, OneLine)
    await types(pilot, "dev/=prod/")
    await pilot.press("enter")
    await until(pilot, lambda: running.screen is screen and "compared" in screen_text(running))
    return screen


def list_states(screen: ComparisonScreen) -> dict[str, str]:
    return {pair.name: pair.status.value for pair in screen.table.things}


@pytest.mark.usefixtures("secrets")
async def test_prefixes_are_compared_and_promoted_and_undone(app: MakeApp, vault: smtui.Vault, client: Any) -> None:
    running = app()
    async with running.run_test(size=LARGE) as pilot:
        screen = await compare_prefixes(pilot, running)
        assert list_states(screen) == {"prod/db": "differs", "prod/new": "only left", "prod/old": "only right"}
        assert "4 secrets compared: 1 same, 1 different" in screen_text(running)
        assert not [event for event in vault.audit_log() if event["eventName"].endswith("SecretValue")]
        await pilot.press("full_stop")
        await until(pilot, lambda: screen.table.count == 4)

        await pilot.press("f6")
        await reach(pilot, Confirm)
        await pilot.press("tab", "enter")
        await until(pilot, lambda: running.screen is screen and "value ~password" in screen_text(running))
        await pilot.press("enter")
        await reach(pilot, Report)
        assert "value ~password" in screen_text(running)
        await pilot.press("escape", "space", "space")
        assert screen._marks == {"prod/db", "prod/new"}
        seen = screen_text(running)

        await pilot.press("f7")
        await reach(pilot, Confirm)
        seen += screen_text(running)
        assert "dev/db -> prod/db: version 00000001 replaces 00000002" in seen
        assert "the same password on both sides" in seen
        await pilot.press("tab", "enter")
        await until(pilot, lambda: running.screen is screen and list_states(screen).get("prod/new") == "same")
        assert json.loads(client.get_secret_value(SecretId="prod/db")["SecretString"])["password"] == "marker-1"
        assert said(running)[-1] == "1 promoted, 1 created."

        await pilot.press("u")
        await reach(pilot, UndoPreview)
        seen += screen_text(running)
        await pilot.press("enter")
        await until(pilot, lambda: any(each.startswith("Undid") for each in said(running)))
        assert json.loads(client.get_secret_value(SecretId="prod/db")["SecretString"])["password"] == "marker-2"
        assert "DeletedDate" in client.describe_secret(SecretId="prod/new")
        assert "marker" not in seen + screen_text(running)


@pytest.mark.usefixtures("secrets")
async def test_a_change_by_others_stays_and_is_listed(app: MakeApp, client: Any) -> None:
    running = app()
    async with running.run_test(size=LARGE) as pilot:
        screen = await compare_prefixes(pilot, running)
        client.put_secret_value(SecretId="prod/db", SecretString="hotfix", ClientRequestToken=version_id(44))
        await pilot.press("f7")
        await reach(pilot, Confirm)
        await pilot.press("tab", "enter")
        await reach(pilot, Report)

        assert "not changed: prod/db: version 00000044" in screen_text(running)
        await pilot.press("escape")
        await until(pilot, lambda: running.screen is screen)
    assert client.get_secret_value(SecretId="prod/db")["SecretString"] == "hotfix"


@pytest.mark.usefixtures("secrets")
async def test_another_region_from_the_list_of_regions(app: MakeApp, vault: smtui.Vault) -> None:
    vault.client(region_name=OTHER_REGION).create_secret(
        Name="dev/same", SecretString="marker-3", ClientRequestToken=version_id(3))
    running = app()
    async with running.run_test(size=LARGE) as pilot:
        await until(pilot, lambda: running.session)
        await pilot.press("c")
        regions = await reach(pilot, RegionsScreen)
        await until(pilot, lambda: regions.regions.count)
        regions.regions.go_to(OTHER_REGION)
        await pilot.press("equals_sign")
        await reach(pilot, OneLine)
        await pilot.press("enter")
        screen = await reach(pilot, ComparisonScreen)
        await until(pilot, lambda: screen._has_compared)

        assert {pair.status for pair in screen._pairs} == {Status.SAME, Status.ONLY_LEFT}
        assert f"right {vault.path.name} {OTHER_REGION}" in screen_text(running)


@pytest.mark.usefixtures("secrets")
async def test_another_open_vault(app: MakeApp, vault: smtui.Vault, tmp_path: Path) -> None:
    """What is promoted to another context is undone there."""
    smtui.create_vault(tmp_path / "other.vault", PASSPHRASE).close()
    running = app()
    async with running.run_test(size=LARGE) as pilot:
        await until(pilot, lambda: running.session)
        first = running.session
        running.open_another(tmp_path / "other.vault")
        await until(pilot, lambda: "Passphrase" in screen_text(running))
        await types(pilot, PASSPHRASE)
        await pilot.press("enter")
        await until(pilot, lambda: running.session not in (None, first))
        second = running.session
        await pilot.press("0")
        await until(pilot, lambda: running.session is first)
        await pilot.press("o", "d")
        screen = await reach(pilot, ComparisonScreen)
        await pilot.press("f5")
        await reach(pilot, Pick)
        await pilot.press("enter")
        await reach(pilot, OneLine)
        await pilot.press("enter")
        await until(pilot, lambda: running.screen is screen and screen._has_compared)
        assert set(list_states(screen).values()) == {"only left"}

        await pilot.press("f7")
        await reach(pilot, Confirm)
        await pilot.press("tab", "enter")
        await until(pilot, lambda: running.screen is screen and Status.SAME in {each.status for each in screen._pairs})

        assert first is not None and second is not None
        assert (len(first.undo.done), len(second.undo.done)) == (0, 1)


@pytest.mark.usefixtures("secrets")
async def test_one_value_is_revealed_at_a_time(app: MakeApp) -> None:
    """Values are hidden until one is revealed, and hidden again when the screen is left."""
    running = app()
    async with running.run_test(size=LARGE) as pilot:
        await compare_prefixes(pilot, running)
        await pilot.press("r")
        await reach(pilot, PairScreen)
        await until(pilot, lambda: "~ password" in screen_text(running))
        assert "dev/db (00000001)" in screen_text(running) and "prod/db (00000002)" in screen_text(running)
        assert "marker" not in screen_text(running)
        await pilot.press("down", "r")
        await until(pilot, lambda: "marker-2" in screen_text(running))
        assert "marker-1" not in screen_text(running)
        await pilot.press("up", "r")
        await until(pilot, lambda: "marker-1" in screen_text(running))
        assert "marker-2" not in screen_text(running)
        await pilot.press("escape")
        await reach(pilot, ComparisonScreen)
        assert "marker" not in screen_text(running)


@pytest.mark.usefixtures("secrets")
async def test_a_promotion_that_was_cancelled_continues_or_is_undone(
    app: MakeApp, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is cancelled once the first version has been staged; F7 continues with the same plan."""
    move = promote_module.Promotion._move_current

    def stop(promotion: Any, secret: Any) -> None:
        raise JobStoppedError("What is done is kept.")

    monkeypatch.setattr(promote_module.Promotion, "_move_current", stop)
    running = app()
    async with running.run_test(size=LARGE) as pilot:
        screen = await compare_prefixes(pilot, running)
        await pilot.press("f7")
        await reach(pilot, Confirm)
        await pilot.press("tab", "enter")
        await until(pilot, lambda: "Cancelled. What is done is kept." in said(running))
        plan, session = screen._unfinished, running.session
        assert plan is not None and session is not None
        staged = f"smtui-{plan.plan_id}"
        assert staged in str(client.describe_secret(SecretId="prod/db")["VersionIdsToStages"])
        assert session.undo.last is not None and session.undo.last.words == "promotion from us-east-1: interrupted"

        monkeypatch.setattr(promote_module.Promotion, "_move_current", move)
        await pilot.press("f7")
        await reach(pilot, Confirm)
        await pilot.press("tab", "enter")
        await until(pilot, lambda: "1 promoted." in said(running))
    versions = client.describe_secret(SecretId="prod/db")["VersionIdsToStages"]
    assert versions == {version_id(1): ["AWSCURRENT"], version_id(2): ["AWSPREVIOUS"]}


@pytest.mark.usefixtures("secrets")
async def test_a_read_only_side_is_not_changed(app: MakeApp, client: Any) -> None:
    running = app(read_only=True)
    async with running.run_test(size=LARGE) as pilot:
        await compare_prefixes(pilot, running)
        await pilot.press("f7")
        await until(pilot, lambda: any("Read-only session" in each for each in said(running)))


@pytest.mark.usefixtures("secrets")
async def test_a_plan_is_written_to_a_file(app: MakeApp, tmp_path: Path) -> None:
    running = app()
    async with running.run_test(size=LARGE) as pilot:
        await compare_prefixes(pilot, running)
        await pilot.press("w")
        await until(pilot, lambda: "Tab completes the path" in screen_text(running))
        await types(pilot, str(tmp_path / "release"))
        await pilot.press("enter")
        await until(pilot, lambda: (tmp_path / "release").exists())

        plan = (tmp_path / "release").read_text()
        assert "marker" not in plan and json.loads(plan)["secrets"][0]["to"] == "prod/db"


@pytest.mark.usefixtures("secrets")
async def test_marked_secrets_of_the_list(app: MakeApp) -> None:
    """Only these are compared, and those that differ are marked."""
    running = app()
    async with running.run_test(size=LARGE) as pilot:
        await until(pilot, lambda: "6 secrets" in screen_text(running))
        await pilot.press("space", "space", "space", "equals_sign")  # dev/db, dev/new, dev/same
        await reach(pilot, Pick)
        await pilot.press("end", "enter")
        await reach(pilot, OneLine)
        await types(pilot, "dev/=prod/")
        await pilot.press("enter")
        screen = await reach(pilot, ComparisonScreen)
        await until(pilot, lambda: screen._has_compared and screen._marks)

        assert list_states(screen) == {"prod/db": "differs", "prod/new": "only left"}
        await until(pilot, lambda: screen._marks == {"prod/db", "prod/new"})
