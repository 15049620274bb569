"""Tests of the table widget."""

from __future__ import annotations

from collections.abc import Sequence
from typing import overload

import pytest
from textual import on
from textual.app import App, ComposeResult
from textual.content import Content
from textual.pilot import Pilot

from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.widgets.table import Column, Table, fit_columns, give_to_names
from tests.tui.conftest import screen_text, until

NAME = Column[str]("Name", sanitize, 10, grows=1)
LENGTH = Column[str]("Length", lambda word: sanitize(len(word)), 6, drop=1)
ENDING = Column[str]("Ending", lambda word: Content.styled(sanitize(word[-1:]), "$warning"), 6, drop=2)


class OneTable(App[None]):
    """An app with only a table of words."""

    chosen = 0

    @on(Table.Selected)
    def _count(self) -> None:
        self.chosen += 1

    def compose(self) -> ComposeResult:
        yield Table(NAME, LENGTH, ENDING, key=lambda word: word, nothing=SafeText("No word."))

    @property
    def table(self) -> Table[str]:
        return self.query_one(Table)


def put(pilot: Pilot[None], words: Sequence[str]) -> Table[str]:
    table: Table[str] = pilot.app.query_one(Table)
    table.put(words)
    table.focus()
    return table


@pytest.mark.parametrize(("width", "titles"), [
    (40, ["Name", "Length", "Ending"]), (25, ["Name", "Length"]), (12, ["Name"]), (3, ["Name"]),
])
def test_what_matters_least_goes_first(width: int, titles: list[str]) -> None:
    columns = fit_columns([NAME, LENGTH, ENDING], width)

    assert [column.title for column, _ in columns] == titles
    if width >= 10:
        assert sum(wide for _, wide in columns) + 2 * (len(columns) - 1) == width


@pytest.mark.parametrize(("widths", "longest", "fitted"), [
    ((10, 6, 10), 30, [17, 6, 3]), ((10, 6, 10), 12, [12, 6, 8]), ((10, 6, 10), 5, [10, 6, 10]),
    ((10, 9, 10), 40, [20, 6, 3]),
])
def test_names_get_what_other_columns_do_not_need(
    widths: tuple[int, int, int], longest: int, fitted: list[int],
) -> None:
    """No column becomes narrower than its cells and its title, and none moves if no name is cut."""
    columns = [Column[str]("Name", sanitize, 10, names=True), LENGTH, Column[str]("End", sanitize, 6)]
    found = give_to_names(list(zip(columns, widths, strict=True)), dict(zip(columns, (longest, 2, 1), strict=True)))

    assert [width for _, width in found] == fitted


async def test_a_long_name_is_whole_as_soon_as_it_is_in_sight() -> None:
    class TwoColumns(OneTable):
        def compose(self) -> ComposeResult:
            yield Table(Column[str]("Name", sanitize, 10, names=True), Column[str]("Rest", lambda _: sanitize("r"), 26),
                        key=lambda word: word, nothing=SafeText("No word."))

    app = TwoColumns()
    async with app.run_test(size=(40, 6)) as pilot:
        put(pilot, ["short", *("x" for _ in range(9)), "y" * 24])
        await until(pilot, lambda: "short" in screen_text(app))
        assert screen_text(app).splitlines()[0].index("Rest") < 20
        await pilot.press("end")

        await until(pilot, lambda: "y" * 24 in screen_text(app))


async def test_new_rows_are_measured_again() -> None:
    """As many rows with longer names: the columns fit the new names, not the ones that were measured before."""
    class TwoColumns(OneTable):
        def compose(self) -> ComposeResult:
            yield Table(Column[str]("Name", sanitize, 10, names=True), Column[str]("Rest", lambda _: sanitize("r"), 26),
                        key=lambda word: word, nothing=SafeText("No word."))

    app = TwoColumns()
    async with app.run_test(size=(40, 6)) as pilot:
        put(pilot, ["short"])
        await until(pilot, lambda: "short" in screen_text(app))
        put(pilot, ["y" * 24])

        await until(pilot, lambda: "y" * 24 in screen_text(app))


async def test_the_scroll_bar_comes_and_goes_with_the_rows() -> None:
    """It needs no second layout, which would draw all rows again."""
    app = OneTable()
    async with app.run_test(size=(40, 6)) as pilot:
        await pilot.pause()

        assert put(pilot, ["word"] * 100).show_vertical_scrollbar
        assert not put(pilot, ["word"]).show_vertical_scrollbar


async def test_rows_of_words() -> None:
    app = OneTable()
    async with app.run_test(size=(40, 6)) as pilot:
        put(pilot, ["apple", "a word that is far too long for this table"])
        await until(pilot, lambda: "apple" in screen_text(app))

        heading, first, second, *_ = screen_text(app).splitlines()
        assert heading.split() == ["Name", "Length", "Ending"]
        assert first.split() == ["apple", "5", "e"]
        assert "…  42" in second


async def test_an_empty_table_says_so() -> None:
    app = OneTable()
    async with app.run_test(size=(40, 6)) as pilot:
        table = put(pilot, [])
        await until(pilot, lambda: "No word." in screen_text(app))

        assert table.current is None


async def test_the_cursor_stays_on_the_same_thing() -> None:
    """The cursor stays on its row when rows are added before it; if the row is gone, it keeps its position."""
    app = OneTable()
    async with app.run_test(size=(40, 6)) as pilot:
        table = put(pilot, ["b", "c", "d"])
        await pilot.press("j")
        assert table.current == "c"
        table.put(["a", "b", "c", "d"])
        assert table.current == "c"
        table.put(["a", "b"])

        assert table.current == "b"


async def test_the_keys_of_every_list() -> None:
    app = OneTable()
    async with app.run_test(size=(40, 6)) as pilot:
        table = put(pilot, [str(number) for number in range(100)])
        await pilot.press("G")
        assert table.current == "99"
        await until(pilot, lambda: "99" in screen_text(app))
        await pilot.press("pageup")
        assert table.current == "94"
        await pilot.press("g", "down", "k")

        assert table.current == "0"


async def test_a_click_goes_there_and_two_choose() -> None:
    app = OneTable()
    async with app.run_test(size=(40, 6)) as pilot:
        table = put(pilot, ["a", "b", "c"])
        await pilot.pause()
        await pilot.click(Table, offset=(2, 2), times=2)
        await until(pilot, lambda: app.chosen)

        assert table.current == "b"


class Counting(Sequence[str]):
    """A long sequence that counts the accesses to its items."""

    def __init__(self) -> None:
        self.asked = 0

    def __len__(self) -> int:
        return 1_000_000

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        self.asked += 1
        return str(index)


async def test_a_million_rows_cost_no_more_than_those_in_sight() -> None:
    app = OneTable()
    many = Counting()
    async with app.run_test(size=(40, 6)) as pilot:
        put(pilot, many)
        await until(pilot, lambda: "4" in screen_text(app))
        await pilot.press("G")
        await until(pilot, lambda: "999999" in screen_text(app))

        assert many.asked < 100
