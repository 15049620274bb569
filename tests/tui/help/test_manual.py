"""Tests of the manual page, which describes this machine and its settings."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

import smtui
from smtui.system.settings import Settings
from tests.tui.conftest import FakeTool, MakeApp, screen_text, until

pytestmark = pytest.mark.usefixtures("one_time_and_place")


async def open_manual(pilot: Pilot[None]) -> None:
    await pilot.press("o", "m")
    await until(pilot, lambda: "AWSPREVIOUS" in screen_text(pilot.app))


async def test_it_says_what_is_so_here(app: MakeApp, vault: smtui.Vault, tool: FakeTool) -> None:
    """The page names the clipboard tool, the clearing time and the vault's path; Esc closes it."""
    running = app(settings=Settings(clipboard_timeout=17, reveal_timeout=0))
    async with running.run_test(size=(120, 36)) as pilot:
        await open_manual(pilot)
        await pilot.press("G")
        await until(pilot, lambda: "Files and access" in screen_text(running))
        said = " ".join(screen_text(running).split())

        assert "via xclip, for 17 seconds" in said
        assert "until revealed, until the terminal loses focus" in said
        assert vault.path.name in said
        await pilot.press("escape")
        await until(pilot, lambda: "Manual" not in screen_text(running) and "/ Filter" in screen_text(running))


async def test_a_filter_finds_rows_and_their_chapter(app: MakeApp, vault: smtui.Vault) -> None:
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await open_manual(pilot)
        await pilot.press("slash", *"recovery", "space", *"window")
        await until(pilot, lambda: "AWSPREVIOUS" not in screen_text(running))
        assert "Deletion" in screen_text(running) and "scheduled" in screen_text(running)
        assert "Versions and their labels" not in screen_text(running)
        await pilot.press("escape")
        await until(pilot, lambda: "AWSPREVIOUS" in screen_text(running))


@pytest.mark.parametrize("size", [(80, 24), (120, 36)], ids=["80x24", "120x36"])
def test_its_first_page(
    snap_compare: Any, app: MakeApp, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The snapshot omits the paths at the end, which depend on the test's folder."""
    monkeypatch.setattr("smtui.tui.help.manual._describe_places", lambda session: ())
    assert snap_compare(app(), terminal_size=size, run_before=open_manual)
