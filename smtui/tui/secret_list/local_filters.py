"""The filter words that ListSecrets has no filter for. The list applies them to the entries of its response.

Suggestions, help and the table in `docs/` use `LOCAL_FILTERS`. To add a word, add a row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from smtui.tui.secret_list import entry_state

if TYPE_CHECKING:
    from smtui.api.types import SecretListEntry

Predicate = Callable[["SecretListEntry", datetime], bool]
"""Returns whether an entry stays in the list, given the present time."""


class FilterValueError(Exception):
    """The value of a word is invalid. The message names the valid values, as the end of a sentence."""


@dataclass(frozen=True, slots=True)
class LocalFilter:
    """A filter word of the form `key:value`.

    `parse` makes a predicate of the value, or returns None if the value is incomplete. It raises `FilterValueError` if
    the value is invalid.
    """

    key: str
    values: tuple[str, ...]
    """Example values; where the values are fixed, all of them."""
    description: str
    parse: Callable[[str], Predicate | None]
    includes_planned: bool = False
    """Whether the word needs a request that includes secrets with a planned deletion."""


def make_choice_parser(tests: Mapping[str, Predicate]) -> Callable[[str], Predicate | None]:
    """Makes a parser of a fixed set of values. It returns None for the beginning of one of them."""

    def parse(value: str) -> Predicate | None:
        if value in tests:
            return tests[value]
        if any(name.startswith(value) for name in tests):
            return None
        raise FilterValueError(f"one of {', '.join(tests)}")

    return parse


def make_age_parser(moment_of: Callable[[SecretListEntry], datetime | None]) -> Callable[[str], Predicate]:
    """Makes a parser of an age. The predicate keeps entries whose moment is longer ago than this age.

    Args:
        moment_of: returns the moment to compare; entries for which it returns None are not kept.
    """

    def parse(value: str) -> Predicate:
        age = _parse_age(value)

        def keeps(entry: SecretListEntry, now: datetime) -> bool:
            moment = moment_of(entry)
            return moment is not None and now - moment > age

        return keeps

    return parse


UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1), "m": timedelta(days=30),
         "y": timedelta(days=365)}
_AGE = re.compile(r"(\d{1,5})([hdwmy]?)")


def _parse_age(text: str) -> timedelta:
    """Parses an age such as `90d`, `12h`, `2w`, `6m` (months of 30 days) or `1y`; the default unit is days."""
    found = _AGE.fullmatch(text)
    if found is None:
        raise FilterValueError("an age such as 90d, 12h, 2w, 6m or 1y")
    return int(found[1]) * UNITS[found[2] or "d"]


def _parse_label(value: str) -> Predicate:
    start = value.casefold()

    def keeps(entry: SecretListEntry, now: datetime) -> bool:
        versions = entry.get("SecretVersionsToStages", {}).values()
        return any(label.casefold().startswith(start) for labels in versions for label in labels)

    return keeps


def get_change_date(entry: SecretListEntry) -> datetime | None:
    """Returns the date of the last change, or of the creation of a secret that was never changed."""
    return entry.get("LastChangedDate") or entry.get("CreatedDate")


def get_access_date(entry: SecretListEntry) -> datetime | None:
    """Returns the date of the last access, or of the creation of a secret that was never read."""
    return entry.get("LastAccessedDate") or entry.get("CreatedDate")


AGES = ("90d", "12h", "2w", "6m", "1y")
LOCAL_FILTERS = {own.key: own for own in (
    LocalFilter("deleted", ("only", "too"), "only, or also, secrets scheduled for deletion",
              make_choice_parser({"only": lambda entry, now: "DeletedDate" in entry, "too": lambda entry, now: True}),
              includes_planned=True),
    LocalFilter("stage", ("AWSPENDING", "AWSCURRENT", "AWSPREVIOUS"), "staging labels starting with",
              _parse_label),
    LocalFilter("rotation", ("on", "off", "overdue", "failed", "waits"), "rotation state",
              make_choice_parser({
                  "on": lambda entry, now: entry_state.has_rotation(entry),
                  "off": lambda entry, now: not entry_state.has_rotation(entry),
                  "overdue": entry_state.is_overdue,
                  "failed": lambda entry, now: entry_state.has_failed(entry),
                  "waits": lambda entry, now: entry_state.is_waiting(entry),
              })),
    LocalFilter("older", AGES, "not changed for this long (h, d, w, m, y)", make_age_parser(get_change_date)),
    LocalFilter("unused", AGES, "not read for this long", make_age_parser(get_access_date)),
)}  # fmt: skip
