"""Tests of the columns of the secrets list: which ones fit, and their cells."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rich.cells import cell_len

from smtui.backends.alerts import FoundAlerts
from smtui.tui.secret_list import entry_state
from smtui.tui.secret_list.columns import COLUMNS, DEFAULT_COLUMNS, DELETION_COLUMNS, GAP, fit_columns
from smtui.tui.secret_list.list_widget import WidestCells, pad_cell
from smtui.tui.secret_list.results import sort_entries

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


NEEDS = {"name": 30, "changed": 10, "state": 0, "rotation": 0, "description": 60, "tags": 25, "accessed": 10,
         "labels": 10, "created": 10, "service": 0, "region": 0}
"""The widest cells of ordinary secrets: described and tagged, not rotated, without alerts."""


def list_widths(width: int, chosen: tuple[str, ...] = (), **more: Any) -> dict[str, int]:
    """Returns the widths of the columns by id, from left to right."""
    return {column.id: cells for column, cells in fit_columns(width, chosen, **more)}


@pytest.mark.parametrize("width", range(40, 240, 7))
@pytest.mark.parametrize("planned", [True, False])
@pytest.mark.parametrize("chosen", [(), ("tags", "name"), tuple(reversed(COLUMNS))], ids=["default", "two", "all"])
@pytest.mark.parametrize("needs", [None, NEEDS, dict.fromkeys(COLUMNS, 500)], ids=["unknown", "ordinary", "long"])
def test_columns_fit_the_width(width: int, planned: bool, chosen: tuple[str, ...], needs: Any) -> None:
    """The columns are never wider than the list, and no column is wider than its cells and title need."""
    found = fit_columns(width, chosen, planned=planned, needs=needs)

    assert sum(cells + GAP for _, cells in found) <= width
    for column, cells in found:
        assert cells <= max((needs or {}).get(column.id, 500), len(column.title) + 2)


def test_a_column_that_says_the_same_in_every_row_gives_way() -> None:
    """Unless the user chose it, or the list is sorted by it."""
    same = frozenset({"labels"})

    assert "labels" in list_widths(198, needs=NEEDS)
    assert "labels" not in list_widths(198, needs=NEEDS, same=same)
    assert "labels" in list_widths(198, needs=NEEDS, same=same, order="labels")
    assert list_widths(198, ("name", "labels"), needs=NEEDS, same=same)["labels"] == 10


@pytest.mark.parametrize(("labels", "same"), [
    ([["AWSCURRENT"], ["AWSCURRENT"]], True), ([["AWSCURRENT", "AWSPREVIOUS"], ["AWSCURRENT", "AWSPREVIOUS"]], True),
    ([["AWSCURRENT"], ["AWSCURRENT", "my-label"]], False), ([["AWSCURRENT"], []], False), ([["AWSCURRENT"]], True),
    ([["AWSCURRENT"]] * 40 + [["my-label"]], False), ([["a"]] * 32 + [["b"]] * 32, False),
])
def test_which_columns_say_the_same(labels: list[list[str]], same: bool) -> None:
    """Of all rows that were in sight, in whichever blocks they are measured."""
    cells = WidestCells()
    rows: Any = [{"ARN": f"arn:{number}", "Name": f"{number}", "SecretVersionsToStages": {"v": stages}}
                 for number, stages in enumerate(labels)]
    for top in range(0, len(rows), 16):
        cells.measure(rows, top, 16, lambda: NOW)

    assert cells.same == (frozenset({"labels"}) if same else frozenset())


@pytest.mark.parametrize("width", [56, 76, 118, 198])
@pytest.mark.parametrize("longest", [5, 20, 33, 54])
def test_the_longest_name_is_whole_where_there_is_room(width: int, longest: int) -> None:
    """Other columns give way to the names. So does their own minimum: short names leave room for others."""
    widths = list_widths(width, needs={**NEEDS, "name": longest})

    assert widths["name"] == max(longest, len("Name ↑"))
    assert list_widths(width, ("tags", "name"), needs={**NEEDS, "name": longest})["name"] == min(
        max(longest, len("Name ↑")), width - 2 * GAP - 18)


@pytest.mark.parametrize("width", [56, 76, 118, 198])
def test_alerts_are_in_sight_beside_names_of_any_length(width: int) -> None:
    """Names that are longer than the list is wide leave room for the state and the date of the last change."""
    widths = list_widths(width, needs={**NEEDS, "name": 300, "state": 17})

    assert widths == {"name": width - 17 - 10 - 3 * GAP, "changed": 10, "state": 17}


def test_empty_columns_give_way() -> None:
    """A column without a text in any cell leaves its room to others, unless the user chose it."""
    described = list_widths(76, needs=NEEDS)
    assert list(described) == ["name", "changed", "description"]

    plain = list_widths(76, needs={**NEEDS, "description": 0})
    assert "description" not in plain and "tags" in plain
    assert "description" in list_widths(76, ("name", "description"), needs={**NEEDS, "description": 0})
    assert "description" in list_widths(76, order="description", needs={**NEEDS, "description": 0})
    assert list(list_widths(76, needs=dict.fromkeys(COLUMNS, 0))) == ["name"]


def test_more_room_shows_more() -> None:
    """The most important columns come first; a wider list shows more of them."""
    assert list(list_widths(58)) == ["name", "changed", "state"]
    assert list(list_widths(78, needs=dict.fromkeys(COLUMNS, 13))) == ["name", "changed", "state", "rotation",
                                                                       "description"]
    assert set(list_widths(240)) == set(DEFAULT_COLUMNS)
    assert set(list_widths(240, planned=True)) == set(DELETION_COLUMNS)


def test_what_the_list_is_sorted_by_is_shown() -> None:
    """The sort column replaces another one if needed; the user's columns have precedence over it."""
    assert list(list_widths(78, order="tags", needs=NEEDS)) == ["name", "changed", "tags"]
    assert list(list_widths(60, ("tags", "name"), order="created")) == ["tags", "name", "created"]


