"""Combines the entries of an import into one secret, and says what that leaves behind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from smtui.text import strict_json
from smtui.transfer.entry import Entry, make_unreadable_error
from smtui.transfer.item import LeftBehind
from smtui.transfer.mapping import FROM_TAG, ID_TAG


def combine(entries: Sequence[Entry], name: str) -> Entry:
    """One entry for all: a JSON object with a key for each, or the only one if it has no name of its own.

    Raises:
        UnreadableFileError: if one is binary.
    """
    if is_alone(entries):
        return entries[0].rename(name)
    binary = next((entry for entry in entries if isinstance(entry.value, bytes)), None)
    if binary is not None:
        raise make_unreadable_error(binary.place, "binary values cannot be part of a JSON object")
    return Entry(name, strict_json.format_json({entry.name: entry.value for entry in entries}), entries[0].place)


def is_alone(entries: Sequence[Entry]) -> bool:
    """Whether this is one entry without a name of its own, which is not combined but named."""
    return len(entries) == 1 and entries[0].is_unnamed


def describe_losses(entries: Sequence[Entry], left_behind: Iterable[LeftBehind]) -> list[LeftBehind]:
    """What stays behind if the entries are combined: also their descriptions, tags and types, and all older values.

    No option imports older values or attachments then.
    """
    if is_alone(entries):
        return [*left_behind]
    kept = (replace(each, option="") if each.option in ("--history", "--attachments") else each for each in left_behind)
    return [*kept, *_list_losses(entries)]


def _list_losses(entries: Sequence[Entry]) -> Iterator[LeftBehind]:
    tags = sum(tag.get("Key") not in (FROM_TAG, ID_TAG) for entry in entries for tag in entry.metadata.get("Tags", ()))
    kinds = (
        LeftBehind(sum(len(entry.history) for entry in entries), "older value", "older values"),
        LeftBehind(sum("Description" in entry.metadata for entry in entries), "description", "descriptions"),
        LeftBehind(tags, "tag", "tags"),
        LeftBehind(sum("Type" in entry.metadata for entry in entries), "type of a secret", "types of secrets"),
    )
    yield from (kind for kind in kinds if kind.number)
