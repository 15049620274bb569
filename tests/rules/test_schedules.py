"""Rotation schedules: what may be asked for, and when a secret is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise, takewhile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtui.rules import schedules
from smtui.rules.schedules import (
    DAY,
    HOUR,
    InvalidScheduleError,
    compute_reported_days,
    find_next_window,
    list_next_windows,
    parse_rules,
    require_window,
)

MONDAY = datetime(2026, 3, 2, 12, 30, tzinfo=UTC)
EXPRESSIONS = (
    "rate(10 days)", "rate(4 hours)", "rate(36 hours)", "rate(1 day)", "cron(0 /8 * * ? *)", "cron(0 8/8 * * ? *)",
    "cron(0 10 * * ? *)", "cron(0 18 ? * SAT *)", "cron(0 8 1 * ? *)", "cron(0 1 ? 1/3 SUN#1 *)",
    "cron(0 17 L * ? *)", "cron(0 8 ? * MON-FRI *)", "cron(0 16 1,15 * ? *)", "cron(0 3 ? * SUNL *)",
    "cron(0 0 29 2 ? *)", "cron(0 5 ? JAN,JUL TUE#3 *)", "cron(0 2/10 * * ? *)",
)  # fmt: skip
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))


def starts(expression: str, count: int = 4, last: datetime = MONDAY) -> list[str]:
    found = parse_rules(expression=expression)
    assert found is not None
    return [f"{window.start:%Y-%m-%d %H}" for window in list_next_windows(found, last, last, count)]


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("rate(10 days)", ["2026-03-12 00", "2026-03-22 00"]),
        ("rate(12 hours)", ["2026-03-03 00", "2026-03-03 12"]),
        ("cron(0 /8 * * ? *)", ["2026-03-02 16", "2026-03-03 00", "2026-03-03 08"]),
        ("cron(0 8/8 * * ? *)", ["2026-03-02 16", "2026-03-03 08", "2026-03-03 16"]),
        ("cron(0 18 ? * SAT *)", ["2026-03-07 18", "2026-03-14 18"]),
        ("cron(0 1 ? 1/3 SUN#1 *)", ["2026-04-05 01", "2026-07-05 01", "2026-10-04 01"]),
        ("cron(0 17 L * ? *)", ["2026-03-31 17", "2026-04-30 17"]),
        ("cron(0 16 1,15 * ? *)", ["2026-03-15 16", "2026-04-01 16"]),
        ("cron(0 3 ? * SUNL *)", ["2026-03-29 03", "2026-04-26 03"]),
        ("cron(0 5 ? JAN,JUL TUE#3 *)", ["2026-07-21 05", "2027-01-19 05"]),
        ("cron(0 0 29 2 ? *)", ["2028-02-29 00", "2032-02-29 00"]),
    ],
)
def test_when_windows_open(expression: str, wanted: list[str]) -> None:
    assert starts(expression, len(wanted)) == wanted


@pytest.mark.parametrize(
    ("expression", "duration", "hours"),
    [
        ("rate(10 days)", None, 24), ("rate(10 days)", "3h", 3), ("rate(4 hours)", None, 1), ("rate(8 hours)", "8h", 8),
        ("cron(0 16 1,15 * ? *)", "2h", 2), ("cron(0 16 1,15 * ? *)", None, 8), ("cron(0 /8 * * ? *)", None, 1),
    ],
)  # fmt: skip
def test_how_long_a_window_is_open(expression: str, duration: str | None, hours: int) -> None:
    """An hour for schedules in hours, to the end of the UTC day for schedules in days, or as asked for."""
    found = parse_rules(expression=expression, duration=duration)
    assert found is not None
    window = find_next_window(found, MONDAY, MONDAY)

    assert window is not None
    assert window.end - window.start == hours * HOUR


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        ({"after_days": 3, "expression": "rate(3 days)"}, "both"),
        ({"duration": "3h"}, "needs a schedule"),
        ({"expression": "rate(3 hours)"}, "4 hours"),
        ({"expression": "rate(0 days)"}, "4 hours"),
        ({"expression": "rate(1001 days)"}, "1000 days"),
        ({"expression": "rate(2 weeks)"}, "rate(N hours)"),
        ({"expression": "every day"}, "rate(N hours)"),
        ({"expression": "cron(5 10 * * ? *)"}, "minutes"),
        ({"expression": "cron(0 10 * * ? 2027)"}, "year"),
        ({"expression": "cron(0 10 * * * *)"}, "must be ?"),
        ({"expression": "cron(0 10 ? * ? *)"}, "must be ?"),
        ({"expression": "cron(0 10 * * ?)"}, "six fields"),
        ({"expression": "cron(0 24 * * ? *)"}, "hours"),
        ({"expression": "cron(0 10 32 * ? *)"}, "day of month"),
        ({"expression": "cron(0 10 15W * ? *)"}, "day of month"),
        ({"expression": "cron(0 10 ? * MON#6 *)"}, "day of week"),
        ({"expression": "cron(0 10 ? * FRI-MON *)"}, "backwards"),
        ({"expression": "cron(0 * * * ? *)"}, "4 hours"),
        ({"expression": "cron(0 1/11 * * ? *)"}, "4 hours"),
        ({"expression": "rate(8 hours)", "duration": "9h"}, "next rotation window"),
        ({"expression": "rate(10 hours)", "duration": "3h"}, "next UTC day"),
        ({"expression": "cron(0 22 * * ? *)", "duration": "3h"}, "next UTC day"),
        ({"after_days": 3, "duration": "25h"}, "1h to 24h"),
        ({"after_days": 3, "duration": "0h"}, "1h to 24h"),
    ],
    ids=str,
)
def test_what_is_refused(asked: dict[str, object], word: str) -> None:
    """With a sentence that says why."""
    with pytest.raises(InvalidScheduleError, match=word.replace("(", r"\(").replace(")", r"\)").replace("?", r"\?")):
        parse_rules(**asked)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("expression", "days"),
    [("rate(10 days)", 10), ("rate(12 hours)", 1), ("cron(0 16 1,15 * ? *)", 14), ("cron(0 18 ? * SAT *)", 7),
     ("cron(0 17 L * ? *)", 28), ("cron(0 /8 * * ? *)", 1), ("rate(36 hours)", 1), ("cron(00 10 * * ? *)", 1),
     ("cron(0 8 29 2 ? *)", 1000), ("cron(0 8 ? 2 MON#5 *)", 1000), ("cron(0 8 1 3 ? *)", 365)],
)  # fmt: skip
def test_days_reported_back(expression: str, days: int) -> None:
    """AutomaticallyAfterDays of the page's own example is 14."""
    found = parse_rules(expression=expression)
    assert found is not None

    assert compute_reported_days(found) == days


