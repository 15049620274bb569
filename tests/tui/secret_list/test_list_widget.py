"""Tests of the list widget: which pages it reads, and which rows it shows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from textual import on
from textual.app import App, ComposeResult

from smtui.tui.secret_list.list_widget import SecretList
from smtui.tui.secret_list.query import ListQuery
from smtui.tui.secret_list.results import Page
from tests.tui.conftest import screen_text, until

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
PAGE = 100


class Source:
    """A list of `size` secrets in pages that counts its calls; after `held_from` calls, it waits for `go_on`."""

    def __init__(self, size: int, prefix: str = "secret", *, held_from: int | None = None) -> None:
        self.size = size
        self.asked = 0
        self.prefix = prefix
        self.held_from = held_from
        self.go_on = asyncio.Event()

    def entry(self, number: int) -> dict[str, object]:
        name = f"{self.prefix}/{number:06}"
        return {"ARN": f"arn:{name}", "Name": name, "LastChangedDate": NOW}

    async def __call__(self, token: str | None) -> Page:
        self.asked += 1
        if self.held_from is not None and self.asked > self.held_from:
            await self.go_on.wait()
        start = int(token or 0)
        end = min(start + PAGE, self.size)
        return Page([self.entry(number) for number in range(start, end)], str(end) if end < self.size else None)  # type: ignore[misc]


class Holder(App[None]):
    """An app with only the list."""

    chosen = 0

    def compose(self) -> ComposeResult:
        yield SecretList(lambda: NOW)

    @on(SecretList.Selected)
    def _count(self) -> None:
        self.chosen += 1

    @property
    def list(self) -> SecretList:
        return self.query_one(SecretList)


def name(app: Holder) -> str:
    return app.list.current["Name"] if app.list.current else ""


def idle(app: Holder) -> Callable[[], bool]:
    return lambda: all(worker.is_finished for worker in app.workers)


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_only_the_pages_in_sight_are_read(size: tuple[int, int]) -> None:
    """A list of 100,000 secrets reads one page; the next one is read before the cursor reaches the end."""
    app, source = Holder(), Source(100_000)
    async with app.run_test(size=size) as pilot:
        app.list.show_list(ListQuery(), source)
        await until(pilot, lambda: app.list.count)
        await until(pilot, idle(app))
        assert source.asked == 1
        assert app.list.model.has_more
        assert "secret/000000" in screen_text(app)

        while app.list.cursor < 500:
            await pilot.press("pagedown")
        await until(pilot, idle(app))

        assert name(app) == f"secret/{app.list.cursor:06}"
        assert name(app) in screen_text(app)
        assert source.asked <= 8


async def test_the_wheel_reads_on_too() -> None:
    """Scrolling with the wheel reads pages without moving the cursor."""
    app, source = Holder(), Source(1000)
    async with app.run_test(size=(80, 24)) as pilot:
        app.list.show_list(ListQuery(), source)
        await until(pilot, lambda: app.list.count == 100)
        app.list.scroll_to(y=70, animate=False)
        await until(pilot, lambda: app.list.count == 200)

        assert app.list.cursor == 0
        assert "secret/000070" in screen_text(app)


async def test_to_the_end_reads_all() -> None:
    """`G` reads all pages and moves to the last row."""
    app, source = Holder(), Source(2000)
    async with app.run_test(size=(80, 24)) as pilot:
        app.list.show_list(ListQuery(), source)
        await until(pilot, lambda: app.list.count)
        await pilot.press("G")
        await until(pilot, lambda: not app.list.model.has_more)

        assert source.asked == 2000 / PAGE
        assert name(app) == "secret/001999"
        assert name(app) in screen_text(app)
        assert not app.list.reads_to_end
        await pilot.press("g")
        assert name(app) == "secret/000000"


async def test_any_key_stops_the_way_to_the_end() -> None:
    """The rows that were read stay, and no more pages are read."""
    app, source = Holder(), Source(100_000, held_from=5)
    async with app.run_test(size=(80, 24)) as pilot:
        app.list.show_list(ListQuery(), source)
        await until(pilot, lambda: app.list.count)
        await pilot.press("G")
        await until(pilot, lambda: source.asked == 6)
        assert app.list.reads_to_end
        await pilot.press("k")
        source.go_on.set()
        await until(pilot, idle(app))

        assert source.asked <= 8
        assert app.list.model.has_more
        assert not app.list.reads_to_end
        assert name(app) in screen_text(app)


async def test_an_older_answer_never_replaces_a_newer_one() -> None:
    """The late result of the first query is ignored."""
    app, late = Holder(), asyncio.Event()

    async def slow(token: str | None) -> Page:
        await late.wait()
        return await Source(5, "old")(token)

    async with app.run_test(size=(80, 24)) as pilot:
        app.list.show_list(ListQuery(), slow)
        await pilot.pause()
        app.list.show_list(ListQuery(), Source(5, "new"))
        await until(pilot, lambda: app.list.count)
        late.set()
        await until(pilot, idle(app))

        assert name(app) == "new/000000"


async def test_the_old_rows_stay_until_the_new_ones_are_here() -> None:
    """The list does not flicker while the user types."""
    app, late = Holder(), asyncio.Event()

    async def slow(token: str | None) -> Page:
        await late.wait()
        return await Source(5, "new")(token)

    async with app.run_test(size=(80, 24)) as pilot:
        app.list.show_list(ListQuery(), Source(5, "old"))
        await until(pilot, lambda: app.list.count)
        app.list.show_list(ListQuery(), slow)
        await pilot.pause()
        assert "old/000000" in screen_text(app)
        late.set()
        await until(pilot, lambda: "new/" in name(app))

        assert "old/" not in screen_text(app)


async def test_the_cursor_stays_on_its_secret() -> None:
    """The cursor stays on its secret when rows change before it; if the secret is gone, it keeps its position."""
    app, source = Holder(), Source(1000)

    async def one_more(token: str | None) -> Page:
        page = await source(token)
        if token is None:
            page.entries.insert(0, {"ARN": "arn:first", "Name": "first"})
        return page

    async def without(token: str | None) -> Page:
        page = await source(token)
        return Page([entry for entry in page.entries if entry["ARN"] != gone["ARN"]], page.next_token)

    async with app.run_test(size=(80, 24)) as pilot:
        app.list.show_list(ListQuery(), source)
        await until(pilot, lambda: app.list.count)
        for _ in range(12):
            await pilot.press("pagedown")
        await until(pilot, idle(app))
        gone, place = app.list.current, app.list.cursor
        assert gone is not None
        app.list.show_list(ListQuery(), one_more, keep_cursor=True)
        await until(pilot, lambda: app.list.cursor == place + 1)
        assert name(app) == gone["Name"]
        assert name(app) in screen_text(app)
        app.list.show_list(ListQuery(), source, keep_cursor=True)
        await until(pilot, lambda: app.list.cursor == place)
        app.list.show_list(ListQuery(), without, keep_cursor=True)
        await until(pilot, lambda: name(app) != gone["Name"])

        assert app.list.cursor == place


async def test_a_move_repaints_two_lines() -> None:
    """Only the old and the new row are painted."""
    app = Holder()
    async with app.run_test(size=(80, 24)) as pilot:
        app.list.show_list(ListQuery(), Source(1000))
        await until(pilot, lambda: app.list.count)
        await pilot.press("j")
        await until(pilot, idle(app))
        painted: list[int] = []
        real = app.list.render_line
        app.list.render_line = lambda y: (painted.append(y), real(y))[1]  # type: ignore[method-assign]
        await pilot.press("j")
        await pilot.pause()

        assert sorted(set(painted)) == [2, 3]


async def test_a_step_that_scrolls_draws_only_rows_that_look_different() -> None:
    """The others are shown again as they were drawn, until the list or a row is redrawn for a reason."""
    app = Holder()
    async with app.run_test(size=(80, 24)) as pilot:
        app.list.show_list(ListQuery(), Source(1000))
        await until(pilot, lambda: app.list.count)
        await pilot.press(*["j"] * 30)
        await until(pilot, idle(app))
        drawn: list[int] = []
        real = app.list.draw_anew
        app.list.draw_anew = lambda number: (drawn.append(number), real(number))[1]  # type: ignore[method-assign]
        top = app.list.scroll_offset.y
        await pilot.press("j")
        await until(pilot, lambda: app.list.scroll_offset.y == top + 1 and 31 in drawn)
        assert set(drawn) == {30, 31}

        app.list.favorites = frozenset({"arn:secret/000025"})
        await until(pilot, lambda: "★" in screen_text(app))
        app.list.toggle_selection()
        await until(pilot, lambda: "✓ secret/000031" in screen_text(app))


async def test_two_clicks_choose() -> None:
    """The first click moves the cursor. The header is not a row."""
    app = Holder()
    async with app.run_test(size=(80, 24)) as pilot:
        app.list.show_list(ListQuery(), Source(50))
        await until(pilot, lambda: app.list.count)
        await pilot.click(SecretList, offset=(5, 4))
        assert name(app) == "secret/000003"
        await pilot.click(SecretList, offset=(5, 0))
        assert name(app) == "secret/000003"
        assert app.chosen == 0
        await pilot.double_click(SecretList, offset=(5, 6))

        assert name(app) == "secret/000005"
        assert app.chosen == 1