def test_a_persons_own_choice_is_in_its_order() -> None:
    """The columns are in the user's order, without unknown ones and those that do not fit."""
    assert list(list_widths(55, ("tags", "nosuch", "name", "labels"))) == ["tags", "name"]
    assert list(list_widths(80, ("deletion", "name"))) == ["state", "name"], "by its former id"


TODAY = {"LastChangedDate": NOW.astimezone() - timedelta(minutes=5), "LastAccessedDate": NOW.replace(hour=0)}
EARLIER = {"LastChangedDate": NOW - timedelta(days=40), "LastAccessedDate": NOW.replace(hour=0) - timedelta(days=1)}


def test_times_of_today_are_times() -> None:
    """Others are dates. The day of the last access has no time."""
    def format_cells(entry: Any) -> list[str]:
        return [str(COLUMNS[id].cell(entry, NOW)) for id in ("changed", "accessed")]

    assert format_cells(TODAY) == [TODAY["LastChangedDate"].strftime("%H:%M"), "today"]
    assert format_cells(EARLIER) == ["2026-01-21", "2026-03-01"]
    assert format_cells({}) == ["", ""]


WITH_VALUE = {"Name": "a", "SecretVersionsToStages": {"1": ["AWSCURRENT"]}}
ROTATED = {**WITH_VALUE, "RotationEnabled": True, "RotationLambdaARN": "function"}


