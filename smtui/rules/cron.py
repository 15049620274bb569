"""Parses the cron expressions of Secrets Manager, which use whole hours and every year, and finds their start times.

    cron(0 16 1,15 * ? *)       minutes hours day-of-month month day-of-week year

All times are in UTC. Source: pages RotationRulesType and "Schedule expressions in Secrets Manager rotation".
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if number}
WEEKDAYS = {name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), 1)}
MAX_DAYS_WITHOUT_START = 40 * 366
"""The number of days to search for a matching day. A certain weekday on February 29th can be 40 years away."""


class InvalidCronError(ValueError):
    """A cron expression is not valid. The message contains the field and the reason."""


@dataclass(frozen=True, slots=True)
class Cron:
    """A parsed cron expression. Exactly one of `on_days` and `on_weekdays` is None, for the field `?`."""

    hours: frozenset[int]
    months: frozenset[int]
    on_days: Days | None
    on_weekdays: Weekdays | None

    def is_due_on(self, day: date) -> bool:
        """Returns whether the expression matches a day."""
        chosen = self.on_days or self.on_weekdays
        return day.month in self.months and chosen is not None and chosen.has_day(day)

    def find_starts(self, after: datetime) -> Iterator[datetime]:
        """Yields the start times after a given time, in ascending order."""
        first = after.astimezone(UTC).date()
        silent = 0
        while silent < MAX_DAYS_WITHOUT_START and first < date.max:
            silent += 1
            if self.is_due_on(first):
                silent = 0
                moments = (datetime.combine(first, time(hour), UTC) for hour in sorted(self.hours))
                yield from (moment for moment in moments if moment > after)
            first += timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Days:
    """The field day-of-month: days from 1 to 31; `last` is the last day of the month (`L`)."""

    numbers: frozenset[int]
    last: bool

    def has_day(self, day: date) -> bool:
        """Returns whether the field matches a day."""
        return day.day in self.numbers or (self.last and day.day == calendar.monthrange(day.year, day.month)[1])


@dataclass(frozen=True, slots=True)
class Weekdays:
    """The field day-of-week, with weekdays from 1 (Sunday) to 7.

    `nth` contains pairs of a weekday and its occurrence in the month, as in `TUE#3`; occurrence 0 is the last (`TUEL`).
    """

    numbers: frozenset[int]
    nth: frozenset[tuple[int, int]]

    def has_day(self, day: date) -> bool:
        """Returns whether the field matches a day."""
        weekday = day.isoweekday() % 7 + 1
        is_last = day.day + 7 > calendar.monthrange(day.year, day.month)[1]
        return (weekday in self.numbers or (weekday, (day.day + 6) // 7) in self.nth
                or (is_last and (weekday, 0) in self.nth))


def parse_cron(fields: list[str]) -> Cron:
    """Parses the six fields of a cron expression.

    Raises:
        InvalidCronError: if a field is not valid.
    """
    if len(fields) != 6:
        raise InvalidCronError(
            "A cron expression has six fields: minutes, hours, day of month, month, day of week, year."
        )
    minutes, hours, days, months, weekdays, years = fields
    if minutes not in ("0", "00"):
        raise InvalidCronError("The minutes of a rotation schedule must be 0.")
    if years != "*":
        raise InvalidCronError("The year of a rotation schedule must be *.")
    if (days == "?") == (weekdays == "?"):
        raise InvalidCronError("One of day of month and day of week must be ?, and the other must not.")
    return Cron(
        _parse_numbers("hours", hours, 0, 23), _parse_numbers("month", months, 1, 12, MONTHS),
        None if days == "?" else _parse_days(days), None if weekdays == "?" else _parse_weekdays(weekdays),
    )


def _parse_days(field: str) -> Days:
    items = field.split(",")
    numbers = [item for item in items if item != "L"]
    found = _parse_numbers("day of month", ",".join(numbers), 1, 31) if numbers else frozenset()
    return Days(found, "L" in items)


def _parse_weekdays(field: str) -> Weekdays:
    numbers: frozenset[int] = frozenset()
    nth: set[tuple[int, int]] = set()
    for item in field.split(","):
        if item == "L":
            numbers |= {WEEKDAYS["SAT"]}
        elif "#" in item:
            weekday, _, which = item.partition("#")
            nth.add((_parse_weekday(weekday), _parse_number("day of week", which, 1, 5, {})))
        elif item.endswith("L"):
            nth.add((_parse_weekday(item[:-1]), 0))
        else:
            numbers |= _parse_numbers("day of week", item, 1, 7, WEEKDAYS)
    return Weekdays(numbers, frozenset(nth))


def _parse_weekday(word: str) -> int:
    return _parse_number("day of week", word, 1, 7, WEEKDAYS)


def _parse_numbers(
    name: str, field: str, low: int, high: int, words: Mapping[str, int] | None = None
) -> frozenset[int]:
    """Parses `*`, numbers, ranges, steps, and lists of these."""
    found: set[int] = set()
    for item in field.split(","):
        span, slash, step = item.partition("/")
        first, last = _parse_span(name, span, low, high, words or {}, stepped=bool(slash))
        by = _parse_number(name, step, 1, high, {}) if slash else 1
        found |= set(range(first, last + 1, by))
    return frozenset(found)


def _parse_span(
    name: str, span: str, low: int, high: int, words: Mapping[str, int], *, stepped: bool
) -> tuple[int, int]:
    if span == "*" or (stepped and not span):
        return low, high
    first, dash, last = span.partition("-")
    begin = _parse_number(name, first, low, high, words)
    end = _parse_number(name, last, low, high, words) if dash else (high if stepped else begin)
    if end < begin:
        raise InvalidCronError(f"A range in {name} runs backwards.")
    return begin, end


def _parse_number(name: str, word: str, low: int, high: int, words: Mapping[str, int]) -> int:
    number = words.get(word.upper(), int(word) if word.isascii() and word.isdigit() and len(word) < 4 else None)
    if number is None or not low <= number <= high:
        raise InvalidCronError(f"The {name} of a cron expression must be {low} to {high}.")
    return number
