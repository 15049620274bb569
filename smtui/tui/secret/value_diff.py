"""The difference between two values: the names of the keys that differ, without their values.

It descends into nested objects, so a key is a path: `db.password`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from smtui.text.json_object import JsonMember, read_members
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.secret.values import Value, extract_part

KeyPath = tuple[str, ...]


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
        return sanitize(".".join(self.path) or "the whole value")


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
        to_show: whether the result is only shown, as in `extract_part`.

    Raises:
        LoneSurrogateError: the result is a string that UTF-8 cannot encode, and `to_show` is False.
    """
    found: Value | None = value
    for key in path:
        found = None if found is None else extract_part(found, key, to_show=to_show)
    return found


def describe_diff(before: Value, after: Value) -> list[SafeText]:
    """Describes in sentences what a new value changes, key by key; empty if both have the same bytes."""
    if before == after:
        return []
    found = compare_values(before, after)
    if found[0].path:
        lines = [sanitize(f"{state.value} {each.name} {_VERBS[state]}") for state in _VERBS
                 for each in found if each.state is state]
        return lines or [SafeText("~ only spelling changes: spaces, order, escapes")]
    return [SafeText("~ the whole value changes"), *_describe_lost_keys(before, after)]


def _describe_lost_keys(before: Value, after: Value) -> Iterator[SafeText]:
    """Warns if a JSON object is replaced by something without keys, which may be a mistake."""
    keys = len(read_members(before)) if isinstance(before, str) else 0
    if keys:
        what = f"binary, {len(after):,} bytes" if isinstance(after, bytes) else "text"
        yield sanitize(f"▲ it is {what}, no JSON with keys; there were {keys}")


_VERBS = {DiffState.ADDED: "is new", DiffState.CHANGED: "changes", DiffState.REMOVED: "is left out"}
