"""JSON in one line is edited line by line, and is in one line again when it is stored."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtui.text.json_editing_layout import expand_for_editing, restore_layout
from smtui.text.json_layout import indent_json
from smtui.text.json_object import read_object
from tests.text.strategies import OBJECTS, VALUES

ODD = ' { "a" :1.10,"b":{"c":[1,2 , {"d":1e400}],"e":"\\u0041"} ,"f": -0}\n'


@pytest.mark.parametrize(("text", "shown"), [
    ('{"a":1,"b":[1,2]}', '{\n  "a": 1,\n  "b": [1, 2]\n}'), ('{"a":1}\n', '{"a": 1}\n'), ("[]", "[]"),
    ('[{"a":1,"b":2}]', '[\n  {\n    "a": 1,\n    "b": 2\n  }\n]'),
    ('{\n"a":1,"b":2}', '{\n"a":1,"b":2}'), ('{"a":1,"a":2}', '{"a":1,"a":2}'), ("text", "text"),
    ("", ""), ("1.10", "1.10"),
])  # fmt: skip
def test_what_is_shown(text: str, shown: str) -> None:
    """Only JSON in one line is laid out."""
    assert expand_for_editing(text) == shown


@pytest.mark.parametrize(("change", "stored"), [
    (("1.10", "1.11"), ' { "a" :1.11,"b":{"c":[1,2 , {"d":1e400}],"e":"\\u0041"} ,"f": -0}\n'),
    (("1e400", "2"), ' { "a" :1.10,"b":{"c":[1,2 , {"d":2}],"e":"\\u0041"} ,"f": -0}\n'),
    (('"a": 1.10,', '"a": 1.10,\n  "new": [1,  {"x": 2}],'),
     ' { "a" :1.10,"new" :[1,{"x" :2}],"b":{"c":[1,2 , {"d":1e400}],"e":"\\u0041"} ,"f": -0}\n'),
    (('"a": 1.10,', ""), ' { "b":{"c":[1,2 , {"d":1e400}],"e":"\\u0041"} ,"f": -0}\n'),
    (("-0\n}", "-0"), None),
])
def test_what_is_stored(change: tuple[str, str], stored: str | None) -> None:
    """Every byte that was not touched; what is new is spaced as the first of the old is. A slip stays as it is."""
    edited = expand_for_editing(ODD).replace(*change)

    assert edited != expand_for_editing(ODD)
    assert restore_layout(ODD, edited) == (stored or edited)


@given(OBJECTS)
def test_untouched_it_is_the_same(text: str) -> None:
    """To the byte, also where it was laid out again."""
    assert restore_layout(text, expand_for_editing(text)) == text
    if expand_for_editing(text) != text:
        assert restore_layout(text, indent_json(text)).strip() == text.strip()


@given(OBJECTS, st.data(), VALUES)
def test_one_key_that_is_changed_is_all_that_changes(text: str, data: st.DataObject, source: str) -> None:
    before, shown = read_object(text), read_object(expand_for_editing(text))
    assert before and shown
    if not before.members or "\n" in text.strip() or "\n" in source:
        return
    key = data.draw(st.sampled_from(before.keys))

    restored = read_object(restore_layout(text, shown.set_member(key, source)))
    expected = read_object(before.set_member(key, source))
    assert restored and expected
    assert [each.source for each in restored.members if each.key != key] == [
        each.source for each in expected.members if each.key != key
    ]
    value, wanted = restored.find(key), expected.find(key)
    assert value and wanted
    assert json.loads(value.source) == json.loads(wanted.source)
    assert [restored.text[a.end : b.start] for a, b in zip(restored.members, restored.members[1:], strict=False)] == [
        expected.text[a.end : b.start] for a, b in zip(expected.members, expected.members[1:], strict=False)
    ]


@given(OBJECTS, OBJECTS)
def test_whatever_is_typed_means_the_same_when_stored(original: str, edited: str) -> None:
    assert json.loads(restore_layout(original, edited)) == json.loads(edited)
