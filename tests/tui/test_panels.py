"""Tests of the panels: titles, focus, density; of the words at the top of the screen; and of environments."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from textual.widget import Widget

from smtui.system.settings import Settings
from smtui.text.sanitize import SafeText
from smtui.tui.app import SmtuiApp
from smtui.tui.dialogs.confirm import Confirm
from smtui.tui.environments import find_environments
from tests.tui.conftest import MakeApp, Steady, screen_text, until
from tests.tui.driver import see
from tests.tui.secret_list.driver import get_list_screen

SMALL, LARGE, LEAST = (80, 24), (120, 36), (60, 16)


def draw_top(app: SmtuiApp, panel: Widget) -> str:
    """Returns the top line of a panel, as it is on the screen."""
    region = panel.region
    return screen_text(app).splitlines()[region.y].ljust(region.right)[region.x:region.right]


@pytest.mark.parametrize("colours", [True, False])
async def test_the_focus_shows_with_and_without_colours(
    app: MakeApp, database: Any, colours: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each panel has its title; the border of the one with the focus has another colour, or another weight."""
    if not colours:
        monkeypatch.setenv("NO_COLOR", "1")
    running = app()
    async with running.run_test(size=LARGE) as pilot:
        await see(pilot, "1 secret")
        await pilot.press("enter")
        await see(pilot, "00000001")
        panels = [running.screen.query_one(f"#{name}-area") for name in ("value", "versions")]
        for focused, other in (panels, panels[::-1]):
            lines = [draw_top(running, focused), draw_top(running, other)]
            assert ["Value of AWSCURRENT" in line or "Versions" in line for line in lines] == [True, True]
            if colours:
                assert focused.styles.border_top[1] != other.styles.border_top[1]
                assert [line[0] for line in lines] == ["╭", "╭"]
            else:
                assert [line[0] for line in lines] == ["┏", "╭"]
            await pilot.press("tab")
            await pilot.pause()


async def test_the_density_changes_on_all_screens(app: MakeApp, filled: Any) -> None:
    """Also on those below the settings, which are seen again after Esc."""
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await see(pilot, "5 secrets")
        assert "╭" in screen_text(running)
        await pilot.press("o", "e")
        await see(pilot, "Settings and keys")
        running.use(replace(running.settings, compact=True))
        await pilot.press("escape")
        await see(pilot, "5 secrets")

        assert "╭" not in screen_text(running)


@pytest.mark.parametrize(("size", "is_compact", "rows"), [
    (SMALL, False, 18), (SMALL, True, 19), (LEAST, False, 11), (LEAST, True, 11),
])
async def test_borders_give_way_to_rows(
    app: MakeApp, filled: Any, size: tuple[int, int], is_compact: bool, rows: int
) -> None:
    """In the compact density, and always on a short terminal, only the line with the title is left."""
    running = app(settings=Settings(compact=is_compact))
    async with running.run_test(size=size) as pilot:
        await see(pilot, "5 secrets · by name")
        secrets = get_list_screen(running).secrets

        assert secrets.height == rows
        assert secrets.size.width == size[0] - (2 if rows == 18 else 0)


async def test_the_density_changes_at_once(app: MakeApp, filled: Any) -> None:
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "5 secrets")
        for is_compact, rows in ((True, 19), (False, 18)):
            running.use(replace(running.settings, compact=is_compact))
            await until(pilot, lambda rows=rows: get_list_screen(running).secrets.height == rows)


@pytest.mark.parametrize("size", [SMALL, LEAST])
async def test_the_title_of_a_dialog_is_never_cut(app: MakeApp, size: tuple[int, int]) -> None:
    """It is in the border if it fits there, otherwise the first lines of the dialog."""
    running = app()
    async with running.run_test(size=size) as pilot:
        for title in ("Delete prod/db?", f"Delete prod/{'a' * 120}/db?"):
            running.push_screen(Confirm(SafeText(title), SafeText("It can be restored."), "Delete"))
            await see(pilot, "It can be restored.")
            card = running.screen.query_one(".card")
            lines = screen_text(running).splitlines()[card.region.y:card.region.bottom]
            top, inside = lines[0], "".join(line.strip("│ ") for line in lines[1:])
            assert ("prod/db" in top) is (len(title) < 20)
            assert title.split("/")[1] in (top if len(title) < 20 else inside)
            await pilot.press("escape")
            await until(pilot, lambda: not isinstance(running.screen, Confirm))


async def test_the_header_tells_the_region_and_when_the_lock_is_near(
    app: MakeApp, filled: Any, monotonic: Steady
) -> None:
    """The seconds to the lock are shown in its last minute; a key removes them."""
    running = app(settings=Settings(idle_lock=300))
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "test.vault · us-east-1")
        monotonic.seconds += 200
        await running.tick()
        await pilot.pause()
        assert "locks in" not in screen_text(running)
        monotonic.seconds += 60
        await running.tick()
        await pilot.pause()
        assert screen_text(running).splitlines()[0].endswith("locks in 40 s")
        await pilot.press("j")

        await until(pilot, lambda: "locks in" not in screen_text(running))


@pytest.mark.parametrize(("name", "found"), [
    ("prod/payments/db", [("prod", "production")]), ("db-staging", [("staging", "staging")]),
    ("DEV_API_KEY", [("DEV", "development")]), ("product/devices/testament", []),
    ("live.qa.sandbox", [("live", "production"), ("qa", "staging"), ("sandbox", "development")]),
])
def test_words_for_environments(name: str, found: list[tuple[str, str]]) -> None:
    assert [(name[start:end], environment) for start, end, environment in find_environments(name)] == found


async def test_environments_have_a_colour_each_in_the_list(app: MakeApp, client: Any) -> None:
    """Under the cursor, the row has one colour."""
    for name in ("a", "dev/x", "prod/x", "staging/x"):
        client.create_secret(Name=name, SecretString="x")
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "4 secrets")
        secrets = get_list_screen(running).secrets
        words = [[each for each in secrets.draw_row(number) if each.text.isalpha()] for number in (1, 2, 3)]
        drawn = [each[0] for each in words]
        assert [segment.text for segment in drawn] == ["dev", "prod", "staging"]
        assert len({segment.style.color for segment in drawn if segment.style}) == 3
        await pilot.press("j")
        await pilot.pause()

        assert len({segment.style for segment in secrets.draw_row(1)}) == 1


@pytest.mark.parametrize(("size", "classes"), [
    (LARGE, {"-wide", "-tall"}), (SMALL, {"-narrow", "-tall"}), (LEAST, {"-narrow", "-short"}),
])
async def test_a_screen_is_laid_out_for_its_size_at_once(
    app: MakeApp, database: Any, size: tuple[int, int], classes: set[str]
) -> None:
    """The classes of its size are there before its first layout, so that it is styled and drawn once."""
    running = app()
    async with running.run_test(size=size) as pilot:
        await see(pilot, "1 secret")
        dialog = Confirm(SafeText("Sure?"), SafeText(""), SafeText("Go"))
        running.push_screen(dialog)
        at_first = {"-wide", "-narrow", "-tall", "-short"} & dialog.classes
        await see(pilot, "Sure?")

        assert at_first == classes
