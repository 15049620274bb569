"""Tests of finding: which entries, in which order, also while further entries are read, and with which keys."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import smtui
from smtui.rules.fuzzy import Word
from smtui.tui.secret_list import ranked_view, results
from smtui.tui.secret_list.find_index import FindIndex
from smtui.tui.secret_list.finding import Ranking, is_found
from smtui.tui.secret_list.list_model import ListModel
from smtui.tui.secret_list.loader import read_first_rows
from smtui.tui.secret_list.query import ListQuery
from smtui.tui.secret_list.ranked_view import TooManyToFindError, make_view
from smtui.tui.secret_list.results import FilteredView, Page, PageCache
from tests.tui.conftest import FakeTool, MakeApp, screen_text, types, until
from tests.tui.driver import hear, see
from tests.tui.secret_list.driver import get_list_screen, list_names
from tests.tui.test_input_queue import send

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
SMALL = (80, 24)
ENTRIES: list[Any] = [
    {"Name": "prod/payments/db", "Description": "Main database", "Tags": [{"Key": "team", "Value": "pay"}]},
    {"Name": "prod/payments/stripe", "Description": "Stripe, live mode", "Tags": [{"Key": "team", "Value": "pay"}]},
    {"Name": "prod/web/session", "Description": "Signs the payload dbl", "Tags": [{"Key": "team", "Value": "web"}]},
    {"Name": "prod/prayed/bob"},
    {"Name": "dev/MyDatabase", "Description": "A paydb"},
    {"Name": "db"},
]
NAMES = st.text(st.sampled_from("abAB/-"), min_size=1, max_size=12)


SERVICES = ("auth", "billing", "cart", "gateway", "mail", "orders", "payments", "search", "users", "web")
KINDS = ("api-key", "db", "login", "password", "token")
MANY = [f"{place}/{service}/{kind}" for place in ("dev", "prod", "staging") for service in SERVICES for kind in KINDS]
"""The names of 150 secrets of a team."""


def find(text: str, entries: list[Any] = ENTRIES, wider: Ranking | None = None) -> list[str]:
    """Returns the names in order of the best match."""
    index = FindIndex()
    index.add(entries)
    ranking = Ranking(ListQuery(text).filter.words, index, wider)
    ranking.scan(len(index))
    return [index.names[at] for part in ranking.order() for at in part]


@pytest.mark.parametrize(("text", "names"), [
    ("paydb", "prod/payments/db prod/prayed/bob dev/MyDatabase"),
    ("ayment", "prod/payments/db prod/payments/stripe"),
    ("db", "db prod/payments/db prod/prayed/bob dev/MyDatabase prod/web/session"),
    ("MD", "dev/MyDatabase"),
    ("team=web", "prod/web/session"),
    ("live", "prod/payments/stripe"),
    ("live stripe", "prod/payments/stripe"),
    ('"paydb"', "dev/MyDatabase"),
    ('"live mode" pay', "prod/payments/stripe"),
    ("db prod", "prod/payments/db prod/prayed/bob prod/web/session"),
    ("Main", "prod/payments/db"),
    ("MAIN", ""),
    ("[", ""),
])  # fmt: skip
def test_what_is_found_and_in_which_order(text: str, names: str) -> None:
    """Names come before descriptions and tags; a segment before the start of one, before scattered characters."""
    assert find(text) == names.split()


@given(st.lists(NAMES), st.lists(NAMES, min_size=1, max_size=2), st.integers(0, 20))
def test_ranking_is_stable_and_complete(names: list[str], texts: list[str], cut: int) -> None:
    """However the entries arrive, and whatever was typed before, the order is the same; nothing is lost."""
    entries: list[Any] = [{"Name": name, "Description": name[::-1]} for name in names]
    words, index = [Word(text) for text in texts], FindIndex()
    index.add(entries)
    wider = Ranking([Word(words[0].text[:1])], index)
    wider.scan(min(cut, len(index)))
    orders = []
    for ranking, steps in ((Ranking(words, index), (len(index),)), (Ranking(words, index, wider), (cut, len(index)))):
        for stop in steps:
            ranking.scan(min(stop, len(index)))
            list(ranking.order())
        orders.append([at for part in ranking.order() for at in part])
        starts = ranking.find_best(20)
        assert orders[0][:len(starts)] == starts

    assert orders[0] == orders[1]
    assert sorted(orders[0]) == [at for at, entry in enumerate(entries) if is_found(words, entry)]


# The view, while pages are read.


class Source:
    """Pages of two entries; counts its calls."""

    def __init__(self, entries: list[Any] = ENTRIES) -> None:
        self.entries = [{"ARN": f"arn:{number}", **entry} for number, entry in enumerate(entries)]
        self.asked = 0

    async def __call__(self, token: str | None) -> Page:
        self.asked += 1
        start = int(token or 0)
        more = str(start + 2) if start + 2 < len(self.entries) else None
        return Page(self.entries[start:start + 2], more)


def list_rows(view: FilteredView) -> list[str]:
    return [entry["Name"] for entry in view.rows]


async def read_all(view: FilteredView) -> list[str]:
    while view.has_more:
        await view.advance()
    return list_rows(view)


async def test_the_best_so_far_while_pages_are_read() -> None:
    cache = PageCache(Source())
    view = make_view(cache, ListQuery("db"), NOW)
    await view.advance()
    assert view.update_rows() and view.reads_all and not view.is_count_final
    assert list_rows(view) == ["prod/payments/db"]
    names = await read_all(view)

    assert names[:2] == ["db", "prod/payments/db"]
    assert (view.match_count, view.is_count_final) == (5, True)


async def test_the_next_key_reads_nothing_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """It looks only at what the key before has left, and gives the same as if the whole word were pasted."""
    source = Source()
    cache = PageCache(source)
    for text in ("p", "pa", "pay", "payd"):
        typed = await read_all(make_view(cache, ListQuery(text), NOW))
        assert typed == find(text)
    assert source.asked == 3
    monkeypatch.setattr(ranked_view, "FEW", 0)  # as with many matches
    assert await read_all(make_view(cache, ListQuery("p"), NOW)) == find("p")


async def test_the_best_matches_are_there_before_all_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """They stay the first ones, whatever else is found, so nothing waits for the others."""
    monkeypatch.setattr(ranked_view, "PARTIAL_COUNT", 20)
    monkeypatch.setattr(ranked_view, "SCAN_BATCH", 40)
    cache = PageCache(Source([{"Name": name, "Description": "paid by us"} for name in MANY]))
    await read_all(FilteredView(cache, ListQuery(), NOW))
    for text in ("p", "pr", "prod", "p", "pay", "prod pay", "zz"):
        whole = find(text, cache.entries)
        view = make_view(cache, ListQuery(text), NOW)
        await view.advance()
        shown = list_rows(view)
        assert shown == whole[:len(shown)]
        if view.wants_all:
            assert (view.reads_all, view.is_count_final) == (not shown, False)
        assert text != "p" or (shown and view.wants_all)
        assert await read_all(view) == whole
        assert (view.match_count, view.is_count_final, view.reads_all) == (len(whole), True, False)


async def test_scattered_matches_follow_those_that_are_shown_first() -> None:
    """Where the first rows are in order, the screen does not wait for the order of thousands of scattered matches."""
    names = ["prod/payments/db", *(f"prod/aa/y-{number}" for number in range(3000))]
    cache = PageCache(Source([{"Name": name} for name in names]))
    await read_all(FilteredView(cache, ListQuery(), NOW))
    view = make_view(cache, ListQuery("pay"), NOW)
    await read_first_rows(view, 30, in_part=True, report_progress=lambda: None)

    assert list_rows(view) == names[:1] and view.has_more
    assert len(await read_all(view)) == len(names)


async def test_words_are_found_in_a_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """The thread of the screen answers keys meanwhile."""
    threads: set[str] = set()
    rate = Ranking._rate

    def note_thread(ranking: Ranking, *args: Any) -> list[int]:
        threads.add(threading.current_thread().name)
        return rate(ranking, *args)

    monkeypatch.setattr(Ranking, "_rate", note_thread)
    await read_all(make_view(PageCache(Source()), ListQuery("db"), NOW))

    assert threads and threading.main_thread().name not in threads


async def test_a_filter_of_aws_does_not_forget_the_names() -> None:
    """After `name:prod` the next word is found in what had been read before; a reload reads again."""
    model, source = ListModel(), Source()
    cache = model.find_cache(ListQuery("db"), source, reread=True)
    model.show_view(ListQuery("db"), make_view(cache, ListQuery("db"), NOW))
    filtered = model.find_cache(ListQuery("name:prod"), source, reread=False)
    assert filtered is not cache
    model.show_view(ListQuery("name:prod"), make_view(filtered, ListQuery("name:prod"), NOW))

    assert model.find_cache(ListQuery("prod"), source, reread=False) is cache
    assert model.find_cache(ListQuery("prod"), source, reread=True) is not cache
    assert model.find_cache(ListQuery("prod"), source, reread=False) is not cache


async def test_other_conditions_apply_too() -> None:
    """Filters of AWS go into the request, those of smtui to what is found."""
    entries = [dict(entry, RotationEnabled=number % 2 == 0) for number, entry in enumerate(ENTRIES)]
    view = make_view(PageCache(Source(entries)), ListQuery("db rotation:on name:prod"), NOW)

    assert await read_all(view) == ["prod/payments/db", "dev/MyDatabase", "prod/web/session"]
    assert ListQuery("db rotation:on name:prod").build_request()["Filters"] == [{"Key": "name", "Values": ["prod"]}]


async def test_the_users_order_instead_of_the_best_match() -> None:
    list_query = ListQuery("db").change_order("name")
    names = await read_all(make_view(PageCache(Source()), list_query, NOW))

    assert names == [entry["Name"] for entry in ENTRIES if entry["Name"] != "prod/payments/stripe"]


async def test_too_many_to_find(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "MAX_CACHED", 4)
    with pytest.raises(TooManyToFindError):
        await read_all(make_view(PageCache(Source()), ListQuery("db"), NOW))


# On the screen.


async def test_the_screen_says_find_or_filter_and_shows_the_characters(app: MakeApp, filled: Any) -> None:
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "5 secrets")
        await types(pilot, "/paydb")
        await see(pilot, "1 of 5 · by best match")
        assert list_names(running) == ["prod/payments/db"]
        assert screen_text(running).splitlines()[1].rstrip().endswith("fuzzy")
        row = get_list_screen(running).secrets.draw_row(0)
        assert [part.text for part in row if part.style and part.style.underline] == ["pay", "db"]
        await types(pilot, " name:prod")
        await see(pilot, "fuzzy + exact")
        get_list_screen(running).filter.value = "name:prod/"
        await see(pilot, "3 of 5 · by name ↑")
        assert screen_text(running).splitlines()[1].rstrip().endswith(" exact")
        get_list_screen(running).filter.value = "all:ayment"  # AWS searches for the start of words
        await see(pilot, "No matches")


async def test_sorting_what_was_found(app: MakeApp, filled: Any) -> None:
    """`s` goes from the best match through the columns, and back to it; the next word begins with the best match."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "5 secrets")
        await types(pilot, "/web")
        await see(pilot, "by best match")
        assert list_names(running) == ["dev/web/flags", "prod/web/session"]
        await pilot.press("escape", "s")
        await see(pilot, "2 of 5 · by name ↑")
        await pilot.press("S")
        await until(pilot, lambda: list_names(running) == ["prod/web/session", "dev/web/flags"])
        await pilot.press("escape")
        await see(pilot, "5 secrets · by name ↓")
        await types(pilot, "/web")
        await see(pilot, "2 of 5 · by best match")


