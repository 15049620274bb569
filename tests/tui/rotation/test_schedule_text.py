"""Tests of schedules as text, and of schedule input."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from smtui.rules import schedules
from smtui.rules.schedules import InvalidScheduleError
from smtui.tui.rotation import schedule_text
from smtui.tui.rotation.schedule_text import (
    format_fields,
    format_rules,
    format_window,
    parse_fields,
    parse_rules,
    remove_computed_days,
)

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("one_time_and_place")


@pytest.mark.parametrize(("schedule", "hours", "words"), [
    ("30", "", "every 30 days, at any time of that day (UTC)"),
    ("1", "4", "every day, for 4 hours"),
    ("rate(12 hours)", "", "every 12 hours, for an hour"),
    ("rate(30 days)", "24h", "every 30 days, for 24 hours"),
    ("cron(0 8 * * ? *)", "", "every day at 08:00 UTC, until midnight UTC"),
    ("cron(0 0/6 * * ? *)", "1", "every day at 00:00, 06:00, 12:00 and 18:00 UTC, for an hour"),
    ("cron(0 16 1,15 * ? *)", "2", "on days 1 and 15 of every month at 16:00 UTC, for 2 hours"),
    ("cron(0 2 1,L 1/6 ? *)", "", "on day 1 and the last day of January and July at 02:00 UTC, until midnight UTC"),
    ("cron(0 2 L * ? *)", "", "on the last day of every month at 02:00 UTC, until midnight UTC"),
    ("cron(0 2 * 3 ? *)", "", "every day in March at 02:00 UTC, until midnight UTC"),
    ("cron(0 8 ? 6 MON,FRI *)", "", "every Monday and every Friday in June at 08:00 UTC, until midnight UTC"),
    ("cron(0 8 ? * TUE#2 *)", "", "on the second Tuesday of every month at 08:00 UTC, until midnight UTC"),
    ("cron(0 8 ? 2 FRIL *)", "", "on the last Friday of February at 08:00 UTC, until midnight UTC"),
])
def test_in_words(schedule: str, hours: str, words: str) -> None:
    rules = parse_rules(parse_fields(schedule, hours))

    assert rules is not None
    assert format_rules(rules) == words


@pytest.mark.parametrize(("schedule", "hours", "why"), [
    ("0", "", "1000 days"), ("1001", "", "1000 days"), ("rate(1 hour)", "", "at most every 4 hours"),
    ("every day", "", "rate(N hours), rate(N days) or cron("), ("cron(5 8 * * ? *)", "", "minutes"),
    ("30", "25", "1h to 24h"), ("", "3", "needs a schedule"), ("cron(0 20 * * ? *)", "6", "next UTC day"),
])
def test_what_cannot_be_is_refused_with_the_reason_of_the_service(schedule: str, hours: str, why: str) -> None:
    with pytest.raises(InvalidScheduleError) as refused:
        parse_fields(schedule, hours)

    assert why in str(refused.value)


def test_nothing_typed_asks_for_no_schedule() -> None:
    assert parse_fields("  ", "") == {}
    assert parse_rules({}) is None


@pytest.mark.parametrize("rules", [
    {"AutomaticallyAfterDays": 30}, {"AutomaticallyAfterDays": 7, "Duration": "3h"},
    {"ScheduleExpression": "cron(0 8 * * ? *)", "Duration": "2h"},
])
def test_what_was_asked_for_is_typed_the_same_way(rules: Any) -> None:
    assert parse_fields(*format_fields(rules)) == rules


def test_days_that_the_service_computed_are_not_asked_for_again() -> None:
    """The service refuses days and an expression together."""
    rules: Any = {"AutomaticallyAfterDays": 1, "ScheduleExpression": "rate(36 hours)", "Duration": "3h"}

    assert remove_computed_days(rules) == {"ScheduleExpression": "rate(36 hours)", "Duration": "3h"}
    assert remove_computed_days({"AutomaticallyAfterDays": 5}) == {"AutomaticallyAfterDays": 5}


@pytest.mark.parametrize(("schedule", "hours", "words"), [
    ("30", "", "Wed 2026-04-01 00:00 – 24:00"), ("30", "4", "Wed 2026-04-01 00:00 – 04:00"),
])
def test_a_window(schedule: str, hours: str, words: str) -> None:
    rules = parse_rules(parse_fields(schedule, hours))
    assert rules is not None
    [window] = schedules.list_next_windows(rules, NOW, NOW, 1)

    assert format_window(window) == words


def test_a_window_over_the_readers_midnight(monkeypatch: pytest.MonkeyPatch) -> None:
    """A UTC day is not a local day in Tokyo."""
    import time

    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    rules = parse_rules(parse_fields("30", ""))
    assert rules is not None
    [window] = schedules.list_next_windows(rules, NOW, NOW, 1)

    assert schedule_text.format_window(window) == "Wed 2026-04-01 09:00 – Thu 02 09:00"
