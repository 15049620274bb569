"""Tests of the command palette: what it offers besides the keys of a screen, and that this is done."""

from __future__ import annotations

from typing import Any

from smtui.system.settings import Settings
from smtui.tui.secret_list.screen import SecretsScreen
from tests.tui.conftest import MakeApp, palette_is_ready, screen_text, types, until
from tests.tui.driver import see


async def test_sort_orders_and_saved_filters(app: MakeApp, filled: Any) -> None:
    running = app(settings=Settings(filters={"live": "name:prod/"}))
    async with running.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(running.screen, SecretsScreen) and running.screen.secrets.count)
        for words, offered, done in (
            ("sort by tags", "By tags of the secret", "by tags ↑"), ("filter live", "Filter: live", "name:prod/"),
        ):
            await pilot.press("ctrl+p")
            await types(pilot, words)
            await palette_is_ready(pilot)
            await see(pilot, offered)
            await pilot.press("enter")
            await until(pilot, lambda done=done: isinstance(running.screen, SecretsScreen)  # type: ignore[misc]
                        and done in screen_text(running))
