"""The difference between two values as screens describe it: sentences about keys, without their values."""

from __future__ import annotations

from collections.abc import Iterator

from smtui.text.json_object import read_members
from smtui.text.sanitize import SafeText, sanitize
from smtui.text.value_diff import DiffState, Value, compare_values


def describe_diff(before: Value, after: Value) -> list[SafeText]:
    """Describes in sentences what a new value changes, key by key; empty if both have the same bytes."""
    if before == after:
        return []
    found = compare_values(before, after)
    if found[0].path:
        lines = [sanitize(f"{state.value} {each.name} {_VERBS[state]}") for state in _VERBS
                 for each in found if each.state is state]
        return lines or [SafeText("~ formatting only (whitespace, order, escapes); the data is unchanged")]
    return [SafeText("~ the entire value changes"), *_describe_lost_keys(before, after)]


def _describe_lost_keys(before: Value, after: Value) -> Iterator[SafeText]:
    """Warns if a JSON object is replaced by something without keys, which may be a mistake."""
    count = len(read_members(before)) if isinstance(before, str) else 0
    if count:
        what = f"binary, {len(after):,} bytes" if isinstance(after, bytes) else "text"
        keys = "1 key" if count == 1 else f"{count:,} keys"
        yield sanitize(f"▲ {what}, not a JSON object; {keys} will be lost")


_VERBS = {DiffState.ADDED: "added", DiffState.CHANGED: "changed", DiffState.REMOVED: "removed"}
