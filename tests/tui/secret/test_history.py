"""Tests of the history tab: the secret's events, the filter, and the details with Enter."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from smtui.tui.secret.history import HistoryScreen
from smtui.tui.secret.screen import SecretScreen
from tests.tui.conftest import MakeApp, screen_text, types, until
from tests.tui.driver import get_screen

pytestmark = pytest.mark.usefixtures("one_time_and_place")


async def history(pilot: Pilot[None]) -> None:
    """Opens the history of `prod/db`."""
    await until(pilot, lambda: "secret" in screen_text(pilot.app))
    await pilot.press("enter")
    await until(pilot, lambda: "r to reveal" in screen_text(pilot.app))
    await pilot.press("6")
    await until(pilot, lambda: "newest first" in screen_text(pilot.app))


async def test_it_has_this_secrets_events_alone(app: MakeApp, database: Any) -> None:
    database.create_secret(Name="zz/other", SecretString="x")
    database.put_secret_value(SecretId="zz/other", SecretString="y")
    running = app()
    async with running.run_test(size=(120, 36)) as pilot:
        await history(pilot)
        text = screen_text(running)

        assert "CreateSecret" in text
        assert text.count("PutSecretValue") == 1
        assert "zz/other" not in text


async def test_it_is_narrowed_and_left_for_another_part(app: MakeApp, database: Any) -> None:
    running = app()
    async with running.run_test(size=(120, 36)) as pilot:
        await history(pilot)
        await pilot.press("slash")
        await types(pilot, "put")
        await until(pilot, lambda: "1 event " in screen_text(running))
        await pilot.press("enter", "2")

        await until(pilot, lambda: not isinstance(running.screen, HistoryScreen))
        await until(pilot, lambda: get_screen(running, SecretScreen).versions.has_focus)


async def test_what_somebody_does_beside_appears(app: MakeApp, database: Any, vault: Any) -> None:
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await history(pilot)
        with vault.reopen() as second:
            second.client().tag_resource(SecretId="prod/db", Tags=[{"Key": "a", "Value": "b"}])
        await get_screen(running, HistoryScreen).look_for_changes().wait()

        await until(pilot, lambda: "TagResource" in screen_text(running))


async def test_it_names_the_caller_in_80_columns(app: MakeApp, database: Any) -> None:
    """Who changed the secret is shown rather than its name, which is the same in every row."""
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await history(pilot)
        text = screen_text(running)

        assert "Caller" in text
        assert "Resource" not in text