async def test_more_secrets_than_can_be_kept_are_searched(
    app: MakeApp, filled: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Words are then sent to the service, as with `all:`; the screen says so once."""
    monkeypatch.setattr(results, "MAX_CACHED", 3)
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "5 secrets")
        await types(pilot, "/pay")
        await hear(pilot, "fuzzy find is off")
        await until(pilot, lambda: sorted(list_names(running)) == ["prod/payments/db", "prod/payments/stripe"])
        assert screen_text(running).splitlines()[1].rstrip().endswith(" exact")


async def test_copying_without_leaving_the_filter(app: MakeApp, filled: Any, tool: FakeTool) -> None:
    """The arrows move the cursor of the list and Ctrl+Y copies, while the filter keeps the focus and its text."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "5 secrets")
        await types(pilot, "/web")
        await see(pilot, "2 of ")
        filled.put_secret_value(SecretId="prod/web/session", SecretString="of the session")
        await pilot.press("down", "down", "up", "down", "ctrl+y")
        await until(pilot, lambda: tool.held == b"of the session")
        await types(pilot, "fl")
        await see(pilot, "1 of ")

        assert get_list_screen(running).filter.value == "webfl" and get_list_screen(running).filter.has_focus
        assert list_names(running) == ["dev/web/flags"]


async def test_what_is_typed_at_once_is_found_before_it_is_copied(app: MakeApp, filled: Any, tool: FakeTool) -> None:
    """Ctrl+Y in the same read as the words copies what they find, not what was under the cursor before."""
    filled.put_secret_value(SecretId="prod/web/session", SecretString="of the session")
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "5 secrets")
        send(running, "/session\x19")
        await until(pilot, lambda: tool.held)

        assert tool.held == b"of the session"


