"""`Entry`: one secret of an import file, the result of every format; and operations on lists of entries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from smtui.text.interruption import check_interruption
from smtui.transfer.errors import RepeatedNameError, UnreadableFileError

Value = str | bytes

MAX_PLACES = 10_000
"""Places kept for messages about duplicates; of further names only a hash is kept."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One secret of a file. Its `repr` has no value.

    `place` is its position in the file, for messages. `owner` is the AWS service that manages it. `metadata` has
    further members of CreateSecret: Description, Tags, Type. `origin` says what it was in the file, for the plan.
    `history` has earlier values, the oldest first, which become older versions of a new secret. `is_unnamed` if the
    file has no name for it.
    """

    name: str
    value: Value = field(repr=False)
    place: str
    owner: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict, repr=False)
    origin: str = field(default="", repr=False)
    history: tuple[Value, ...] = field(default=(), repr=False)
    is_unnamed: bool = False

    def rename(self, name: str) -> Entry:
        """A copy with another name."""
        return replace(self, name=name)


def make_unreadable_error(place: str, reason: str) -> UnreadableFileError:
    """The error for a file that is not valid; `reason` contains no secret value."""
    return UnreadableFileError(f"{place}: {reason}.", hint="Nothing was imported.")


def refuse_duplicates(entries: Iterable[Entry]) -> None:
    """Raises RepeatedNameError if two entries have the same name."""
    for _ in require_unique(entries):
        pass


def require_unique(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Passes the entries on. Raises RepeatedNameError at the second one of a name."""
    places: dict[int, str] = {}
    for entry in entries:
        check_interruption()
        name = hash(entry.name)
        if name in places:
            first = f", first at {places[name]}" if places[name] else ""
            raise RepeatedNameError(f"{entry.place}: {entry.name} is given twice{first}.", hint="Nothing was imported.")
        places[name] = entry.place if len(places) < MAX_PLACES else ""
        yield entry


def add_prefixes(entries: Iterable[Entry], prefix: str) -> list[Entry]:
    """The entries with `prefix` before each name. Raises UnreadableFileError if a name is empty."""
    return [add_prefix(entry, prefix) for entry in entries]


def add_prefix(entry: Entry, prefix: str) -> Entry:
    """The entry with `prefix` before its name. Raises UnreadableFileError if the name is empty."""
    if not entry.name:
        raise make_unreadable_error(entry.place, "a name is empty")
    return entry.rename(prefix + entry.name) if prefix else entry
