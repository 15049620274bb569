"""Rotation schedules and windows, for the dates in DescribeSecret, the scheduler and the screens.

A secret is rotated at any time within a window. Windows are in UTC, and extend neither into the next day nor into the
next window. Source: pages RotationRulesType and "Schedule expressions in Secrets Manager rotation".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import islice, pairwise, takewhile

from smtui.api.limits import MAX_ROTATION_DAYS, MIN_ROTATION_HOURS
from smtui.rules import cron
from smtui.rules.cron import Cron, InvalidCronError

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MIN_INTERVAL = MIN_ROTATION_HOURS * HOUR
_RATE = re.compile(r"rate\((?P<number>\d{1,6}) (?P<unit>hour|hours|day|days)\)")
_CRON = re.compile(r"cron\((?P<fields>[^()]*)\)")
_DURATION = re.compile(r"(?P<hours>\d{1,2})h")
# `compute_reported_days` examines the first windows of a fixed period, so that the result does not change.
_COUNTED_WINDOWS = 120
_COUNTED_FROM, _COUNTED_UNTIL = datetime(2024, 1, 1, tzinfo=UTC), datetime(2034, 1, 1, tzinfo=UTC)


class InvalidScheduleError(ValueError):
    """A rotation schedule is not valid. The message contains the reason."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate expression: an interval in hours, or in days of 24 hours (`in_days`)."""

    every: timedelta
    in_days: bool


Schedule = Rate | Cron


@dataclass(frozen=True, slots=True)
class Window:
    """A rotation window from `start` (inclusive) to `end` (exclusive)."""

    start: datetime
    end: datetime

    @property
    def last(self) -> datetime:
        """The last whole second of the window, which DescribeSecret returns as NextRotationDate."""
        return self.end - timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Rules:
    """A valid schedule. `length` is the Duration; None means the default for the schedule."""

    schedule: Schedule
    length: timedelta | None = None

    def create_window(self, start: datetime) -> Window:
        """Creates the window that opens at `start`. The default length is one hour, or until midnight UTC."""
        midnight = _floor_to_midnight(start) + DAY
        if self.length is not None:
            return Window(start, start + self.length)
        return Window(start, start + HOUR if is_in_hours(self.schedule) else midnight)


def parse_rules(
    *, after_days: int | None = None, expression: str | None = None, duration: str | None = None
) -> Rules | None:
    """Parses the members of RotationRules. Returns None if they contain no schedule.

    Args:
        after_days: AutomaticallyAfterDays.
        expression: ScheduleExpression.
        duration: Duration, such as `3h`.

    Raises:
        InvalidScheduleError: if the members are not valid.
    """
    if after_days is not None and expression is not None:
        raise InvalidScheduleError("You cannot specify both rotation frequency and schedule expression together.")
    if after_days is None and expression is None:
        if duration is not None:
            raise InvalidScheduleError("A Duration needs a schedule: AutomaticallyAfterDays or ScheduleExpression.")
        return None
    schedule = parse_schedule(expression) if expression is not None else Rate((after_days or 0) * DAY, in_days=True)
    found = Rules(schedule, _parse_duration(duration))
    _require_fit(found)
    return found


def parse_schedule(expression: str) -> Schedule:
    """Parses a ScheduleExpression: `rate(10 days)` or `cron(0 16 1,15 * ? *)`.

    Raises:
        InvalidScheduleError: if the expression is not valid, or its interval is too short or too long.
    """
    if rate := _RATE.fullmatch(expression):
        in_days = rate["unit"].startswith("day")
        every = int(rate["number"]) * (DAY if in_days else HOUR)
        if not MIN_INTERVAL <= every <= MAX_ROTATION_DAYS * DAY:
            raise InvalidScheduleError(
                f"A secret can be rotated at most every {MIN_ROTATION_HOURS} hours, "
                f"and must be rotated at least every {MAX_ROTATION_DAYS} days."
            )
        return Rate(every, in_days)
    if written := _CRON.fullmatch(expression):
        try:
            return _require_min_interval(cron.parse_cron(written["fields"].split()))
        except InvalidCronError as error:
            raise InvalidScheduleError(str(error)) from None
    raise InvalidScheduleError("A ScheduleExpression must be rate(N hours), rate(N days) or cron(0 H D M W *).")


def require_window(rules: Rules, now: datetime) -> None:
    """Checks that a new schedule has a window.

    Raises:
        InvalidScheduleError: if its day never comes, such as February 30th.
    """
    if find_next_window(rules, now, now) is None:
        raise InvalidScheduleError("This schedule never occurs.")