def abbreviate(name: str) -> set[str]:
    """Returns what a user who thinks of a name types: at most four letters, from the starts of its segments."""
    place, service, kind = name.split("/")
    starts = {a + b + c for a in (place[:1], place[:2], "") for b in (service[:1], service[:2], service[:3])
              for c in (kind[:1], kind[:2], "".join(part[0] for part in kind.split("-")))}
    return {letters for letters in starts if len(letters) <= 4}


def test_six_keys_open_each_of_150_secrets() -> None:
    """`/`, at most four letters, or fewer and ↓ as often as the name is below the best match, and Enter or Ctrl+Y."""
    entries: list[Any] = [{"Name": name} for name in MANY]

    def count_keys(name: str) -> int:
        return min(len(letters) + found.index(name) for letters in abbreviate(name)
                   if name in (found := find(letters, entries)))

    assert len(MANY) == 150
    assert {name: count_keys(name) for name in MANY if 1 + count_keys(name) + 1 > 6} == {}


async def test_six_keys_open_one_of_150_secrets_and_one_copies_it(
    app: MakeApp, vault: smtui.Vault, tool: FakeTool
) -> None:
    """Enter in the filter opens the best match, and waits until it is known; Esc comes back to what was found."""
    vault.create_secrets([{"Name": name, "SecretString": f"of {name}"} for name in MANY])
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "150 secrets · by name")
        keys = "/ppdb\r"
        send(running, keys)
        await see(pilot, "Value of")

        assert len(keys) == 6
        assert "prod/payments/db" in screen_text(running)
        await pilot.press("y")
        await until(pilot, lambda: tool.held == b"of prod/payments/db")
        await pilot.press("escape")
        await see(pilot, "of 150 · by best match")
        assert get_list_screen(running).secrets.has_focus


async def test_enter_with_filters_only_goes_to_the_list(app: MakeApp, filled: Any) -> None:
    """There is no best match then. Nor is one where nothing matches: the filter keeps the focus."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "5 secrets")
        await types(pilot, "/name:prod/")
        await pilot.press("enter")
        await see(pilot, "3 of 5 · by name ↑")
        assert get_list_screen(running).secrets.has_focus

        await types(pilot, "/ nosuch")
        await see(pilot, "0 of 5")
        await pilot.press("enter")
        assert get_list_screen(running).filter.has_focus
