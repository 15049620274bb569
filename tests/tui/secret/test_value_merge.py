"""Tests of merging two changes of one value."""

from __future__ import annotations

import pytest

from smtui.tui.secret.value_merge import apply_changes, combine_texts

BEFORE = '{"user": "app", "port": 1.10, "old": true}'


@pytest.mark.parametrize(("mine", "theirs", "rebased"), [
    ('{"user": "me", "port": 1.10, "old": true}', '{"user":"app","port":2,"old":true}',
     '{"user":"me","port":2,"old":true}'),
    ('{"user": "me", "port": 1.10, "old": true}', '{"user": "them", "port": 2, "old": true}',
     '{"user": "me", "port": 2, "old": true}'),
    ('{"user": "app", "port": 1.10}', '{"user": "them", "port": 1.10, "old": true}', '{"user": "them", "port": 1.10}'),
    ('{"user": "app", "port": 1.10, "old": true, "new": 1}', '{"port": 1.10}', '{"port": 1.10, "new": 1}'),
    (BEFORE, '{"user": "them"}', '{"user": "them"}'),
    ("my text", '{"user": "them"}', "my text"),
    ('{"user": "me"}', "their text", '{"user": "me"}'),
])
def test_keys_that_i_left_alone_follow_and_mine_stay(mine: str, theirs: str, rebased: str) -> None:
    assert combine_texts(BEFORE, mine, theirs) == rebased


def test_a_key_that_both_changed_is_not_merged_unasked() -> None:
    mine, theirs = BEFORE.replace("app", "me"), BEFORE.replace("app", "them")

    assert apply_changes(BEFORE, mine, theirs) is None
    assert apply_changes(BEFORE, mine, BEFORE.replace("1.10", "2")) == mine.replace("1.10", "2")
