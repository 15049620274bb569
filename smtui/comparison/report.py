"""The result of a comparison in words: names and keys, and no value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from smtui.comparison.compare import Pair, Status, count_statuses
from smtui.comparison.differences import Difference
from smtui.text.sanitize import sanitize

SIGNS = {Status.DIFFERS: "~", Status.CONFLICT: "!", Status.ROTATES_THERE: "r", Status.ONLY_LEFT: "<",
         Status.ONLY_RIGHT: ">"}
PHRASES = {Status.SAME: "same", Status.DIFFERS: "different", Status.CONFLICT: "in conflict",
           Status.ROTATES_THERE: "rotating on the right", Status.ONLY_LEFT: "only on the left",
           Status.ONLY_RIGHT: "only on the right"}
NOTHING = "no secrets to compare"


def format_lines(pairs: Sequence[Pair]) -> Iterator[str]:
    """A line for each pair that is not the same, and the counts."""
    for pair in pairs:
        if pair.status is not Status.SAME:
            yield f"{SIGNS[pair.status]} {format_names(pair)}{format_reason(pair)}"
    yield summarize(pairs)


def summarize(pairs: Sequence[Pair]) -> str:
    """The number of pairs, in total and of each status."""
    if not pairs:
        return NOTHING
    counts = ", ".join(f"{count:,} {PHRASES[status]}" for status, count in count_statuses(pairs).items())
    return f"{len(pairs):,} secret{'' if len(pairs) == 1 else 's'} compared: {counts}"


def format_reason(pair: Pair) -> str:
    """What differs, after a colon; empty if the secret is on one side only."""
    parts = [describe_difference(each) for each in pair.differences]
    if pair.newer:
        parts.append(f"the {pair.newer} side is newer")
    if pair.left is not None and pair.right is not None and pair.right.is_scheduled:
        parts.append("scheduled for deletion on the right")
    return f": {'; '.join(parts)}" if parts else ""


def describe_difference(difference: Difference) -> str:
    """The part, the keys with their signs, and the note: `value +port ~password`."""
    words = [difference.part.value, *(f"{key.state.value}{key.name}" for key in difference.keys)]
    note = f" ({sanitize(difference.note)})" if difference.note else ""
    return f"{' '.join(words)}{note}"


def format_names(pair: Pair) -> str:
    """The name, or both if they differ."""
    if pair.left is None or pair.left.name == pair.name:
        return pair.name
    return f"{pair.left.name} -> {pair.name}"
