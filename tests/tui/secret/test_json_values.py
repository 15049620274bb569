"""Tests of unusual JSON values: odd numbers and unpaired surrogates are shown, edited and copied unchanged."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.pilot import Pilot

from smtui.text.json_object import read_members
from smtui.tui.app import SmtuiApp
from smtui.tui.secret.screen import SecretScreen
from tests.tui.conftest import FakeTool, MakeApp, screen_text, until
from tests.tui.driver import hear

ODD = '{"token": "\\ud800x", "rate":1.10,  "big": 12345678901234567890.5, "far": 1e400}\n'


@pytest.fixture
def odd(client: Any) -> Any:
    client.create_secret(Name="odd", SecretString=ODD)
    return client


@asynccontextmanager
async def at_the_list(running: SmtuiApp) -> AsyncIterator[Pilot[None]]:
    async with running.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "1 secret ·" in screen_text(running))
        yield pilot


@pytest.mark.parametrize("place", ["the list", "the secret"])
async def test_half_a_surrogate_pair_is_not_copied_and_nothing_ends(
    app: MakeApp, odd: Any, tool: FakeTool, place: str
) -> None:
    """A message says what can be copied instead: the entire value."""
    running = app()
    async with at_the_list(running) as pilot:
        if place == "the secret":
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(running.screen, SecretScreen) and running.screen.secret is not None)
        await pilot.press("y")
        await until(pilot, lambda: "token" in screen_text(running))
        await pilot.press("enter")
        await hear(pilot, "half of a surrogate pair")
        await hear(pilot, "The entire value")
        assert tool.held == b""

        await pilot.press(*(["y"] if place == "the list" else []))
        await until(pilot, lambda: "rate" in screen_text(running))
        await pilot.press("end", "enter" if place == "the list" else "y")
        await until(pilot, lambda: tool.held == ODD.encode())


async def test_half_a_surrogate_pair_is_shown_as_it_is_spelled(app: MakeApp, odd: Any) -> None:
    running = app()
    async with at_the_list(running) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(running.screen, SecretScreen) and running.screen.secret is not None)
        await pilot.press("r")
        await until(pilot, lambda: "token" in screen_text(running))
        await pilot.press("r")
        await until(pilot, lambda: '"\\ud800x"' in screen_text(running))


async def test_numbers_are_copied_as_they_are_spelled(app: MakeApp, odd: Any, tool: FakeTool) -> None:
    running = app()
    async with at_the_list(running) as pilot:
        for row, member in list(enumerate(read_members(ODD)))[1:]:
            await pilot.press("y")
            await until(pilot, lambda: "rate" in screen_text(running))
            await pilot.press(*["down"] * row, "enter")
            await until(pilot, lambda wanted=member.source: tool.held == wanted.encode())
