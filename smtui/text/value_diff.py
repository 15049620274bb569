"""The difference between two values: the names of the keys that differ, without their values.

It descends into nested objects, so a key is a path: `db.password`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from smtui.text.json_object import JsonMember, read_members, read_object
from smtui.text.sanitize import SafeText, sanitize

KeyPath = tuple[str, ...]
Value = str | bytes


class DiffState(Enum):
    """The state of a key from the first value to the second. Its sign shows it without colour."""

    ADDED = "+"
    CHANGED = "~"
    REMOVED = "-"
    SAME = "="


@dataclass(frozen=True, slots=True)
class KeyDiff:
    """A key and its state. The empty path stands for the entire value."""

    path: KeyPath
    state: DiffState

    @property
    def name(self) -> SafeText:
        return sanitize(".".join(self.path) or "the entire value")


def compare_values(before: Value, after: Value) -> list[KeyDiff]:
    """Compares key by key if both values have keys, otherwise as a whole."""
    keys = list(_compare_keys(before, after, ())) if isinstance(before, str) and isinstance(after, str) else []
    return keys or [KeyDiff((), DiffState.SAME if before == after else DiffState.CHANGED)]


def _compare_keys(before: str, after: str, path: KeyPath) -> Iterator[KeyDiff]:
    """Nothing if one text has no keys. The keys of the second come first, then those that only the first has."""
    old, new = ({each.key: each for each in read_members(text)} for text in (before, after))
    if not old or not new:
        return
    for key, member in new.items():
        yield from _compare_key(old.get(key), member, (*path, key))
    yield from (KeyDiff((*path, key), DiffState.REMOVED) for key in old if key not in new)


def _compare_key(old: JsonMember | None, new: JsonMember, path: KeyPath) -> Iterator[KeyDiff]:
    if old is None:
        yield KeyDiff(path, DiffState.ADDED)
    elif (old.is_text, old.text) == (new.is_text, new.text):
        yield KeyDiff(path, DiffState.SAME)
    else:
        inside = [] if old.is_text or new.is_text else list(_compare_keys(old.text, new.text, path))
        yield from inside or [KeyDiff(path, DiffState.CHANGED)]


def extract_path(value: Value, path: KeyPath, *, to_show: bool = False) -> Value | None:
    """The value at a path; None if there is none.

    Args:
        value: the entire value.
        path: the keys from the outermost object inwards.
        to_show: whether the result is only shown. A string that UTF-8 cannot encode is then its JSON source.

    Raises:
        LoneSurrogateError: the result is such a string, and `to_show` is False.
    """
    found: Value | None = value
    for key in path:
        held = read_object(found) if isinstance(found, str) else None
        member = held.find(key) if held else None
        if member is None:
            return None
        found = member.text if to_show else member.get_encodable_text()
    return found
