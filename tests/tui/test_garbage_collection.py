"""Tests that full collections of garbage run while the user rests."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from smtui.tui.garbage_collection import DUE, LONG_REST, RARELY, SHORT_REST, CollectionAtRest


@pytest.fixture
def collected(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Records what is done to the collector of Python instead of doing it; a full collection is due."""
    done: list[str] = []
    monkeypatch.setattr(gc, "collect", lambda generation=2: done.append(f"collect {generation}"))
    monkeypatch.setattr(gc, "freeze", lambda: done.append("freeze"))
    monkeypatch.setattr(gc, "unfreeze", lambda: done.append("unfreeze"))
    monkeypatch.setattr(gc, "get_count", lambda: (0, 0, DUE))
    before = gc.get_threshold()
    yield done
    gc.set_threshold(*before)


def test_no_full_collection_while_keys_come(collected: list[str]) -> None:
    collection = CollectionAtRest()
    collection.put_off()
    collection.collect(SHORT_REST / 2)

    assert collected == []
    assert gc.get_threshold()[2] in {RARELY, 0}, "a user who never rests is bounded all the same; 3.14 has no third"


def test_a_due_collection_runs_at_rest(collected: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    collection = CollectionAtRest()
    collection.put_off()
    collection.collect(SHORT_REST)
    monkeypatch.setattr(gc, "get_count", lambda: (0, 0, DUE - 1))
    collection.collect(SHORT_REST)

    assert collected == ["collect 2"]


def test_frozen_objects_are_looked_at_once_in_a_long_rest(
    collected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was frozen and is garbage by now, such as a closed screen, does not stay until the lock."""
    collection = CollectionAtRest()
    collection.put_off()
    monkeypatch.setattr(gc, "get_count", lambda: (0, 0, 0))
    collection.freeze_all()
    for rest in (SHORT_REST, LONG_REST, LONG_REST + 1):
        collection.collect(rest)

    assert collected == ["collect 1", "freeze", "unfreeze", "collect 2", "freeze"]


def test_the_tests_and_other_programs_keep_pythons_own_collections(collected: list[str]) -> None:
    CollectionAtRest().collect(LONG_REST)

    assert collected == []
