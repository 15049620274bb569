"""Tests of the plan of an import: keys go through all its rows while the focus stays on the answers."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

import smtui
from smtui.transfer.entry import Entry
from smtui.transfer.plan import Action, Step
from smtui.tui.app import SmtuiApp
from smtui.tui.vault.import_plan import ImportPlan
from tests.tui.conftest import MakeApp, screen_text, until

ROWS = 3000


async def open_plan(running: SmtuiApp, pilot: Pilot[None], rows: int = ROWS) -> ImportPlan:
    await until(pilot, lambda: running.session)
    plan = ImportPlan([Step(Entry(f"app/{number:04}", "v", "here"), Action.CREATE) for number in range(rows)])
    await running.push_screen(plan)
    await until(pilot, lambda: "app/0000" in screen_text(running))
    return plan


@pytest.mark.parametrize("keys", [
    ("end",), ("G",), ("pagedown",) * 3 + ("end",), ("end", "home", "G"), ("down", "end"), ("end", "up", "down"),
], ids=["end", "G", "pages", "and back", "a line, then the end", "a line back and forth"])
async def test_the_last_of_many_rows_is_reached_at_once(
    app: MakeApp, vault: smtui.Vault, keys: tuple[str, ...]
) -> None:
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        plan = await open_plan(running, pilot)
        assert "PgDn More" in screen_text(running)
        focused = running.focused
        await pilot.press(*keys)
        await until(pilot, lambda: f"app/{ROWS - 1:04}" in screen_text(running))

        assert running.focused is focused is plan.query_one("#cancel")
        await until(pilot, lambda: "PgDn More" not in screen_text(running) and "PgUp Page up" in screen_text(running))


async def test_a_short_plan_offers_no_keys_for_more(app: MakeApp, vault: smtui.Vault) -> None:
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await open_plan(running, pilot, rows=3)

        assert "PgDn" not in screen_text(running)


async def test_space_excludes_a_secret_also_one_that_blocks(app: MakeApp, vault: smtui.Vault) -> None:
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: running.session)
        steps = [Step(Entry(name, "v", "here"), Action.CREATE) for name in ("a", "b")]
        plan = ImportPlan([*steps, Step(Entry("too-long", "v", "here"), Action.CONFLICT, "the value is too long")])
        await running.push_screen(plan)
        await until(pilot, lambda: "Space Exclude" in screen_text(running))
        assert plan.query_one("#go").disabled

        await pilot.press("space", "space")
        await until(pilot, lambda: "excluded" in screen_text(running))
        assert [(step.entry.name, step.action) for step in plan.steps] == [
            ("a", Action.SKIP), ("b", Action.CREATE), ("too-long", Action.SKIP)]
        assert not plan.query_one("#go").disabled
        await pilot.press("up", "space")
        assert [step.action for step in plan.steps] == [Action.CREATE, Action.CREATE, Action.SKIP]
