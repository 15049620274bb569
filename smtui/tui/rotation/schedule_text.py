"""Rotation schedules as text, and the parser of the fields in which a schedule is typed.

    every 30 days, at any time of that day              30, or rate(30 days)
    every Monday and Friday at 08:00, for 2 hours       cron(0 8 ? * MON,FRI *), 2

Hours are in UTC, as in schedules.
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
    from smtui.api.types import DescribeSecretResponse, RotationRulesType

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ORDINALS = {0: "last", 1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth"}
WEEKDAYS = {number: calendar.day_name[(number - 2) % 7] for number in range(1, 8)}


# Formatting.


def format_rules(rules: Rules) -> SafeText:
    """Returns a schedule and its window in words."""
    schedule = rules.schedule
    when = _format_rate(schedule) if isinstance(schedule, Rate) else _format_cron(schedule)
    return sanitize(f"{when}, {_format_length(rules)}")


def _format_rate(rate: Rate) -> str:
    number, unit = (rate.every // DAY, "day") if rate.in_days else (rate.every // HOUR, "hour")
    return f"every {unit}" if number == 1 else f"every {number:,} {unit}s"


def _format_cron(cron: Cron) -> str:
    days = _format_month_days(cron.on_days) if cron.on_days is not None else _format_weekdays(cron.on_weekdays)
    return f"{days}{_format_months(cron, of_a_month=days.startswith('on '))} at {_format_hours(cron.hours)}"


def _format_months(cron: Cron, *, of_a_month: bool) -> str:
    every = len(cron.months) == 12
    if not of_a_month and every:
        return ""
    names = "every month" if every else _join_words(calendar.month_name[month] for month in sorted(cron.months))
    return f" {'of' if of_a_month else 'in'} {names}"


def _format_month_days(days: Days) -> str:
    if len(days.numbers) == 31:
        return "every day"
    names = [str(number) for number in sorted(days.numbers)]
    last = ["the last day"] if days.last else []
    return f"on {'' if not names else 'day ' if len(names) == 1 else 'days '}{_join_words([*names, *last])}"


def _format_weekdays(weekdays: Weekdays | None) -> str:
    assert weekdays is not None, "a cron expression has days of one kind"
    if len(weekdays.numbers) == 7:
        return "every day"
    every = [f"every {WEEKDAYS[number]}" for number in sorted(weekdays.numbers)]
    nth = [f"the {ORDINALS[which]} {WEEKDAYS[number]}" for number, which in sorted(weekdays.nth)]
    return f"on {_join_words([*nth, *every])}" if nth else _join_words(every)


def _format_hours(hours: Iterable[int]) -> str:
    return f"{_join_words(f'{hour:02}:00' for hour in sorted(hours))} UTC"


def _format_length(rules: Rules) -> str:
    """Returns the length of a window."""
    if rules.length is not None:
        hours = rules.length // HOUR
        return "for an hour" if hours == 1 else f"for {hours} hours"
    if schedules.is_in_hours(rules.schedule):
        return "for an hour"
    return "at any time of that day (UTC)" if isinstance(rules.schedule, Rate) else "until midnight UTC"


def _join_words(words: Iterable[str]) -> str:
    *some, last = words
    return f"{', '.join(some)} and {last}" if some else last


def format_window(window: Window) -> SafeText:
    """Returns a window in local time: `Mon 2026-03-02 08:00 – 10:00`."""
    start, end = window.start.astimezone(), window.end.astimezone()
    same_day = start.date() == window.last.astimezone().date()
    until = "24:00" if same_day and end.date() != start.date() else f"{end:%H:%M}" if same_day else f"{end:%a %d %H:%M}"
    return sanitize(f"{start:%a %Y-%m-%d %H:%M} – {until}")


# Parsing.


def parse_fields(schedule: str, hours: str) -> RotationRulesType:
    """Parses the two fields of a form; empty fields give empty rules.

    Args:
        schedule: a number of days, or an expression `rate(...)` or `cron(...)`.
        hours: the length of the window in hours, with or without `h`.

    Raises:
        InvalidScheduleError: a field has no valid value.
    """
    schedule, hours = schedule.strip(), hours.strip()
    found: Any = {"Duration": hours if hours.endswith("h") else f"{hours}h"} if hours else {}
    if schedule.isascii() and schedule.isdigit():
        schedules.parse_schedule(f"rate({int(schedule)} {'day' if int(schedule) == 1 else 'days'})")
        found["AutomaticallyAfterDays"] = int(schedule)
    elif schedule:
        found["ScheduleExpression"] = schedule
    parse_rules(found)
    rules: RotationRulesType = found
    return rules


def parse_rules(rules_response: RotationRulesType) -> Rules | None:
    """Parses the RotationRules of a request or a response; None if there is no schedule.

    A response also contains the days that the service computes from an expression. They are ignored.

    Raises:
        InvalidScheduleError: the rules are not valid.
    """
    expression = rules_response.get("ScheduleExpression")
    days = None if expression is not None else rules_response.get("AutomaticallyAfterDays")
    return schedules.parse_rules(after_days=days, expression=expression, duration=rules_response.get("Duration"))


def remove_computed_days(rules_response: RotationRulesType) -> RotationRulesType:
    """Returns the rules of a response as a request: without the days that the service computed."""
    if "ScheduleExpression" in rules_response:
        kept: Any = {name: value for name, value in rules_response.items() if name != "AutomaticallyAfterDays"}
        rules: RotationRulesType = kept
        return rules
    return rules_response


RotationSetup = tuple[bool, str | None, "RotationRulesType"]
"""Whether rotation is enabled, the ARN of the function, and the rules."""


def read_rotation_setup(secret: DescribeSecretResponse) -> RotationSetup:
    """Reads the setup from the answer of DescribeSecret. Dates of rotations are not part of it."""
    return (secret.get("RotationEnabled", False), secret.get("RotationLambdaARN"),
            remove_computed_days(secret.get("RotationRules", {})))


def format_fields(rules_response: RotationRulesType) -> tuple[str, str]:
    """Returns the texts of the two fields for these rules."""
    schedule = rules_response.get("ScheduleExpression") or str(rules_response.get("AutomaticallyAfterDays", ""))
    return schedule, rules_response.get("Duration", "").removesuffix("h")


