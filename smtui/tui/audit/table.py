"""The table of audit events: its columns and their cells."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from textual.content import Content

from smtui.rules import audit_query
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.json_editor.diagnostic import Severity
from smtui.tui.widgets.table import Column, Table

Event = Mapping[str, Any]
NOTHING = SafeText("No matching events.")


def make_event_table(*, with_resource: bool = True) -> Table[Event]:
    """Makes an empty table that shows events in the order in which they are put into it, with `eventID` as row key.

    Args:
        with_resource: whether events can be about different resources, so that a column names them.
    """
    resource = Column[Event](
        "Resource", lambda event: sanitize(audit_query.find_subject_name(event)), 18, grows=2, names=True)
    return Table(
        Column("Time", _format_time, 19),
        Column("Operation", lambda event: sanitize(event["eventName"]), 20, grows=1),
        *([resource] if with_resource else []),
        Column("Caller", lambda event: sanitize(audit_query.find_caller(event)), 10, grows=1, drop=1),
        Column("Outcome", _format_outcome, 14, grows=2),
        key=lambda event: event["eventID"], nothing=NOTHING,
    )


def _format_time(event: Event) -> SafeText:
    return SafeText(datetime.fromisoformat(event["eventTime"]).astimezone().strftime("%Y-%m-%d %H:%M:%S"))


def _format_outcome(event: Event) -> Content:
    outcome = audit_query.find_outcome(event)
    if outcome == "done":
        return Content(outcome)
    return Content.styled(sanitize(f"{Severity.ERROR.sign} {outcome}"), "$error")
