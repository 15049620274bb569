"""What every format is read into: a name, a value, and where they stood."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from smtui.cli.exits import UsageError

Value = str | bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """One secret to be. Its value is kept out of its representation. `owner` is the AWS service that manages it."""

    name: str
    value: Value = field(repr=False)
    place: str
    owner: str | None = None

    def named(self, name: str) -> Entry:
        return replace(self, name=name)


def unreadable(place: str, reason: str) -> UsageError:
    """The error for a file that cannot be read as it should; `reason` never holds a value."""
    return UsageError(f"{place}: {reason}.", hint="Nothing was imported.")


def refuse_doubles(entries: Iterable[Entry]) -> None:
    """Raises UsageError where two entries have one name: which of them counts is not ours to guess."""
    seen: dict[str, str] = {}
    for entry in entries:
        if entry.name in seen:
            raise unreadable(entry.place, f"{entry.name} is given twice, first at {seen[entry.name]}")
        seen[entry.name] = entry.place
