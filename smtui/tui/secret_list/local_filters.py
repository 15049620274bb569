"""The words of the filter that AWS has no filter for, each declared once: the answer of ListSecrets is sifted by them.

Suggestions, help and the table in `docs/` read this list. To add a word, add a row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from smtui.tui.secret_list import rows

if TYPE_CHECKING:
    from smtui.api.types import SecretListEntry

Keeps = Callable[["SecretListEntry", datetime], bool]
"""Whether an entry stays in the list, at a moment."""


class NotAValueError(Exception):
    """What the word wants instead, as the end of a sentence."""


@dataclass(frozen=True, slots=True)
class OwnFilter:
    """`key:value`. `read` makes a test of the value, or None of one that is still being typed."""

    key: str
    values: tuple[str, ...]
    """Examples; for most words they are all there are."""
    words: str
    read: Callable[[str], Keeps | None]
    with_planned: bool = False
    """Whether secrets whose deletion is planned have to be asked for."""


def one_of(tests: Mapping[str, Keeps]) -> Callable[[str], Keeps | None]:
    """Reads one of a few values; the beginning of one says nothing yet."""

    def read(value: str) -> Keeps | None:
        if value in tests:
            return tests[value]
        if any(name.startswith(value) for name in tests):
            return None
        raise NotAValueError(f"one of {', '.join(tests)}")

    return read


def before(moment_of: Callable[[SecretListEntry], datetime | None]) -> Callable[[str], Keeps]:
    """Reads an age: what happened longer ago than that stays."""

    def read(value: str) -> Keeps:
        age = _age(value)

        def keeps(entry: SecretListEntry, now: datetime) -> bool:
            moment = moment_of(entry)
            return moment is not None and now - moment > age

        return keeps

    return read


UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1), "m": timedelta(days=30),
         "y": timedelta(days=365)}
_AGE = re.compile(r"(\d{1,5})([hdwmy]?)")


def _age(text: str) -> timedelta:
    """`90d`, `12h`, `2w`, `6m` (of 30 days), `1y`; without a unit, days."""
    found = _AGE.fullmatch(text)
    if found is None:
        raise NotAValueError("an age such as 90d, 12h, 2w, 6m or 1y")
    return int(found[1]) * UNITS[found[2] or "d"]


def _with_label(value: str) -> Keeps:
    start = value.casefold()

    def keeps(entry: SecretListEntry, now: datetime) -> bool:
        versions = entry.get("SecretVersionsToStages", {}).values()
        return any(label.casefold().startswith(start) for labels in versions for label in labels)

    return keeps


def changed(entry: SecretListEntry) -> datetime | None:
    return entry.get("LastChangedDate") or entry.get("CreatedDate")


def used(entry: SecretListEntry) -> datetime | None:
    """What was never read counts from the day it was made."""
    return entry.get("LastAccessedDate") or entry.get("CreatedDate")


AGES = ("90d", "12h", "2w", "6m", "1y")
OWN = {own.key: own for own in (
    OwnFilter("deleted", ("only", "too"), "whose deletion is planned, and no others; or beside the others",
              one_of({"only": lambda entry, now: "DeletedDate" in entry, "too": lambda entry, now: True}),
              with_planned=True),
    OwnFilter("stage", ("AWSPENDING", "AWSCURRENT", "AWSPREVIOUS"), "with a version whose label begins so",
              _with_label),
    OwnFilter("rotation", ("on", "off", "overdue", "waits"), "by the state of their rotation", one_of({
        "on": lambda entry, now: rows.rotates(entry),
        "off": lambda entry, now: not rows.rotates(entry),
        "overdue": rows.is_overdue,
        "waits": lambda entry, now: rows.waits(entry),
    })),
    OwnFilter("older", AGES, "not changed for that long: h, d, w, m or y", before(changed)),
    OwnFilter("unused", AGES, "not read for that long", before(used)),
)}  # fmt: skip