def find_next_window(rules: Rules, last: datetime, now: datetime) -> Window | None:
    """Returns the window of the next rotation, which is open or in the future; None if the schedule has no more.

    An overdue rate in days uses the window of any day. Other schedules use their next regular window.

    Args:
        rules: the schedule.
        last: the time of the last rotation, or the time when the schedule was set.
        now: the current time.
    """
    if isinstance(rules.schedule, Rate) and rules.schedule.in_days:
        due = rules.create_window(_floor_to_midnight(last) + rules.schedule.every)
        today = rules.create_window(max(due.start, _floor_to_midnight(now)))
        return today if today.end > now else rules.create_window(today.start + DAY)
    open_or_to_come = (
        window for window in map(rules.create_window, _find_starts(rules.schedule, last)) if window.end > now
    )
    return next(open_or_to_come, None)


def list_next_windows(rules: Rules, last: datetime, now: datetime, count: int) -> list[Window]:
    """Returns up to `count` windows. Each assumes a rotation at the start of the previous one."""
    found: list[Window] = []
    window = find_next_window(rules, last, now)
    while window is not None and len(found) < count:
        found.append(window)
        window = find_next_window(rules, window.start, window.start + timedelta(seconds=1))
    return found


def compute_reported_days(rules: Rules) -> int:
    """Returns AutomaticallyAfterDays for DescribeSecret: the fewest days between two rotations, from 1 to 1000."""
    if isinstance(rules.schedule, Rate):
        return max(1, rules.schedule.every // DAY)
    starts = takewhile(lambda start: start < _COUNTED_UNTIL, _find_starts(rules.schedule, _COUNTED_FROM))
    gaps = [(after - before) // DAY for before, after in pairwise(islice(starts, _COUNTED_WINDOWS))]
    return max(1, min([*gaps, MAX_ROTATION_DAYS]))


def _find_starts(schedule: Schedule, last: datetime) -> Iterator[datetime]:
    """Yields the start times of windows after the last rotation. A rate counts from the midnight before it."""
    if isinstance(schedule, Cron):
        yield from schedule.find_starts(last)
        return
    start = _floor_to_midnight(last)
    start += ((last - start) // schedule.every + 1) * schedule.every
    while True:
        yield start
        start += schedule.every


def is_in_hours(schedule: Schedule) -> bool:
    """Returns whether the schedule is in hours, so that its windows last one hour by default."""
    return len(schedule.hours) > 1 if isinstance(schedule, Cron) else not schedule.in_days


def _require_min_interval(schedule: Cron) -> Cron:
    if _compute_shortest_gap(schedule) < MIN_INTERVAL:
        raise InvalidScheduleError(f"A secret can be rotated at most every {MIN_ROTATION_HOURS} hours.")
    return schedule


def _compute_shortest_gap(schedule: Schedule) -> timedelta:
    """Returns a lower bound for the time between the starts of two consecutive windows."""
    if isinstance(schedule, Rate):
        return schedule.every
    hours = sorted(schedule.hours)
    return HOUR * min(after - before for before, after in pairwise([*hours, hours[0] + 24]))


def _parse_duration(duration: str | None) -> timedelta | None:
    if duration is None:
        return None
    written = _DURATION.fullmatch(duration)
    if written is None or not 1 <= int(written["hours"]) <= 24:
        raise InvalidScheduleError("A Duration must be 1h to 24h.")
    return int(written["hours"]) * HOUR


def _require_fit(rules: Rules) -> None:
    if rules.length is None:
        return
    if rules.length > _compute_shortest_gap(rules.schedule):
        raise InvalidScheduleError("The rotation window must not extend into the next rotation window.")
    if max(_list_opening_hours(rules.schedule)) * HOUR + rules.length > DAY:
        raise InvalidScheduleError("The rotation window must not extend into the next UTC day.")


def _list_opening_hours(schedule: Schedule) -> set[int]:
    """Returns the hours of the day (0 to 23) at which windows can open."""
    if isinstance(schedule, Cron):
        return set(schedule.hours)
    hours = schedule.every // HOUR
    return {0} if schedule.in_days else {number * hours % 24 for number in range(24)}


def _floor_to_midnight(moment: datetime) -> datetime:
    return datetime.combine(moment.astimezone(UTC).date(), time(0), UTC)
