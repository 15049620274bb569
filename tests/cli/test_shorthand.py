"""Tests of the aws CLI's shorthand syntax."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtui.api.shapes import Flag, Integer, List, Structure, Text
from smtui.cli import shorthand
from smtui.cli.shorthand import ShorthandError

INNER = Structure({"On": Flag(), "Words": List(Text())})
SHAPE = Structure({"Key": Text(), "Value": Text(), "Values": List(Text()), "Count": Integer(), "Inner": INNER,
                   "Inners": List(INNER)})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Key=a,Value=b", {"Key": "a", "Value": "b"}),
        ("Key=a,Value=", {"Key": "a", "Value": ""}),
        ("Key=name,Values=prod/,x", {"Key": "name", "Values": ["prod/", "x"]}),
        ("Values=a,b,Key=c", {"Values": ["a", "b"], "Key": "c"}),
        ("Values=[a,b],Key=c", {"Values": ["a", "b"], "Key": "c"}),
        ("Values=[],Key=c", {"Values": [], "Key": "c"}),
        ("Values=a", {"Values": ["a"]}),
        ("Value='a,b',Key=c", {"Value": "a,b", "Key": "c"}),
        ('Value="a, \\"b\\"",Key=c', {"Value": 'a, "b"', "Key": "c"}),
        ("Value=a\\,b", {"Value": "a,b"}),
        ("Value=a\\b", {"Value": "a\\b"}),
        ("Value=a=b", {"Value": "a=b"}),
        ("Key= a , Value= b ", {"Key": "a", "Value": "b"}),
        ("Count=3", {"Count": 3}),
        ("Inner={On=true,Words=a,b},Key=c", {"Inner": {"On": True, "Words": ["a", "b"]}, "Key": "c"}),
        ("Inners=[{On=false},{Words=[x]}]", {"Inners": [{"On": False}, {"Words": ["x"]}]}),
        ("Key=ü 漢", {"Key": "ü 漢"}),
    ],
)
def test_reads(text: str, expected: dict[str, Any]) -> None:
    assert shorthand.parse(text, SHAPE) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "at the end"), ("Key", "at character 1"), ("Key=a,", "at the end"), ("Key=a,b", "at character 7"),
        ("Kex=a", "valid keys"), ("Key=a,Key=b", "twice"), ("Value='a", "closing '"), ("Count=x", "whole number"),
        ("Inner={On=maybe}", "true or false"), ("Inner={On=true", "expected }"), ("Values=[a", "expected ]"),
        ("Key='a'b", "a comma at character 8"),
    ],
)
def test_refuses_and_says_where(text: str, said: str) -> None:
    with pytest.raises(ShorthandError, match=said.replace("]", r"\]")):
        shorthand.parse(text, SHAPE)


@given(key=st.text(), values=st.lists(st.text(), min_size=1))
def test_whatever_is_quoted_comes_back(key: str, values: list[str]) -> None:
    def quoted(text: str) -> str:
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

    text = f"Key={quoted(key)},Values=[{','.join(map(quoted, values))}]"

    assert shorthand.parse(text, SHAPE) == {"Key": key, "Values": values}


@given(st.text(alphabet="KeyValues=,[]{}'\"\\ a"))
def test_no_text_does_worse_than_an_error(text: str) -> None:
    try:
        shorthand.parse(text, SHAPE)
    except ShorthandError as error:
        assert "expected" in str(error) or "key" in str(error) or "twice" in str(error)