@given(st.sampled_from(EXPRESSIONS), MOMENTS, st.timedeltas(timedelta(0), timedelta(days=400)))
def test_a_window_is_open_or_to_come_and_keeps_to_its_day(expression: str, last: datetime, since: timedelta) -> None:
    """It ends after now, opens after the last rotation, lies in one UTC day, and does not touch the next."""
    found = parse_rules(expression=expression)
    assert found is not None
    now = last + since
    windows = list_next_windows(found, last, now, 5)

    assert windows[0].end > now
    assert windows[0].start > last
    for window in windows:
        assert window.start.date() == window.last.date()
    for before, after in pairwise(windows):
        assert before.end <= after.start


@given(st.sampled_from([each for each in EXPRESSIONS if each.startswith("cron")]), MOMENTS)
def test_no_hour_is_left_out(expression: str, last: datetime) -> None:
    """Hour by hour for forty days: the schedule opens exactly where its fields say."""
    schedule = schedules.parse_schedule(expression)
    assert isinstance(schedule, schedules.Cron)
    first = last.replace(minute=0, second=0, microsecond=0)
    hours = [first + number * HOUR for number in range(1, 960)]
    wanted = [hour for hour in hours if hour > last and hour.hour in schedule.hours and schedule.is_due_on(hour.date())]

    assert list(takewhile(lambda start: start <= hours[-1], schedule.find_starts(last))) == wanted


def test_a_day_that_never_comes() -> None:
    """February 30th: an answer, and no endless search."""
    found = parse_rules(expression="cron(0 10 30 2 ? *)")
    assert found is not None

    assert find_next_window(found, MONDAY, MONDAY) is None
    with pytest.raises(InvalidScheduleError, match="never occurs"):
        require_window(found, MONDAY)


def test_a_day_that_comes_once_in_28_years() -> None:
    found = parse_rules(expression="cron(0 10 ? 2 MON#5 *)")
    assert found is not None
    window = find_next_window(found, MONDAY, MONDAY)

    assert window is not None
    assert window.start == datetime(2044, 2, 29, 10, tzinfo=UTC)


def test_an_overdue_rate_takes_the_next_day() -> None:
    """A machine that was off for a month rotates when it is on again, not a month later."""
    found = parse_rules(after_days=30, duration="2h")
    assert found is not None
    window = find_next_window(found, MONDAY, MONDAY + 45 * DAY)

    assert window is not None
    assert window.start == datetime(2026, 4, 17, tzinfo=UTC)
