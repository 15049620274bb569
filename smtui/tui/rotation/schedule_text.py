"""A rotation schedule as a person says it, and what a person types read back into a schedule.

    every 30 days, at any time of that day              30, or rate(30 days)
    every Monday and Friday at 08:00, for 2 hours       cron(0 8 ? * MON,FRI *), 2

Hours are in UTC, as everywhere in a schedule.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from smtui.rules import schedules
from smtui.rules.cron import Cron, Days, Weekdays
from smtui.rules.schedules import Rate, Rules, Window
from smtui.text.sanitize import SafeText, sanitize

if TYPE_CHECKING:
    from smtui.api.types import RotationRulesType

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WHICH = {0: "last", 1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth"}
WEEKDAYS = {number: calendar.day_name[(number - 2) % 7] for number in range(1, 8)}


# Saying it.


def in_words(rules: Rules) -> SafeText:
    schedule = rules.schedule
    when = _rate(schedule) if isinstance(schedule, Rate) else _cron(schedule)
    return sanitize(f"{when}, {_length(rules)}")


def _rate(rate: Rate) -> str:
    number, unit = (rate.every // DAY, "day") if rate.in_days else (rate.every // HOUR, "hour")
    return f"every {unit}" if number == 1 else f"every {number:,} {unit}s"


def _cron(cron: Cron) -> str:
    days = _month_days(cron.on_days) if cron.on_days is not None else _weekdays(cron.on_weekdays)
    return f"{days}{_months(cron, of_a_month=days.startswith('on '))} at {_hours(cron.hours)}"


def _months(cron: Cron, *, of_a_month: bool) -> str:
    every = len(cron.months) == 12
    if not of_a_month and every:
        return ""
    named = "every month" if every else _listed(calendar.month_name[month] for month in sorted(cron.months))
    return f" {'of' if of_a_month else 'in'} {named}"


def _month_days(days: Days) -> str:
    if len(days.numbers) == 31:
        return "every day"
    named = [str(number) for number in sorted(days.numbers)]
    last = ["the last day"] if days.last else []
    return f"on {'' if not named else 'day ' if len(named) == 1 else 'days '}{_listed([*named, *last])}"


def _weekdays(weekdays: Weekdays | None) -> str:
    assert weekdays is not None, "a cron expression has days of one kind"
    if len(weekdays.numbers) == 7:
        return "every day"
    every = [f"every {WEEKDAYS[number]}" for number in sorted(weekdays.numbers)]
    nth = [f"the {WHICH[which]} {WEEKDAYS[number]}" for number, which in sorted(weekdays.nth)]
    return f"on {_listed([*nth, *every])}" if nth else _listed(every)


def _hours(hours: Iterable[int]) -> str:
    return f"{_listed(f'{hour:02}:00' for hour in sorted(hours))} UTC"


def _length(rules: Rules) -> str:
    """How long a window is open."""
    if rules.length is not None:
        hours = rules.length // HOUR
        return "for an hour" if hours == 1 else f"for {hours} hours"
    if schedules.is_in_hours(rules.schedule):
        return "for an hour"
    return "at any time of that day (UTC)" if isinstance(rules.schedule, Rate) else "until midnight UTC"


def _listed(words: Iterable[str]) -> str:
    *some, last = words
    return f"{', '.join(some)} and {last}" if some else last


def window_words(window: Window) -> SafeText:
    """`Mon 2026-03-02 08:00 – 10:00`, on the reader's clock."""
    start, end = window.start.astimezone(), window.end.astimezone()
    same_day = start.date() == window.last.astimezone().date()
    until = "24:00" if same_day and end.date() != start.date() else f"{end:%H:%M}" if same_day else f"{end:%a %d %H:%M}"
    return sanitize(f"{start:%a %Y-%m-%d %H:%M} – {until}")


# Reading it.


def asked(schedule: str, hours: str) -> RotationRulesType:
    """What the two fields of a form ask for; empty where nothing is typed. Raises InvalidScheduleError."""
    schedule, hours = schedule.strip(), hours.strip()
    found: Any = {"Duration": hours if hours.endswith("h") else f"{hours}h"} if hours else {}
    if schedule.isascii() and schedule.isdigit():
        schedules.parse_schedule(f"rate({int(schedule)} {'day' if int(schedule) == 1 else 'days'})")
        found["AutomaticallyAfterDays"] = int(schedule)
    elif schedule:
        found["ScheduleExpression"] = schedule
    of_rules(found)
    rules: RotationRulesType = found
    return rules


def of_rules(told: RotationRulesType) -> Rules | None:
    """The rules as a request or an answer of the service has them. Raises InvalidScheduleError.

    An answer names the days beside an expression from which they are computed.
    """
    expression = told.get("ScheduleExpression")
    days = None if expression is not None else told.get("AutomaticallyAfterDays")
    return schedules.parse_rules(after_days=days, expression=expression, duration=told.get("Duration"))


def as_asked(told: RotationRulesType) -> RotationRulesType:
    """Rules as the service tells them, so that they can be asked for again: without the days it has computed."""
    if "ScheduleExpression" in told:
        kept: Any = {name: value for name, value in told.items() if name != "AutomaticallyAfterDays"}
        rules: RotationRulesType = kept
        return rules
    return told


def typed(told: RotationRulesType) -> tuple[str, str]:
    """What one would type into the two fields for these rules."""
    schedule = told.get("ScheduleExpression") or str(told.get("AutomaticallyAfterDays", ""))
    return schedule, told.get("Duration", "").removesuffix("h")


