"""Tests of fuzzy matching: what matches, which characters, and how well."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtui.rules.fuzzy import (
    INSIDE,
    NO_MATCH,
    SCATTERED,
    START,
    WHOLE,
    Word,
    find_positions,
    fold_case,
    mark_segments,
    rate_match,
    score_positions,
    score_scattered,
    sort_matches,
)

DB = "prod/payments/db"
TEXTS = st.text(st.sampled_from("aAbBß/İ-_.^]\\[ \n"), max_size=30) | st.text(max_size=20)
WORDS = st.builds(Word, TEXTS.filter(bool), st.booleans())


def rate(word: str, name: str) -> int:
    folded = fold_case(name)
    return rate_match(Word(word), folded, mark_segments(folded))


@pytest.mark.parametrize(("word", "name", "matches"), [
    ("paydb", DB, True),
    ("ayment", DB, True),
    ("PAYDB", DB, False),
    ("PAYDB", DB.upper(), True),
    ("paydb", DB.upper(), True),
    ("bdyap", DB, False),
    ("dbb", DB, False),
    ("pay.db", DB, False),
    ("[^", "a[b^", True),
])  # fmt: skip
def test_the_characters_in_order_with_smart_case(word: str, name: str, matches: bool) -> None:
    assert Word(word).matches(name) is matches


def test_an_exact_word_is_consecutive() -> None:
    assert Word("payments/d", is_exact=True).matches(DB)
    assert not Word("paydb", is_exact=True).matches(DB)
    assert find_positions(Word("paydb", is_exact=True), DB) == ()


@pytest.mark.parametrize(("word", "shown"), [
    ("paydb", "prod/[pay]ments/[db]"),
    ("ayment", "prod/p[ayment]s/db"),
    ("d", "prod/payments/[d]b"),
    ("db", "prod/payments/[db]"),
    ("pdb", "prod/[p]ayments/[db]"),
    ("prod/db", "[prod]/payments[/db]"),
])  # fmt: skip
def test_which_characters_are_shown(word: str, shown: str) -> None:
    """A word that is a segment or starts one is shown there; scattered characters in the shortest span."""
    positions, text = find_positions(Word(word), DB), ""
    for at, each in enumerate(DB):
        opens = at in positions and at - 1 not in positions
        closes = at in positions and at + 1 not in positions
        text += "[" * opens + each + "]" * closes

    assert text == shown


def test_a_segment_is_better_than_its_start_than_its_inside_than_scattered_characters() -> None:
    ratings = [rate("db", name) for name in (DB, "prod/dbs", "prod/mydb", "prod/debt/blue", "prod/x")]

    assert ratings == [WHOLE, START, INSIDE, SCATTERED, NO_MATCH]


@pytest.mark.parametrize(("word", "better", "worse"), [
    ("paydb", DB, "prod/prayed/bob"),
    ("paydb", "payDb", "paydeb"),
    ("psk", "prod/session/key", "prod/espresso/akk"),
])  # fmt: skip
def test_consecutive_characters_and_starts_score(word: str, better: str, worse: str) -> None:
    scores = [score_positions(name, find_positions(Word(word), name)) for name in (better, worse)]

    assert scores[0] > scores[1]


@given(WORDS, TEXTS)
def test_a_match_is_a_subsequence(word: Word, text: str) -> None:
    """The positions ascend and hold the characters of the word; there are some exactly if the word matches."""
    positions = find_positions(word, text)

    assert bool(positions) == word.matches(text)
    if positions:
        found = "".join(text[at] for at in positions)
        assert list(positions) == sorted(set(positions))
        assert (found == word.text) if word.is_case_sensitive else (fold_case(found) == word.folded)
        assert not word.is_exact or positions[-1] - positions[0] == len(positions) - 1


@given(WORDS, WORDS, TEXTS)
def test_a_word_that_narrows_another_matches_less(word: Word, other: Word, text: str) -> None:
    longer = Word(other.text + word.text, other.is_exact or word.is_exact)

    assert longer.is_narrower_than(other)
    for each in (word, longer):
        if each.is_narrower_than(other) and each.matches(text):
            assert other.matches(text)


@given(WORDS, TEXTS)
def test_the_quick_score_is_that_of_the_positions(word: Word, text: str) -> None:
    folded = fold_case(text)
    if not word.is_exact and word.folded not in folded:
        quick = score_scattered(word, text, folded, mark_segments(folded))
        assert quick == score_positions(text, find_positions(word, text))


def test_the_best_name_comes_first() -> None:
    names = ["prod/payments/deploy", "prod/payments/db", "dev/db", "prod/web"]

    assert sort_matches("paydb", names) == ["prod/payments/db"]
    assert sort_matches("db", names) == ["dev/db", "prod/payments/db", "prod/web"]
    assert sort_matches("", names) == names
    assert sort_matches("zz", names) == []


@given(TEXTS)
def test_folding_keeps_the_length(text: str) -> None:
    assert len(fold_case(text)) == len(text)
    assert fold_case(fold_case(text)) == fold_case(text)
