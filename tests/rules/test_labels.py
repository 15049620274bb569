"""The rule by which staging labels move."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtui.rules import labels
from smtui.rules.labels import AWSCURRENT, AWSPENDING, AWSPREVIOUS

VERSIONS = st.sampled_from("abcde")
LABELS = st.sampled_from([AWSCURRENT, AWSPREVIOUS, AWSPENDING, "blue", "green"])
STATES = st.dictionaries(LABELS, VERSIONS).map(lambda state: {AWSCURRENT: "a", **state})


def test_the_first_version_takes_the_labels_it_is_given() -> None:
    """There is nothing to take AWSPREVIOUS from."""
    assert labels.attach({}, "a", [AWSCURRENT]) == {AWSCURRENT: "a"}


def test_a_new_current_version_leaves_awsprevious_behind() -> None:
    """Whoever had AWSPREVIOUS loses it to the version AWSCURRENT left."""
    before = {AWSCURRENT: "b", AWSPREVIOUS: "a"}

    assert labels.attach(before, "c", [AWSCURRENT]) == {AWSCURRENT: "c", AWSPREVIOUS: "b"}


def test_a_version_with_other_labels_leaves_awscurrent_alone() -> None:
    """Exactly the labels named go to the new version."""
    before = {AWSCURRENT: "a", AWSPENDING: "b"}

    assert labels.attach(before, "c", [AWSPENDING]) == {AWSCURRENT: "a", AWSPENDING: "c"}


def test_promoting_the_pending_version_keeps_its_awspending() -> None:
    """AWSPENDING and AWSCURRENT may be on one version until the former is removed."""
    before = {AWSCURRENT: "a", AWSPENDING: "b"}

    after = labels.move(before, AWSCURRENT, remove_from="a", move_to="b")

    assert after == {AWSCURRENT: "b", AWSPENDING: "b", AWSPREVIOUS: "a"}


def test_rolling_back_swaps_current_and_previous() -> None:
    """The usual way back: AWSCURRENT to the version that has AWSPREVIOUS."""
    before = {AWSCURRENT: "b", AWSPREVIOUS: "a"}

    after = labels.move(before, AWSCURRENT, remove_from="b", move_to="a")

    assert after == {AWSCURRENT: "a", AWSPREVIOUS: "b"}


@pytest.mark.parametrize("remove_from", [None, "b"])
def test_a_label_elsewhere_must_be_named(remove_from: str | None) -> None:
    """A label that another version carries moves only if that version is named."""
    with pytest.raises((labels.LabelElsewhereError, labels.LabelNotAttachedError)):
        labels.move({AWSCURRENT: "a"}, AWSCURRENT, remove_from=remove_from, move_to="c")


def test_awscurrent_is_never_taken_away() -> None:
    """A secret with a value always has a current one."""
    with pytest.raises(labels.CurrentWithoutTargetError):
        labels.move({AWSCURRENT: "a"}, AWSCURRENT, remove_from="a", move_to=None)


@given(STATES, LABELS, VERSIONS)
def test_a_correct_move_puts_the_label_there_and_keeps_current(state: dict, label: str, target: str) -> None:
    """Whatever the state: the label ends where it was sent, AWSCURRENT is somewhere, nothing unrelated moves."""
    after = labels.move(state, label, remove_from=state.get(label), move_to=target)

    assert after[label] == target
    assert AWSCURRENT in after
    touched = {label, AWSPREVIOUS} if label == AWSCURRENT else {label}
    assert {k: v for k, v in after.items() if k not in touched} == {k: v for k, v in state.items() if k not in touched}


@given(STATES, VERSIONS)
def test_moving_current_away_and_back_restores_it(state: dict, target: str) -> None:
    """Undo of a move of AWSCURRENT is the inverse move."""
    start = state[AWSCURRENT]

    there = labels.move(state, AWSCURRENT, remove_from=start, move_to=target)
    back = labels.move(there, AWSCURRENT, remove_from=target, move_to=start)

    assert back[AWSCURRENT] == start


@given(STATES, VERSIONS, st.sets(LABELS))
def test_a_new_version_never_takes_what_was_not_named(state: dict, version: str, new: set[str]) -> None:
    """Labels not named stay, but for AWSPREVIOUS when AWSCURRENT moves."""
    after = labels.attach(state, "new", new)

    for label, holder in state.items():
        if label not in new and not (label == AWSPREVIOUS and AWSCURRENT in new):
            assert after[label] == holder
    if AWSCURRENT in new:
        assert after[AWSPREVIOUS] == state[AWSCURRENT]


def test_labels_are_read_in_an_order() -> None:
    """Which version is current is what one looks for first."""
    assert labels.sort_labels({"blue", "AWSPREVIOUS", "2026-q1", "AWSCURRENT"}) == [
        "AWSCURRENT", "AWSPREVIOUS", "2026-q1", "blue"]