@pytest.mark.parametrize(
    ("entry", "found", "words"),
    [
        (WITH_VALUE, FoundAlerts(frozenset("a"), frozenset(), frozenset()), ""),
        (ROTATED, FoundAlerts(frozenset("a"), frozenset(), frozenset()), "✗ failed rotation"),
        (WITH_VALUE, FoundAlerts(frozenset(), frozenset("a"), frozenset()), "▲ public"),
        (ROTATED, FoundAlerts(frozenset(), frozenset(), frozenset({"function"})), "▲ waits for your permission"),
        ({"Name": "a"}, FoundAlerts(frozenset(), frozenset(), frozenset()), "○ no value"),
        (ROTATED, FoundAlerts(frozenset("a"), frozenset("a"), frozenset()), "✗ failed rotation  ▲ public"),
        ({**ROTATED, "DeletedDate": NOW + timedelta(days=6)},
         FoundAlerts(frozenset("a"), frozenset("a"), frozenset()), "▲ deleted in 6 d"),
    ],
)
def test_alerts_are_a_glyph_and_words(entry: Any, found: FoundAlerts, words: str) -> None:
    """The most urgent first. The first one is readable where the column is as narrow as it can be."""
    entry = dict(entry)
    entry_state.flag_alerts([entry], found)

    assert entry_state.format_alerts(entry, NOW) == words
    assert pad_cell(words, COLUMNS["state"].min_width)[:12] == words[:12].ljust(12)
    assert (entry_state.get_alert_rank(entry) is None) == (not words)


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=30), "▲ deleted in 30 d"),
        (timedelta(days=6, hours=2), "▲ deleted in 6 d"),
        (timedelta(hours=30), "▲ deleted in 30 h"),
        (timedelta(minutes=5), "▲ deleted in 1 h"),
        (timedelta(0), "▲ deletion due"),
    ],
)
def test_the_state_is_a_sign_and_words(left: timedelta, words: str) -> None:
    """Signs distinguish the states without colour, and the text fits its column."""
    assert entry_state.format_deletion(NOW + left, NOW) == words
    assert cell_len(words) <= COLUMNS["state"].min_width
    assert entry_state.format_deletion(None, NOW) == ""


DUE, PAST = NOW + timedelta(days=3), NOW - timedelta(days=1)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({}, ""),
        ({"RotationEnabled": False, "NextRotationDate": PAST}, "off"),
        ({"RotationEnabled": True}, "on"),
        ({"RotationEnabled": True, "NextRotationDate": DUE}, "2026-03-05"),
        ({"RotationEnabled": True, "NextRotationDate": NOW + timedelta(seconds=1)}, NOW.astimezone().strftime("%H:%M")),
        ({"RotationEnabled": True, "NextRotationDate": PAST}, "▲ overdue"),
    ],
)
def test_the_state_of_rotation(entry: Any, words: str) -> None:
    """An overdue rotation has a sign and a word."""
    assert entry_state.format_rotation(entry, NOW) == words
    assert cell_len(words) <= COLUMNS["rotation"].min_width


def test_labels_of_ones_own_come_first() -> None:
    """AWS's labels come last, because nearly every secret has them."""
    stages = {"1": ["AWSCURRENT", "blue"], "2": ["AWSPREVIOUS"], "3": ["AWSPENDING", "2026-q1"]}

    assert entry_state.list_labels({"SecretVersionsToStages": stages}) == [
        "2026-q1", "blue", "AWSCURRENT", "AWSPENDING", "AWSPREVIOUS",
    ]  # fmt: skip


@pytest.mark.parametrize("id", [id for id, column in COLUMNS.items() if not column.sort_by])
@pytest.mark.parametrize("descending", [False, True])
def test_what_has_nothing_there_comes_last(id: str, descending: bool) -> None:
    """Empty cells come last in both directions; equal ones are sorted by name."""
    full: dict[str, Any] = {
        "Description": "b", "RotationEnabled": True, "NextRotationDate": DUE, "DeletedDate": DUE,
        "SecretVersionsToStages": {"1": ["b"]}, "Tags": [{"Key": "b", "Value": ""}], "PrimaryRegion": "us-east-1",
        "OwningService": "rds",
    }  # fmt: skip
    empty: Any = WITH_VALUE if id == "state" else {}
    entries: list[Any] = [{**(full if name in "24" else empty), "Name": name} for name in "1234"]
    key = COLUMNS[id].sort_key
    assert key is not None

    assert [entry["Name"] for entry in sort_entries(entries, key, descending=descending)] == ["2", "4", "1", "3"]



@pytest.mark.parametrize("text", ["", "short", "much longer than it", "exactly 12ce",
                                  "日本語のとても長い", "日本語日本語x"])
def test_a_cell_is_as_wide_as_its_column(text: str) -> None:
    """Cells with wide characters too; truncation is marked."""
    made = pad_cell(text, 12)

    assert cell_len(made) == 12 + GAP
    assert ("…" in made) == (cell_len(text) > 12)
