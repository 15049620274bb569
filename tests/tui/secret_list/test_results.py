"""Tests of list results: filtered and sorted by the client, and cached."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from smtui.tui.secret_list import results as stocks
from smtui.tui.secret_list.list_model import ListModel
from smtui.tui.secret_list.query import ListQuery
from smtui.tui.secret_list.results import FilteredView, Page, PageCache, TooManyToSortError

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
PAGE = 100


class Source:
    """Pages of secrets, of which number n was changed n days ago; counts its calls."""

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


async def all_of(view: FilteredView) -> list[str]:
    while view.has_more:
        await view.advance()
    return [entry["Name"] for entry in view.rows]


async def test_a_second_question_reads_nothing_again() -> None:
    """Only the age changes, which the client evaluates."""
    source = Source(1000)
    cache = PageCache(source)
    first = await all_of(FilteredView(cache, ListQuery("older:9"), NOW))
    second = await all_of(FilteredView(cache, ListQuery("older:90d"), NOW))

    assert first == [f"{n:06}" for n in range(10, 1000)]
    assert second == [f"{n:06}" for n in range(91, 1000)]
    assert source.asked == 1000 / PAGE


async def test_a_query_during_a_reload_goes_on_with_the_pages_that_are_read_again() -> None:
    """A word typed while the list is read again must not be found in the pages of before the change."""
    model, old, new = ListModel(), Source(300), Source(301)
    view = FilteredView(model.find_cache(ListQuery(), old, reread=True), ListQuery(), NOW)
    await all_of(view)
    model.show_view(ListQuery(), view)
    reloaded = model.find_cache(ListQuery(), new, reread=True)
    await reloaded.read_page()  # then a key cancels this read
    again = FilteredView(model.find_cache(ListQuery("older:9"), new, reread=False), ListQuery("older:9"), NOW)
    assert "000300" in await all_of(again)
    assert new.asked == 4
    model.show_view(ListQuery("older:9"), again)
    assert model.find_cache(ListQuery("older:8"), new, reread=False) is again.cache


async def test_it_reads_on_where_the_first_question_stopped() -> None:
    source = Source(1000)
    cache = PageCache(source)
    view = FilteredView(cache, ListQuery("older:9"), NOW)
    await view.advance()
    await view.advance()
    again = FilteredView(cache, ListQuery("older:90"), NOW)
    await again.advance()

    assert (again.scanned, source.asked) == (200, 2)
    assert len(await all_of(again)) == 909


async def test_an_order_of_our_own_needs_all() -> None:
    """The client sorts after it has read all pages; equal secrets are in the order of names."""
    view = FilteredView(PageCache(Source(300)), ListQuery(order="description"), NOW)
    await view.advance()
    assert (view.rows, view.match_count, view.sorts_locally) == ([], 100, True)
    names = await all_of(view)

    assert names == sorted(names, key=lambda name: (-int(name) % 7, name))
    assert len(names) == 300


async def test_too_many_to_sort(monkeypatch: pytest.MonkeyPatch) -> None:
    """Secrets that the filter excludes do not count."""
    monkeypatch.setattr(stocks, "MAX_SORTED", 250)
    with pytest.raises(TooManyToSortError):
        await all_of(FilteredView(PageCache(Source(300)), ListQuery(order="description"), NOW))

    narrowed = FilteredView(PageCache(Source(300)), ListQuery("older:99", order="description"), NOW)
    assert len(await all_of(narrowed)) == 200


async def test_what_is_sifted_out_is_not_kept_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cache keeps only the first entries of a very long list, so another query reads again."""
    monkeypatch.setattr(stocks, "MAX_CACHED", 250)
    cache = PageCache(Source(1000))

    assert len(await all_of(FilteredView(cache, ListQuery("older:899"), NOW))) == 100
    assert len(cache.entries) == 200
    assert not cache.is_complete
