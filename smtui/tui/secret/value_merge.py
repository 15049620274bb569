"""Merging two changes of one value, key by key."""

from __future__ import annotations

from smtui.text.json_object import JsonObject, read_object
from smtui.text.sanitize import SafeText, sanitize
from smtui.text.value_diff import DiffState, compare_values
from smtui.tui.secret.values import Value

MAX_NAMES = 8
ONLY_FORMATTING = SafeText("formatting only")
WHOLE_TEXT = SafeText("entire text")


def list_changed_keys(before: Value, after: Value) -> SafeText:
    """Lists the names of the keys that differ, without their values."""
    found = compare_values(before, after)
    if not found[0].path:
        return WHOLE_TEXT if before != after else SafeText("nothing")
    names = [each.name for each in found if each.state is not DiffState.SAME]
    if not names:
        return ONLY_FORMATTING if before != after else SafeText("nothing")
    more = f" and {len(names) - MAX_NAMES} more" if len(names) > MAX_NAMES else ""
    return sanitize(", ".join(names[:MAX_NAMES]) + more)


def apply_changes(before: Value, mine: Value, theirs: Value) -> str | None:
    """Applies the keys that differ between `before` and `mine` to `theirs`, whose other bytes stay.

    Returns:
        None if one of the three has no keys, if both sides changed a key, or if `mine` changes no key.
    """
    objects = _read_objects(before, mine, theirs)
    if objects is None:
        return None
    old, new, other = objects
    changed = _find_changed_keys(old, new)
    if not changed or changed & _find_changed_keys(old, other):
        return None
    return _put_keys(changed, new, other)


def combine_texts(before: Value, mine: str, theirs: Value) -> str:
    """Returns a text to go on editing after others stored `theirs`: keys that `mine` left as they were follow.

    Keys that `mine` changed keep its values, also where both sides changed a key. A text without keys stays.
    """
    objects = _read_objects(before, mine, theirs)
    if objects is None:
        return mine
    old, new, other = objects
    return _put_keys(_find_changed_keys(old, new), new, other)


def _read_objects(before: Value, mine: Value, theirs: Value) -> tuple[JsonObject, JsonObject, JsonObject] | None:
    if isinstance(before, bytes) or isinstance(mine, bytes) or isinstance(theirs, bytes):
        return None
    old, new, other = read_object(before), read_object(mine), read_object(theirs)
    return None if old is None or new is None or other is None else (old, new, other)


def _put_keys(changed: set[str], new: JsonObject, other: JsonObject) -> str:
    """The text of `other` with the keys in `changed` as they are in `new`."""
    kept = {index: _format_member(other, new, key, changed) for index, key in enumerate(other.keys)
            if key not in changed or new.find(key)}
    added = [other.format_member(member.key, member.source) for member in new.members
             if member.key in changed and other.find(member.key) is None]
    return other.rewrite(kept, added)


def _find_changed_keys(before: JsonObject, after: JsonObject) -> set[str]:
    """The keys that differ or that only one object has. The source text counts: `1.10` differs from `1.1`."""
    old, new = ({member.key: member.source for member in each.members} for each in (before, after))
    return {key for key in {*old, *new} if old.get(key) != new.get(key)}


def _format_member(other: JsonObject, new: JsonObject, key: str, changed: set[str]) -> str:
    member, mine = other.find(key), new.find(key) if key in changed else None
    assert member is not None, "a key of this object"
    return other.text[member.start : member.value_start] + (mine or member).source
