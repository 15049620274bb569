"""What has been read of a list: sifted here, sorted here, and not read again without need."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from smtui.tui.secret_list import results as stocks
from smtui.tui.secret_list.query import Question
from smtui.tui.secret_list.results import Page, Stock, TooManyToSortError, View

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
PAGE = 100


class Source:
    """Secrets of which number n was changed n days ago, in pages; counts how often it is asked."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.asked = 0

    async def __call__(self, token: str | None) -> Page:
        self.asked += 1
        start = int(token or 0)
        end = min(start + PAGE, self.size)
        entries: list[Any] = [
            {"ARN": f"arn:{n}", "Name": f"{n:06}", "LastChangedDate": NOW - timedelta(days=n),
             "Description": f"{-n % 7}"} for n in range(start, end)
        ]  # fmt: skip
        return Page(entries, str(end) if end < self.size else None)


async def all_of(view: View) -> list[str]:
    while view.more:
        await view.go_on()
    return [entry["Name"] for entry in view.rows]


async def test_a_second_question_reads_nothing_again() -> None:
    """Only what is decided here has changed: the age that is typed."""
    source = Source(1000)
    stock = Stock(source)
    first = await all_of(View(stock, Question("older:9"), NOW))
    second = await all_of(View(stock, Question("older:90d"), NOW))

    assert first == [f"{n:06}" for n in range(10, 1000)]
    assert second == [f"{n:06}" for n in range(91, 1000)]
    assert source.asked == 1000 / PAGE


async def test_it_reads_on_where_the_first_question_stopped() -> None:
    source = Source(1000)
    stock = Stock(source)
    view = View(stock, Question("older:9"), NOW)
    await view.go_on()
    await view.go_on()
    again = View(stock, Question("older:90"), NOW)
    await again.go_on()

    assert (again.looked_at, source.asked) == (200, 2)
    assert len(await all_of(again)) == 909


async def test_an_order_of_our_own_needs_all() -> None:
    """No row before the last page is here; what is equal stays in the order of names."""
    view = View(Stock(Source(300)), Question(order="description"), NOW)
    await view.go_on()
    assert (view.rows, view.found, view.sorts) == ([], 100, True)
    names = await all_of(view)

    assert names == sorted(names, key=lambda name: (-int(name) % 7, name))
    assert len(names) == 300


async def test_too_many_to_sort(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the filter leaves out does not count."""
    monkeypatch.setattr(stocks, "MOST_SORTED", 250)
    with pytest.raises(TooManyToSortError):
        await all_of(View(Stock(Source(300)), Question(order="description"), NOW))

    assert len(await all_of(View(Stock(Source(300)), Question("older:99", order="description"), NOW))) == 200


async def test_what_is_sifted_out_is_not_kept_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a very long list only the beginning is remembered; then a new question has to read again."""
    monkeypatch.setattr(stocks, "MOST_KEPT", 250)
    stock = Stock(Source(1000))

    assert len(await all_of(View(stock, Question("older:899"), NOW))) == 100
    assert len(stock.entries) == 200
    assert not stock.whole
