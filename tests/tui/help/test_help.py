"""Tests of the help screen: it can be searched, and closes in two steps then."""

from __future__ import annotations

from typing import Any

from smtui.tui.help.screen import HelpScreen
from smtui.tui.secret_list.screen import SecretsScreen
from tests.tui.conftest import MakeApp, screen_text, types, until
from tests.tui.driver import SMALL, see, wait_for_screen


async def test_slash_finds_keys(app: MakeApp, filled: Any) -> None:
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "5 secrets")
        await pilot.press("question_mark")
        await wait_for_screen(pilot, HelpScreen)
        await pilot.press("slash")
        await types(pilot, "CLIPBOARD clear")
        await until(pilot, lambda: "Clear the clipboard" in screen_text(running)
                    and "Move to the next row" not in screen_text(running))
        assert "In lists" not in screen_text(running)
        await pilot.press("escape")
        await see(pilot, "Move to the next row")
        assert isinstance(running.screen, HelpScreen)
        await pilot.press("escape")
        await wait_for_screen(pilot, SecretsScreen)
