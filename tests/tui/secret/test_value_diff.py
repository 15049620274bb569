"""Tests of the differences between two values: they name keys and contain no values."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtui.text.value_diff import DiffState, KeyDiff, compare_values, extract_path
from smtui.tui.secret.value_diff import describe_diff
from smtui.tui.secret.values import Value

PLAIN = st.none() | st.booleans() | st.integers() | st.text(max_size=3)
KEYS = st.text("abc.", min_size=1, max_size=2)
TREES = st.dictionaries(KEYS, st.recursive(PLAIN, lambda inside: st.dictionaries(KEYS, inside, max_size=3)), max_size=4)


def test_keys_that_come_change_and_go() -> None:
    said = describe_diff('{"a": "1", "b": "2", "c": 3}', '{"a": "1", "b": "two", "d": "new-value"}')

    assert said == ["+ d added", "~ b changed", "- c removed"]


def test_inside_of_objects() -> None:
    """A change in a nested object is named by its path."""
    before = '{"db": {"user": "a", "password": "b"}, "x": 1}'
    after = '{"db": {"user": "a", "password": "c"}, "x": 1}'

    assert describe_diff(before, after) == ["~ db.password changed"]


@pytest.mark.parametrize(("before", "after", "said"), [
    ("one", "two", ["~ the entire value changes"]),
    ("same", "same", []),
    ('{"port": 5432}', '{"port": "5432"}', ["~ port changed"]),
    ('{"a":1,"b":2}', '{"b": 2, "a": 1}', ["~ formatting only (whitespace, order, escapes); the data is unchanged"]),
    ('{"a":{"b":1}}', '{"a":{"b": 1}}', ["~ formatting only (whitespace, order, escapes); the data is unchanged"]),
    ('{"a": 1, "b": 2}', '{"a": 1, "b": 2', ["~ the entire value changes",
                                             "▲ text, not a JSON object; 2 keys will be lost"]),
    ('{"a": 1}', b"\0", ["~ the entire value changes",
                       "▲ binary, 1 bytes, not a JSON object; 1 key will be lost"]),
    (b"\0", b"\1", ["~ the entire value changes"]),
])  # fmt: skip
def test_what_is_said(before: Value, after: Value, said: list[str]) -> None:
    assert describe_diff(before, after) == said


@given(TREES, TREES)
def test_each_difference_is_where_it_is_said_to_be(before: object, after: object) -> None:
    """Each reported difference, and each state, matches the two values."""
    old, new = json.dumps(before), json.dumps(after)
    for each in compare_values(old, new):
        was, now = extract_path(old, each.path), extract_path(new, each.path)
        assert (was is None) == (each.state is DiffState.ADDED)
        assert (now is None) == (each.state is DiffState.REMOVED)
        if each.state in (DiffState.SAME, DiffState.CHANGED) and each.path:
            assert _at(before, each.path) == _at(after, each.path) or each.state is DiffState.CHANGED
    assert (describe_diff(old, new) == []) == (old == new)


def _at(tree: object, path: tuple[str, ...]) -> object:
    for key in path:
        assert isinstance(tree, dict)
        tree = tree[key]
    return tree


def test_the_whole_where_there_are_no_keys() -> None:
    assert compare_values("a", "b") == [KeyDiff((), DiffState.CHANGED)]
    assert compare_values("a", "a") == [KeyDiff((), DiffState.SAME)]
    assert extract_path('{"a": {"b": "c"}}', ("a", "b")) == "c"
    assert extract_path("text", ("a",)) is None
