"""Dates and times as text, in the local time zone."""

from __future__ import annotations

from datetime import datetime

from smtui.text.sanitize import SafeText


def format_date(moment: datetime | None) -> SafeText:
    """Formats the date in the local time zone; empty for None."""
    return SafeText(moment.astimezone().strftime("%Y-%m-%d") if moment else "")


def format_time(moment: datetime | None) -> SafeText:
    """Formats date and time in the local time zone; empty for None."""
    return SafeText(moment.astimezone().strftime("%Y-%m-%d %H:%M") if moment else "")
