"""Tests of the position to which one returns after a lock: cursor and filter of each place, and of the versions."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

import smtui
from smtui.tui.audit.screen import AuditLogScreen
from smtui.tui.filtered_table_screen import FilteredTableScreen
from smtui.tui.health.screen import HealthScreen
from smtui.tui.help.places import AUDIT_LOG, FUNCTIONS, HEALTH, KEYS, SETTINGS, VAULT
from smtui.tui.secret.screen import SecretScreen
from smtui.tui.shell import Place
from smtui.tui.widgets.table import Table
from tests.conftest import PASSPHRASE
from tests.tui.conftest import MakeApp, paste, screen_text, until
from tests.tui.driver import Cases, get_screen, open_secret, run_cases, see


async def lock_and_unlock(pilot: Pilot[None]) -> None:
    await pilot.press("ctrl+l")
    await see(pilot, "Locked by Ctrl+L.")
    await paste(pilot, PASSPHRASE)
    await pilot.press("enter")


async def go_to_third_row(cases: Cases, place: Place) -> object:
    """Opens a place, and moves down twice. Returns the identity of the row under the cursor."""
    await cases.app.go_to(place)
    kind = type(cases.app.screen)
    await until(cases.pilot, lambda: get_screen(cases.app, kind).query_one(Table).count > 2)
    await cases.pilot.press("down", "down")
    return cases.app.screen.query_one(Table).current_key


@pytest.fixture
def three_of_each(vault: smtui.Vault, filled: Any) -> None:
    """Creates three functions, three KMS keys and three secrets without a value, which Health lists."""
    for name in "abc":
        vault.rotations().create_function(FunctionName=f"made-{name}", Password={})
        vault.keys().create_key(Description=name)
        filled.create_secret(Name=f"prod/without-{name}")


@pytest.mark.usefixtures("three_of_each")
async def test_the_cursor_stays_on_its_row_in_every_place(app: MakeApp) -> None:
    """Otherwise the next key would act on another key, function or secret."""
    async with run_cases(app()) as cases:
        for place in (KEYS, FUNCTIONS, HEALTH, AUDIT_LOG, VAULT, SETTINGS):
            async with cases.case(place.words):
                where, kind = await go_to_third_row(cases, place), type(cases.app.screen)
                await lock_and_unlock(cases.pilot)
                await until(cases.pilot, lambda kind=kind: isinstance(cases.app.screen, kind))
                table = cases.app.screen.query_one(Table)
                await until(cases.pilot, lambda table=table, where=where: table.current_key == where)

                assert table.cursor == 2


@pytest.mark.parametrize(("place", "kind"), [(HEALTH, HealthScreen), (AUDIT_LOG, AuditLogScreen)])
@pytest.mark.usefixtures("three_of_each")
async def test_the_filter_of_a_place_stays_too(
    app: MakeApp, place: Place, kind: type[FilteredTableScreen[Any]]
) -> None:
    async with run_cases(app()) as cases:
        await cases.app.go_to(place)
        await until(cases.pilot, lambda: get_screen(cases.app, kind).table.count > 2)
        await cases.pilot.press("slash", *"prod", "enter")
        await until(cases.pilot, lambda: "prod" in screen_text(cases.app) and "dev/" not in screen_text(cases.app))
        await cases.pilot.press("down")
        where = get_screen(cases.app, kind).table.current_key
        await lock_and_unlock(cases.pilot)
        await until(cases.pilot, lambda: isinstance(cases.app.screen, kind))
        screen = get_screen(cases.app, kind)
        await until(cases.pilot, lambda: screen.table.current_key == where)

        assert screen.bar.value == "prod"
        assert "dev/" not in screen_text(cases.app)


@pytest.mark.usefixtures("three_of_each")
async def test_a_row_that_is_gone_leaves_the_cursor_on_the_first(app: MakeApp, vault: smtui.Vault) -> None:
    async with run_cases(app()) as cases:
        await go_to_third_row(cases, FUNCTIONS)
        with vault.reopen() as other:
            await cases.pilot.press("ctrl+l")
            await see(cases.pilot, "Locked by Ctrl+L.")
            other.rotations().delete_function(FunctionName="made-c")
        await paste(cases.pilot, PASSPHRASE)
        await cases.pilot.press("enter")
        await see(cases.pilot, "made-a")
        table = cases.app.screen.query_one(Table)
        await until(cases.pilot, lambda: table.count == 2)

        assert table.cursor == 0


async def test_the_cursor_stays_on_its_version(app: MakeApp, database: Any) -> None:
    running = app()
    async with open_secret(running) as pilot:
        await pilot.press("2")
        await until(pilot, lambda: get_screen(running, SecretScreen).versions.has_focus)
        await pilot.press("down")
        version = get_screen(running, SecretScreen).versions.version
        assert version is not None
        await lock_and_unlock(pilot)
        await see(pilot, "AWSPREVIOUS")
        screen = get_screen(running, SecretScreen)
        await until(pilot, lambda: screen.versions.version is not None and screen.versions.version.id == version.id)

        assert screen.versions.has_focus
