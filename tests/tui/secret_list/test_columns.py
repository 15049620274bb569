"""Tests of the columns of the secrets list: which ones fit, and their cells."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rich.cells import cell_len

from smtui.tui.secret_list import entry_state
from smtui.tui.secret_list.columns import COLUMNS, DEFAULT_COLUMNS, DELETION_COLUMNS, GAP, fit_columns
from smtui.tui.secret_list.list_widget import pad_cell
from smtui.tui.secret_list.results import sort_entries

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize("width", range(40, 240, 7))
@pytest.mark.parametrize("planned", [True, False])
@pytest.mark.parametrize("chosen", [(), ("tags", "name"), tuple(reversed(COLUMNS))], ids=["default", "two", "all"])
def test_columns_fill_the_width(width: int, planned: bool, chosen: tuple[str, ...]) -> None:
    """The columns are never wider than the list, and use its whole width if they can."""
    found = fit_columns(width, chosen, planned=planned)

    assert sum(cells + GAP for _, cells in found) == width
    assert all(cells >= min(column.min_width, width - GAP) for column, cells in found)


def test_more_room_shows_more() -> None:
    """The most important columns come first; a wider list shows more of them."""
    assert [column.id for column, _ in fit_columns(78)] == ["name", "description", "changed", "rotation"]
    assert [column.id for column, _ in fit_columns(78, planned=True)] == ["name", "description", "accessed", "deletion"]
    assert {column.id for column, _ in fit_columns(240)} == set(DEFAULT_COLUMNS)
    assert {column.id for column, _ in fit_columns(240, planned=True)} == set(DELETION_COLUMNS)


def test_what_the_list_is_sorted_by_is_shown() -> None:
    """The sort column replaces another one if needed; the user's columns have precedence over it."""
    assert [column.id for column, _ in fit_columns(78, order="tags")] == [
        "name", "changed", "accessed", "rotation", "tags",
    ]
    found = fit_columns(60, ("tags", "name"), order="created")
    assert [column.id for column, _ in found] == ["tags", "name", "created"]


def test_a_persons_own_choice_is_in_its_order() -> None:
    """The columns are in the user's order, without unknown ones and those that do not fit."""
    ids = [column.id for column, _ in fit_columns(55, ("tags", "nosuch", "name", "labels"))]

    assert ids == ["tags", "name"]


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=30), "▲ deletes in 30 d"),
        (timedelta(days=6, hours=2), "▲ deletes in 6 d"),
        (timedelta(hours=30), "▲ deletes in 30 h"),
        (timedelta(minutes=5), "▲ deletes in 1 h"),
        (timedelta(0), "▲ deletion is due"),
    ],
)
def test_the_state_is_a_sign_and_words(left: timedelta, words: str) -> None:
    """Signs distinguish the states without colour, and the text fits its column."""
    assert entry_state.format_deletion(NOW + left, NOW) == words
    assert cell_len(words) <= COLUMNS["deletion"].min_width
    assert entry_state.format_deletion(None, NOW) == ""


DUE, PAST = NOW + timedelta(days=3), NOW - timedelta(days=1)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({}, "off"),
        ({"RotationEnabled": False, "NextRotationDate": PAST}, "off"),
        ({"RotationEnabled": True}, "on"),
        ({"RotationEnabled": True, "NextRotationDate": DUE}, "2026-03-05"),
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
    entries: list[Any] = [{"Name": "1"}, {"Name": "2", **full}, {"Name": "3"}, {"Name": "4", **full}]
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
