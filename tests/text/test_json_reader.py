"""What is JSON and what is not, and where it goes wrong."""

from __future__ import annotations

import json
from typing import NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtui.text.json_layout import indent_json
from smtui.text.json_reader import MAX_DEPTH, InvalidJsonError, JsonKind, JsonNode, locate, parse_json
from tests.text.strategies import OBJECTS, VALUES


def nest(depth: int) -> str:
    return "[" * depth + "]" * depth


@pytest.mark.parametrize("text", [
    "1.10", "-0", "1e400", "12345678901234567890.5", "9" * 5000, '"\\ud800x"', '"\\u0000"', '"\x7f"', "{}", " [ ] ",
    '{"": {"": 1}}', '{"a": {"a": 1}, "b": [{"a": 1}]}', nest(MAX_DEPTH), "\t\r\n true \n",
])  # fmt: skip
def test_json(text: str) -> None:
    node = parse_json(text)

    assert text[node.start : node.end] == text.strip()


@pytest.mark.parametrize(("text", "position"), [
    ("", 0), (" ", 1), ("{", 1), ('{"a"', 4), ('{"a":', 5), ('{"a":1', 6), ('{"a":1,', 7), ('{"a":1,}', 7),
    ('{a:1}', 1), ("{'a':1}", 1), ('{"a" 1}', 5), ("[1 2]", 3), ("[1,]", 3), ("{} x", 3), ("\ufeff{}", 0),
    ("\xa0{}", 0), ("01", 1), ("+1", 0), (".5", 0), ("1.", 1), ("\u0661", 0), ("NaN", 0), ("Infinity", 0),
    ("-Infinity", 0), ('{"a": NaN}', 6), ("True", 0), ('"a', 0), ('["a\nb"]', 3), ('"\\x"', 1), ('"\\u12g4"', 1),
    ('{"a":1,"a":2}', 7), ('{"a":1,"\\u0061":2}', 7), ('{"b":[{"a":1,"a":2}]}', 13), (nest(MAX_DEPTH + 1), MAX_DEPTH),
    ("[" * 100_000, MAX_DEPTH), ('{"a":' * 100_000, MAX_DEPTH * 5), ("// c\n1", 0), ("1 // c", 2),
])  # fmt: skip
def test_no_json(text: str, position: int) -> None:
    """Each fault has its place."""
    with pytest.raises(InvalidJsonError) as caught:
        parse_json(text)

    assert caught.value.position == position


def test_a_fault_names_no_value() -> None:
    with pytest.raises(InvalidJsonError) as caught:
        parse_json('{"user": "hunter2" "password": "hunter3"}')

    assert "hunter" not in str(caught.value)
    assert locate("a\nbc\n", 3) == (2, 2)


def refuse(_: object) -> NoReturn:
    raise ValueError


def once_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len(dict(pairs)) < len(pairs):
        raise ValueError
    return dict(pairs)


def value_of(text: str, node: JsonNode) -> object:
    match node.kind:
        case JsonKind.OBJECT:
            return {key.string: value_of(text, value) for key, value in node.pairs}
        case JsonKind.ARRAY:
            return [value_of(text, item) for item in node.items]
        case JsonKind.STRING:
            return node.string
        case JsonKind.NUMBER:
            return ("number", text[node.start : node.end])
    return {"true": True, "false": False, "null": None}[text[node.start : node.end]]


@given(VALUES | OBJECTS | st.text(st.sampled_from('{}[]":,\\u0d8 naeE-+.\n1tr')))
def test_it_agrees_with_the_standard_library(text: str) -> None:
    """Which decides what is JSON, and what it says."""
    def number(spelled: str) -> tuple[str, str]:
        return "number", spelled

    try:
        expected = json.loads(text, object_pairs_hook=once_each, parse_constant=refuse, parse_int=number,
                              parse_float=number)
    except ValueError:
        with pytest.raises(InvalidJsonError):
            parse_json(text)
    else:
        assert value_of(text, parse_json(text)) == expected


@given(VALUES | OBJECTS)
def test_indented_it_says_the_same(text: str) -> None:
    """Each string and number as it is spelled, and indented again it stays."""
    indented = indent_json(text)

    assert spell(text, parse_json(text)) == spell(indented, parse_json(indented))
    assert indent_json(indented) == indented


def spell(text: str, node: JsonNode) -> list[str]:
    """Without the white space between the parts."""
    if node.kind in (JsonKind.OBJECT, JsonKind.ARRAY):
        inside = [*(part for pair in node.pairs for part in pair), *node.items]
        return [node.kind.value, *(each for part in inside for each in spell(text, part)), "end"]
    return [text[node.start : node.end]]
