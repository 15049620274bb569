"""Dates and times as text, in the local time zone unless a function says otherwise."""

from __future__ import annotations

from datetime import UTC, datetime

from smtui.text.sanitize import SafeText


def format_date(moment: datetime | None) -> SafeText:
    """Formats the date in the local time zone; empty for None."""
    return SafeText(moment.astimezone().strftime("%Y-%m-%d") if moment else "")


def format_time(moment: datetime | None) -> SafeText:
    """Formats date and time in the local time zone; empty for None."""
    return SafeText(moment.astimezone().strftime("%Y-%m-%d %H:%M") if moment else "")


def format_moment(moment: datetime | None, now: datetime) -> SafeText:
    """Formats the time of a moment of today, such as `14:32`, or the date of any other; empty for None.

    Args:
        now: the current time, which decides what today is in the local time zone.
    """
    if moment is None:
        return SafeText("")
    local = moment.astimezone()
    return SafeText(local.strftime("%H:%M" if local.date() == now.astimezone().date() else "%Y-%m-%d"))


def format_day(day: datetime | None, now: datetime) -> SafeText:
    """Formats a day that is given by its midnight in UTC, such as LastAccessedDate: `today`, or its date.

    Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_SecretListEntry.html

    Args:
        now: the current time, which decides what today is in UTC.
    """
    if day is None:
        return SafeText("")
    utc = day.astimezone(UTC).date()
    return SafeText("today" if utc == now.astimezone(UTC).date() else utc.isoformat())


_UNITS = ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))
_TOLERANCE = 0.02


def format_duration(seconds: float) -> SafeText:
    """Formats a length of time in the largest sensible unit: `60 seconds`, `90 seconds`, `5 minutes`, `40 days`.

    That is the largest of which it is at least two, and in which it is wrong by at most 2 %.

    Args:
        seconds: the length in seconds, at least 0; parts of a second are rounded.
    """
    whole = round(seconds)
    for length, unit in _UNITS:
        count = round(whole / length)
        if count >= 2 and abs(count * length - whole) <= _TOLERANCE * whole:
            return SafeText(f"{count:,} {unit}s")
    return SafeText("1 second" if whole == 1 else f"{whole} seconds")
