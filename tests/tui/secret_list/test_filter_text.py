"""Tests of the filter's grammar and of the requests made from it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smtui.api.limits import MAX_FILTERS
from smtui.rules.fuzzy import Word
from smtui.tui.secret_list.filter_text import parse_filter
from smtui.tui.secret_list.query import ListQuery

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def asked(text: str) -> list[tuple[str, ...]]:
    """Returns the filters as pairs of key and values."""
    return [(each["Key"], *each["Values"]) for each in parse_filter(text).filters]


@pytest.mark.parametrize(
    ("text", "filters"),
    [
        ("", []),
        ("   ", []),
        ("all:prod all:db", [("all", "prod"), ("all", "db")]),
        ("prod name:x", [("name", "x")]),
        ("name:prod/", [("name", "prod/")]),
        ("tag:team=pay", [("tag-key", "team"), ("tag-value", "pay")]),
        ("tag:team", [("tag-key", "team")]),
        ("tag:=pay", [("tag-value", "pay")]),
        ("tag:a=b=c", [("tag-key", "a"), ("tag-value", "b=c")]),
        ("tag-key:t tag-value:v", [("tag-key", "t"), ("tag-value", "v")]),
        ("primary-region:eu-west-1 owning-service:rds", [("primary-region", "eu-west-1"), ("owning-service", "rds")]),
        ("!tmp !name:dev !tag:old", [("all", "!tmp"), ("name", "!dev"), ("tag-key", "!old")]),
        ('description:"main db" all:"two words"', [("description", "main db"), ("all", "two words")]),
        ('!description:"main db"', [("description", "!main db")]),
        ('tag:"on call=day shift"', [("tag-key", "on call"), ("tag-value", "day shift")]),
        ("https://db:5432 unknown:x", []),
        ('description:"still typ', [("description", "still typ")]),
        ("name: ! tag:= !name: stage: rotation:o deleted:on \"", []),
        ("name:prod/,dev/", [("name", "prod/", "dev/")]),
        ("tag:env=prod,dev", [("tag-key", "env"), ("tag-value", "prod", "dev")]),
        ("!name:prod/,dev/", [("name", "!prod/"), ("name", "!dev/")]),
        ("name:,a,", [("name", "a")]),
    ],
)  # fmt: skip
def test_what_is_typed_becomes_filters(text: str, filters: list[tuple[str, ...]]) -> None:
    """Each word becomes a filter with AWS's keys; an incomplete key does not filter yet."""
    assert asked(text) == filters
    assert parse_filter(text).ignored == ()


def test_words_without_a_key_are_found_here() -> None:
    """They are fuzzy, quoted ones exact. Where the list is too long, they become filters, as with `all:`."""
    text = 'paydb "two words" !tmp name:x https://db:5432'
    found = parse_filter(text)

    assert found.words == (Word("paydb"), Word("two words", is_exact=True), Word("https://db:5432"))
    assert asked(text) == [("all", "!tmp"), ("name", "x")]
    searched = parse_filter(text, finds_words=False)
    assert searched.words == ()
    assert [each["Values"] for each in searched.filters] == [
        ["paydb"], ["two words"], ["!tmp"], ["x"], ["https://db:5432"]]


DAY = timedelta(days=1)
OLD: Any = {"Name": "old", "LastChangedDate": NOW - 100 * DAY, "CreatedDate": NOW - 200 * DAY}
NEW: Any = {"Name": "new", "LastChangedDate": NOW - DAY, "CreatedDate": NOW - DAY, "RotationEnabled": True,
            "NextRotationDate": NOW - DAY, "SecretVersionsToStages": {"1": ["AWSCURRENT"], "2": ["AWSPENDING", "Blue"]}}
READ: Any = {"Name": "read", "LastChangedDate": NOW - 100 * DAY, "CreatedDate": NOW - 400 * DAY,
             "LastAccessedDate": NOW - 12 * DAY, "RotationEnabled": True, "NextRotationDate": NOW + DAY}
