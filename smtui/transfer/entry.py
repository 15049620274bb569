"""What every format is read into: a name, a value, what else is known, and where it stood."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from smtui import strict_json
from smtui.transfer.errors import UnreadableFileError

Value = str | bytes

PLACES_KNOWN = 10_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One secret to be. Its value is kept out of its representation. `owner` is the AWS service that manages it.

    `about` holds further members of CreateSecret: Description, Tags, Type.
    """

    name: str
    value: Value = field(repr=False)
    place: str
    owner: str | None = None
    about: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def named(self, name: str) -> Entry:
        return replace(self, name=name)


def unreadable(place: str, reason: str) -> UnreadableFileError:
    """The error for a file that cannot be read as it should; `reason` never holds a value."""
    return UnreadableFileError(f"{place}: {reason}.", hint="Nothing was imported.")


def refuse_doubles(entries: Iterable[Entry]) -> None:
    """Raises UnreadableFileError where two entries have one name: which of them counts is not ours to guess."""
    for _ in once_each(entries):
        pass


def once_each(entries: Iterable[Entry]) -> Iterator[Entry]:
    """The same for entries on their way. Of names beyond so many it is only known that they were there."""
    places: dict[int, str] = {}
    for entry in entries:
        name = hash(entry.name)
        if name in places:
            first = f", first at {places[name]}" if places[name] else ""
            raise unreadable(entry.place, f"{entry.name} is given twice{first}")
        places[name] = entry.place if len(places) < PLACES_KNOWN else ""
        yield entry


def prefixed(entries: Iterable[Entry], prefix: str) -> list[Entry]:
    """Each under its name with something before it. Raises UnreadableFileError for one without a name."""
    return [with_prefix(entry, prefix) for entry in entries]


def with_prefix(entry: Entry, prefix: str) -> Entry:
    if not entry.name:
        raise unreadable(entry.place, "a name is empty")
    return entry.named(prefix + entry.name) if prefix else entry


def as_one(entries: Sequence[Entry], name: str) -> Entry:
    """One secret of them all: a JSON object with a key for each. Raises UnreadableFileError where one is binary."""
    binary = next((entry for entry in entries if isinstance(entry.value, bytes)), None)
    if binary is not None:
        raise unreadable(binary.place, "binary values cannot be part of a JSON object")
    return Entry(name, strict_json.write({entry.name: entry.value for entry in entries}), entries[0].place)
