"""Tests of the settings screen: Enter changes a setting, which takes effect at once and is stored."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from smtui.system.settings import Settings, change_settings, load_settings
from smtui.tui import keys
from smtui.tui.app import SmtuiApp
from smtui.tui.help.places import PLACES
from smtui.tui.settings.key_conflicts import find_conflict
from smtui.tui.settings.screen import SettingsScreen
from tests.tui.conftest import MakeApp, said, screen_text, types, until
from tests.tui.driver import get_screen, join_screen_text

PLACE = next(place for place in PLACES if place.words == "Settings")


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "config" / "config.toml"
    monkeypatch.setenv("SMTUI_CONFIG", str(path))
    return path


async def at(pilot: Pilot[None], running: SmtuiApp, name: str) -> None:
    """Opens the screen with the cursor on a row."""
    await until(pilot, lambda: running.session)
    await running.go_to(PLACE)
    await until(pilot, lambda: isinstance(running.screen, SettingsScreen) and running.screen.table.current)
    get_screen(running, SettingsScreen).table.go_to(name)
    await pilot.pause()


async def test_escape_that_clears_the_filter_keeps_the_cursor_on_its_row(app: MakeApp, config: Path) -> None:
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await at(pilot, running, "idle_lock")
        table = get_screen(running, SettingsScreen).table
        everything = table.count
        await pilot.press("slash")
        await types(pilot, "audit log:")
        await until(pilot, lambda: 0 < table.count < everything)
        await pilot.press("enter", "j")
        row = table.current
        await pilot.press("escape")
        await until(pilot, lambda: table.count == everything)
        assert table.current == row


async def test_a_filter_moves_the_cursor_to_the_first_row(app: MakeApp, config: Path) -> None:
    """Not to the row that happens to be in the place of the cursor."""
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await at(pilot, running, "tree_separator")
        await pilot.press("slash")
        await types(pilot, "lock")
        table = get_screen(running, SettingsScreen).table
        await until(pilot, lambda: table.current is not None and "lock" in f"{table.current.words}".lower())

        assert table.cursor == 0


async def test_a_time_is_changed_and_holds_at_once(app: MakeApp, config: Path) -> None:
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await at(pilot, running, "idle_lock")
        await pilot.press("enter")
        await until(pilot, lambda: "Lock after" in screen_text(running) and running.screen.is_modal)
        await pilot.press("backspace", "backspace", "backspace")
        await types(pilot, "60")
        await pilot.press("enter")

        await until(pilot, lambda: running.settings.idle_lock == 60)
        assert load_settings(config).idle_lock == 60
        assert "60 s" in screen_text(running)


async def test_what_another_session_stored_is_kept(app: MakeApp, config: Path) -> None:
    """One session saves a filter while another, started earlier, changes its theme."""
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await at(pilot, running, "osc52")
        theirs = {"theirs": "tag:team=web"}
        change_settings(lambda settings: replace(settings, filters=theirs, reveal_timeout=7), config)
        await pilot.press("enter")
        await until(pilot, lambda: not running.settings.osc52)

        assert load_settings(config) == Settings(filters={"theirs": "tag:team=web"}, reveal_timeout=7, osc52=False)
        assert running.settings == load_settings(config)


async def test_what_another_session_stores_is_shown_within_a_second(app: MakeApp, config: Path) -> None:
    """Also what it stored before this screen was opened."""
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: running.session)
        change_settings(lambda settings: replace(settings, idle_lock=77), config)
        await at(pilot, running, "idle_lock")
        assert "77 s" in screen_text(running)
        change_settings(lambda settings: replace(settings, idle_lock=88), config)
        await until(pilot, lambda: "88 s" in screen_text(running))

        assert running.settings.idle_lock == 88


@pytest.mark.parametrize("key", ["enter", "backspace"])
async def test_a_setting_that_others_changed_unseen_is_shown_and_not_replaced(
    app: MakeApp, config: Path, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    running = app()
    monkeypatch.setattr(SettingsScreen, "look_for_changes", lambda self: None)
    async with running.run_test(size=(80, 24)) as pilot:
        await at(pilot, running, "osc52")
        change_settings(lambda settings: replace(settings, osc52=False), config)
        await pilot.press(key)
        await until(pilot, lambda: any("Another session has changed" in each for each in said(running)))

        assert not load_settings(config).osc52 and not running.settings.osc52
        assert "○ off" in screen_text(running)


@pytest.mark.parametrize("is_noticed", [False, True], ids=["", "noticed meanwhile"])
async def test_a_setting_that_others_change_while_one_types_is_not_replaced(
    app: MakeApp, config: Path, is_noticed: bool
) -> None:
    """Also if the session has applied the change of the others before Enter."""
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await at(pilot, running, "reveal_timeout")
        await pilot.press("enter")
        await until(pilot, lambda: running.screen.is_modal)
        await pilot.press("5")
        theirs = change_settings(lambda settings: replace(settings, reveal_timeout=7), config)
        if is_noticed:
            running.use(theirs)
        await pilot.press("enter")
        await until(pilot, lambda: "Another session has changed this setting to 7." in join_screen_text(running))

        assert load_settings(config).reveal_timeout == 7
        await until(pilot, lambda: running.settings.reveal_timeout == 7)
        await pilot.press("enter")
        await until(pilot, lambda: load_settings(config).reveal_timeout == 305)


async def test_what_is_no_number_changes_nothing(app: MakeApp, config: Path) -> None:
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await at(pilot, running, "reveal_timeout")
        await pilot.press("enter")
        await until(pilot, lambda: running.screen.is_modal)
        await types(pilot, "x")
        await pilot.press("enter")

        await until(pilot, lambda: "Enter a whole number" in screen_text(running))
        assert "x" in str(running.screen.query_one(Input).value), "what is typed stays"
        assert not config.exists()


async def test_on_and_off_and_as_it_comes(app: MakeApp, config: Path) -> None:
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await at(pilot, running, "osc52")
        await pilot.press("enter")
        await until(pilot, lambda: not running.settings.osc52)
        assert not load_settings(config).osc52
        await pilot.press("backspace")
        await until(pilot, lambda: running.settings.osc52)

        assert load_settings(config) == Settings()


async def test_a_theme_is_worn_while_it_is_looked_at(app: MakeApp, config: Path) -> None:
    """Moving the cursor applies a theme as preview; Esc restores the old one, Enter keeps the new one."""
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await at(pilot, running, "theme")
        await pilot.press("enter")
        await until(pilot, lambda: running.screen.is_modal)
        await pilot.press("down")
        await until(pilot, lambda: running.theme == "smtui-light")
        await pilot.press("escape")
        await until(pilot, lambda: running.theme == "smtui-dark")
        await pilot.press("enter")
        await until(pilot, lambda: running.screen.is_modal)
        await pilot.press("down", "enter")

        await until(pilot, lambda: running.settings.theme == "smtui-light")
        assert load_settings(config).theme == running.theme == "smtui-light"


async def test_a_key_is_chosen_by_pressing_it(app: MakeApp, config: Path, filled: Any) -> None:
    """A free key is accepted; a key that is in use in the same place is refused with a message."""
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await at(pilot, running, "secrets.copy")
        await pilot.press("enter")
        await until(pilot, lambda: "Press the new key" in screen_text(running))
        await pilot.press("a")
        await until(pilot, lambda: "a is assigned to “Add”" in " ".join(said(running)))
        await pilot.press("enter")
        await until(pilot, lambda: "Press the new key" in screen_text(running))
        await pilot.press("f5")

        await until(pilot, lambda: load_settings(config).keys == {"secrets.copy": "f5"})
        assert "F5  (yours)" in screen_text(running)


def test_a_key_may_mean_something_in_each_place() -> None:
    """`b` rolls a version back on the screen of a secret, and is free in the list."""
    copying = next(each for each in keys.SHORTCUTS if each.id == "secrets.copy")
    rolling = next(each for each in keys.SHORTCUTS if each.id == "versions.roll_back")

    assert find_conflict("b", copying, {}) is None
    assert find_conflict("b", copying, {"secrets.filter": "b"}) is not None
    assert find_conflict("q", rolling, {}) is not None


async def test_each_says_what_it_means_and_where_it_lies(app: MakeApp, config: Path) -> None:
    """There is no snapshot, because the screen has a row for each key binding."""
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await at(pilot, running, "clipboard_timeout")
        await until(pilot, lambda: "Stored in" in screen_text(running))

        assert "seconds; 0 = until exit" in screen_text(running)
        assert "✓ on" in screen_text(running)


async def test_slash_finds_settings_and_keys(app: MakeApp, config: Path) -> None:
    """By their labels, values, descriptions and ids; Enter then changes what is found."""
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await at(pilot, running, "theme")
        screen = get_screen(running, SettingsScreen)
        count = screen.table.count
        await pilot.press("slash")
        await types(pilot, "lock after")
        await until(pilot, lambda: screen.table.count == 1)
        assert screen.table.current is not None and screen.table.current.name == "idle_lock"
        await pilot.press("enter", "enter")
        await until(pilot, lambda: running.screen.is_modal)
        await pilot.press("escape")
        await until(pilot, lambda: running.screen is screen)
        await pilot.press("escape")
        await until(pilot, lambda: screen.table.count == count)
        assert running.screen is screen
        await pilot.press("escape")
        await until(pilot, lambda: running.screen is not screen)