GOING: Any = {"Name": "going", "LastChangedDate": NOW, "CreatedDate": NOW - 400 * DAY, "DeletedDate": NOW + DAY}


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("deleted:only", "going"),
        ("deleted:too", "old new read going"),
        ("!deleted:only", "old new read"),
        ("stage:AWSPENDING", "new"),
        ("stage:blu", "new"),
        ("!stage:AWSPENDING", "old read going"),
        ("rotation:on", "new read"),
        ("rotation:off", "old going"),
        ("rotation:overdue", "new"),
        ("!rotation:overdue rotation:on", "read"),
        ("older:90d", "old read"),
        ("older:90", "old read"),
        ("older:15w", ""),
        ("older:3m", "old read"),
        ("older:1h", "old new read"),
        ("unused:90d", "old going"),
        ("unused:1y", "going"),
        ("unused:1w older:90d", "old read"),
        ("older:99999y", ""),
    ],
)
def test_words_of_our_own(text: str, kept: str) -> None:
    """smtui's own keys filter the response. Ages are in hours, days, weeks, months of 30 days, or years."""
    search = parse_filter(text)

    assert (search.filters, search.ignored) == ((), ())
    entries = (OLD, NEW, READ, GOING)
    assert [entry["Name"] for entry in entries if all(keep(entry, NOW) for keep in search.predicates)] == kept.split()


@pytest.mark.parametrize(
    ("text", "planned"), [("deleted:only", True), ("deleted:too", True), ("!deleted:only", False), ("prod", False)]
)
def test_planned_deletions_are_asked_for_where_they_are_wanted(text: str, planned: bool) -> None:
    assert ListQuery(text).build_request()["IncludePlannedDeletion"] is planned


@pytest.mark.parametrize(
    "text", ["all:[", "all:a*b", "!naïve", "name:a\x1b]52;c;x\x07", "!tag:team=pay", "deleted:yes", "older:soon",
             "rotation:maybe", "unused:12q", "name:" + ",".join("abcdefghijk"), "all:" + "x" * 600],
)
def test_what_cannot_be_asked_is_said(text: str) -> None:
    """The message names the invalid word, and the other words filter."""
    search = parse_filter(f"name:prod {text}")

    assert [filter["Values"] for filter in search.filters] == [["prod"]]
    assert [sentence.startswith(f"{text} is ignored") for sentence in search.ignored] == [True]


@pytest.mark.parametrize(("word", "hint"), [
    ("older:", "older: is incomplete: add a value"),
    ("name:", "name: is incomplete: add a value (names starting with"),
    ("!tag:", "!tag: is incomplete"),
    ('name:""', "is incomplete"),
    ("!", "! is incomplete"),
    ("foo:bar", "foo: is not a filter key, so foo:bar is searched for as text. Keys are all, deleted,"),
    ("naem:prod", "Did you mean name:?"),
    ("expires:", "expires: is not a filter key"),
    ('"prod db', "has no closing quotation mark"),
    ('name:"prod', "has no closing quotation mark"),
])  # fmt: skip
def test_a_word_that_means_nothing_is_hinted_at(word: str, hint: str) -> None:
    """The hint appears for words at the start, in the middle and at the end."""
    for text in (word, f"prod {word}"):
        [said] = parse_filter(text).hints
        assert hint in said


@pytest.mark.parametrize("text", ["", "prod db", "name:prod !tmp", "older:90d", '"two words" tag:team=web', "older:1x",
                                  "https://example.com", "arn:aws:secretsmanager:us-east-1:1:secret:a"])
def test_what_is_clear_needs_no_hint(text: str) -> None:
    assert parse_filter(text).hints == ()


def test_more_conditions_than_a_list_takes() -> None:
    """The first ten conditions are sent, and a message names each further one."""
    search = parse_filter(" ".join(f"all:w{number}" for number in range(MAX_FILTERS + 2)))

    assert len(search.filters) == MAX_FILTERS
    assert [sentence.split()[0] for sentence in search.ignored] == ["all:w10", "all:w11"]


@settings(max_examples=200)
@given(st.text() | st.text("abc !:=,\"[tag-keynamoldr123d", max_size=80))
def test_no_text_makes_a_request_that_is_refused(client: Any, text: str) -> None:
    """Any text gives a valid request."""
    client.list_secrets(**ListQuery(text).build_request())
