"""Finds conflicts between the keys of two actions."""

from __future__ import annotations

from collections.abc import Mapping

from smtui.tui.keys import SHORTCUTS
from smtui.tui.shortcut import Shortcut

EVERYWHERE = "everywhere"
IN_LISTS = "list"


def find_conflict(key: str, wanted: Shortcut, chosen: Mapping[str, str]) -> Shortcut | None:
    """Finds another action that has the key in a place where both can be active; None if there is none.

    Args:
        key: the key.
        wanted: the action that would get it.
        chosen: the user's keys, by the id of the action.
    """
    for other in SHORTCUTS:
        keys = chosen.get(other.id, other.keys).split(",")
        if other.id != wanted.id and key in keys and _can_conflict(other.place, wanted.place):
            return other
    return None


def _can_conflict(one: str, other: str) -> bool:
    """Whether the actions of two places can be active at the same time."""
    return one == other or EVERYWHERE in (one, other) or IN_LISTS in (one, other)
