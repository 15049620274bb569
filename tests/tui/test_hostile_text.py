"""Tests of every screen with hostile text: it has no effect, and harmless text is readable."""

from __future__ import annotations

from typing import Any, cast

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

import smtui
from smtui.tui.app import SmtuiApp
from smtui.tui.help.places import PLACES, SECRETS
from smtui.tui.screens import make_tab_screen
from smtui.tui.secret.screen import SecretScreen
from smtui.tui.secret.tabs import TABS
from tests.hostile_text import BUNDLES, filled, harm_in
from tests.tui.conftest import MakeApp, render_screen, screen_text, until
from tests.tui.driver import run_cases

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 36)], ids=["80x24", "120x36"])


@pytest.fixture
def names(client: Any, vault: smtui.Vault) -> list[str]:
    names = filled(client)
    client.delete_secret(SecretId=names.pop(), RecoveryWindowInDays=7)
    vault.keys().create_key(Description=BUNDLES[0])
    return names


async def settled(pilot: Pilot[None]) -> None:
    """Pauses a few times. It does not wait for workers, because an open question keeps its worker running."""
    for _ in range(4):
        await pilot.pause()


def looks_right(app: SmtuiApp) -> None:
    """Asserts that the screen has no control characters and full-width lines, and that the app still runs."""
    text = screen_text(app)
    assert app.is_running
    assert harm_in(text) == []
    assert text.strip()
    for line in render_screen(app):
        assert line.cell_length == cell_len(line.text) == app.size.width


@SIZES
async def test_the_list(app: MakeApp, names: list[str], size: tuple[int, int]) -> None:
    """The cursor moves over each secret, with the preview if there is room; then over planned deletions."""
    running = app()
    async with running.run_test(size=size) as pilot:
        await until(pilot, lambda: f"{len(names)} secrets" in screen_text(running))
        for _ in names:
            await pilot.press("down")
            looks_right(running)
        await pilot.press("x")
        await until(pilot, lambda: "deleted in" in screen_text(running))

        looks_right(running)


@SIZES
async def test_each_secret(app: MakeApp, names: list[str], size: tuple[int, int]) -> None:
    """Shows and hides the values, and shows the versions with their labels."""
    running = app()
    async with running.run_test(size=size) as pilot:
        await until(pilot, lambda: running.session)
        assert running.session is not None
        for name in names[:: 2 if size == (80, 24) else 5]:
            screen = SecretScreen(running.session, name)
            await running.push_screen(screen)
            await until(pilot, lambda here=screen: here.secret is not None)  # type: ignore[misc]
            looks_right(running)
            await pilot.press("r")
            await settled(pilot)
            await pilot.press("r")
            await settled(pilot)
            looks_right(running)
            await pilot.press("2", "j")
            looks_right(running)
            await pilot.press("escape")


async def test_each_part(app: MakeApp, names: list[str]) -> None:
    """The test uses the table of tabs, so it covers new ones."""
    async with run_cases(app(), (100, 30)) as cases:
        for number in range(3, len(TABS) + 1):
            for name in names[:: 3 if number == 6 else 4]:
                async with cases.case(f"tab {number}, {name!r}"):
                    await cases.app.push_screen(make_tab_screen(number, cases.session, name))
                    await press_some_keys(cases.pilot)


async def test_each_place(app: MakeApp, names: list[str]) -> None:
    """The test uses the table of places, so it covers new ones."""
    async with run_cases(app(), (100, 30)) as cases:
        for place in PLACES:
            if place is not SECRETS:
                async with cases.case(place.words):
                    await cases.app.go_to(place)
                    await press_some_keys(cases.pilot)


async def press_some_keys(pilot: Pilot[None]) -> None:
    running = cast("SmtuiApp", pilot.app)
    await settled(pilot)
    looks_right(running)
    for key in ("down", "enter", "escape"):
        await pilot.press(key)
        await settled(pilot)
        looks_right(running)


async def test_notices_and_questions(app: MakeApp, names: list[str]) -> None:
    """Notifications and questions that quote text: an error, a deletion, a carried label."""
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: running.session)
        for key in ("d", "escape", "y", "enter", "escape", "t", "escape"):
            await pilot.press(key)
            await settled(pilot)
            looks_right(running)


def test_the_search_for_harm_finds_it() -> None:
    assert all(harm_in(bundle) for bundle in BUNDLES[:4])
    assert not harm_in("plain, with ▲ ✗ • and … in it")
