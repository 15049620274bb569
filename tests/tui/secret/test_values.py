"""Tests of values: their kinds, and changes of one key that keep every other byte."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtui.text.json_object import read_members
from smtui.tui.secret.values import (
    Pair,
    ValueKind,
    build_outline,
    extract_part,
    format_value,
    rewrite_object,
)

KEYS = st.text(max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=5,
)
OBJECTS = st.dictionaries(KEYS, VALUES, min_size=1, max_size=5)
SPELLINGS = st.sampled_from([{}, {"indent": 2}, {"separators": (",", ":")}, {"ensure_ascii": False}])


def pairs(text: str) -> list[Pair]:
    return [Pair(number, member.key, member.text) for number, member in enumerate(read_members(text))]


@given(OBJECTS, SPELLINGS)
def test_an_untouched_form_changes_no_byte(value: dict[str, object], spelling: dict[str, object]) -> None:
    """A value that is stored without a change is the same, including spaces and escapes."""
    text = json.dumps(value, **spelling)  # type: ignore[arg-type]

    assert rewrite_object(text, pairs(text)) == text


@given(OBJECTS, SPELLINGS, st.data(), st.text(max_size=8))
def test_one_key_changes_alone(
    value: dict[str, object], spelling: dict[str, object], data: st.DataObject, new: str
) -> None:
    """All other members keep their spelling; a string becomes the input."""
    text = json.dumps(value, **spelling)  # type: ignore[arg-type]
    lines = pairs(text)
    chosen = data.draw(st.sampled_from(range(len(lines))))
    lines[chosen] = Pair(chosen, lines[chosen].key, new)

    after = rewrite_object(text, lines)
    got = json.loads(after)

    assert {key: got[key] for key in got if key != lines[chosen].key} == {
        key: value[key] for key in value if key != lines[chosen].key
    }
    if isinstance(value[lines[chosen].key], str):
        assert got[lines[chosen].key] == new


@given(OBJECTS, SPELLINGS, st.data())
def test_keys_come_and_go(value: dict[str, object], spelling: dict[str, object], data: st.DataObject) -> None:
    """After keys are removed and added, the result is a valid object with all other members."""
    text = json.dumps(value, **spelling)  # type: ignore[arg-type]
    lines = pairs(text)
    gone = data.draw(st.sampled_from(range(len(lines))))
    name = data.draw(KEYS.filter(lambda key: key not in value))

    got = json.loads(rewrite_object(text, [*lines[:gone], *lines[gone + 1 :], Pair(None, name, "new")]))

    assert got == {key: value[key] for key in value if key != lines[gone].key} | {name: "new"}


def test_an_empty_object_takes_its_first_key() -> None:
    assert json.loads(rewrite_object("{}", [Pair(None, "user", "eve")])) == {"user": "eve"}


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ('{"a": 1}', ValueKind.KEYS), ("{}", ValueKind.TEXT), ("[1]", ValueKind.TEXT), ("hunter2", ValueKind.TEXT),
        ("", ValueKind.TEXT), ('{"a": 1, "a": 2}', ValueKind.TEXT), ("{" * 100_000, ValueKind.TEXT),
        ('{"a": 1} x', ValueKind.TEXT), (b"{}", ValueKind.BINARY),
    ],
    ids=repr,
)  # fmt: skip
def test_kinds(value: str | bytes, kind: ValueKind) -> None:
    """An object with a duplicate key counts as text, because parsers disagree about it."""
    assert build_outline(value).kind is kind


def test_a_part_is_what_a_person_means() -> None:
    """A string without its quotes, anything else as spelled."""
    value = '{"word": "a\\u0062c", "port": 5432, "list": [1, 2]}'

    assert extract_part(value, "word") == "abc"
    assert extract_part(value, "port") == "5432"
    assert extract_part(value, "list") == "[1, 2]"
    assert extract_part(value, None) == value
    assert extract_part(value, "absent") is None


def test_bytes_are_seen_as_hex() -> None:
    """The view shows 16 bytes per line in hex, and printable characters beside them."""
    seen = format_value(bytes(range(20)) + b"\x1b[2J")

    assert seen.splitlines()[0].startswith("000000  00 01 02 03")
    assert seen.splitlines()[1].endswith("....[2J")
    assert "\x1b" not in seen
