"""Whether a key is free for an action: what else it would do in the same place."""

from __future__ import annotations

from collections.abc import Mapping

from smtui.tui.keys import SHORTCUTS, Shortcut

EVERYWHERE = "everywhere"
IN_LISTS = "list"


def find_conflict(key: str, wanted: Shortcut, chosen: Mapping[str, str]) -> Shortcut | None:
    """The action that has this key where `wanted` would have it; `chosen` are the person's own keys by id."""
    for other in SHORTCUTS:
        keys = chosen.get(other.id, other.keys).split(",")
        if other.id != wanted.id and key in keys and _can_conflict(other.place, wanted.place):
            return other
    return None


def _can_conflict(one: str, other: str) -> bool:
    """Whether both can be asked for at the same moment."""
    return one == other or EVERYWHERE in (one, other) or IN_LISTS in (one, other)
