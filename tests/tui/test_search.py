"""The filter's grammar, and the questions made of it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smtui.tui.json_object import members
from smtui.tui.question import ORDERS, Question
from smtui.tui.search import MOST_FILTERS, read


def asked(text: str) -> list[tuple[str, str]]:
    """The filters, as pairs of key and value."""
    return [(each["Key"], *each["Values"]) for each in read(text).filters]  # type: ignore[misc]


@pytest.mark.parametrize(
    ("text", "filters"),
    [
        ("", []),
        ("   ", []),
        ("prod db", [("all", "prod"), ("all", "db")]),
        ("name:prod/", [("name", "prod/")]),
        ("tag:team=pay", [("tag-key", "team"), ("tag-value", "pay")]),
        ("tag:team", [("tag-key", "team")]),
        ("tag:=pay", [("tag-value", "pay")]),
        ("tag:a=b=c", [("tag-key", "a"), ("tag-value", "b=c")]),
        ("tag-key:t tag-value:v", [("tag-key", "t"), ("tag-value", "v")]),
        ("primary-region:eu-west-1 owning-service:rds", [("primary-region", "eu-west-1"), ("owning-service", "rds")]),
        ("!tmp !name:dev !tag:old", [("all", "!tmp"), ("name", "!dev"), ("tag-key", "!old")]),
        ('description:"main db" "two words"', [("description", "main db"), ("all", "two words")]),
        ('!description:"main db"', [("description", "!main db")]),
        ('tag:"on call=day shift"', [("tag-key", "on call"), ("tag-value", "day shift")]),
        ("https://db:5432 unknown:x", [("all", "https://db:5432"), ("all", "unknown:x")]),
        ('description:"still typ', [("description", "still typ")]),
        ("name: ! tag:= !name: \"", []),
    ],
)  # fmt: skip
def test_what_is_typed_becomes_filters(text: str, filters: list[tuple[str, str]]) -> None:
    """Word by word, in AWS's keys; a word that is still being typed asks nothing yet."""
    assert asked(text) == filters
    assert read(text).left_out == ()


def test_planned_deletions_only() -> None:
    """Our own condition: it is no filter of AWS's, and it needs the scheduled secrets in the answer."""
    question = Question("deleted:only prod")

    assert asked(question.text) == [("all", "prod")]
    assert question.request()["IncludePlannedDeletion"] is True
    assert question.keeps({"Name": "a", "DeletedDate": None})  # type: ignore[typeddict-item]
    assert not question.keeps({"Name": "a"})


@pytest.mark.parametrize(
    "text", ["[", "a*b", "naïve", "name:a\x1b]52;c;x\x07", "!tag:team=pay", "deleted:yes", "!deleted:only", "x" * 600],
)
def test_what_cannot_be_asked_is_said(text: str) -> None:
    """The rest of the filter holds; the sentence names the word."""
    search = read(f"prod {text}")

    assert [filter["Values"] for filter in search.filters] == [["prod"]]
    assert [sentence.startswith(f"{text} is left out") for sentence in search.left_out] == [True]


def test_more_conditions_than_a_list_takes() -> None:
    """Ten are asked; each further one is named."""
    search = read(" ".join(f"w{number}" for number in range(MOST_FILTERS + 2)))

    assert len(search.filters) == MOST_FILTERS
    assert [sentence.split()[0] for sentence in search.left_out] == ["w10", "w11"]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text() | st.text("abc !:=\"[tag-keyname", max_size=80))
def test_no_text_makes_a_request_that_is_refused(client: Any, text: str) -> None:
    """Whatever is pasted into the filter."""
    client.list_secrets(**Question(text).request())


def test_the_order_goes_round() -> None:
    """All four of the service, and back to the first; turned round and back."""
    question = Question()
    seen = []
    for _ in ORDERS:
        seen.append(question.request()["SortBy"])
        question = question.next_order()

    assert sorted(seen) == ["created-date", "last-accessed-date", "last-changed-date", "name"]
    assert question == Question()
    assert question.reversed().request()["SortOrder"] == "desc"
    assert question.reversed().reversed() == question


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"user": "a\\u00e9", "port": 5432}', {"user": "aé", "port": "5432"}),
        (' {\n"x" : 1.10 ,"y":{"z": [1, 2]} , "t":true, "n" :null}\n', {
            "x": "1.10", "y": '{"z": [1, 2]}', "t": "true", "n": "null",
        }),
        ("{}", {}),
        ("[1]", {}),
        ("plain", {}),
        ("", {}),
        ('{"a": 1, "a": 2}', {}),
        ("[" * 100_000, {}),
    ],
)  # fmt: skip
def test_members_are_copied_as_they_are_spelled(text: str, found: dict[str, str]) -> None:
    """A string without its quotes, anything else byte for byte; what is no plain object has no members."""
    assert members(text) == found
