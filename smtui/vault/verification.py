"""When this machine last verified a vault as a whole, and the reminder to do it.

The date is stored in the rollback note of this machine.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta

from smtui.api.record import record
from smtui.vault.rollback_note import Content, RollbackNote

CHECK_INTERVAL = timedelta(days=30)
REMINDER_INTERVAL = timedelta(days=1)
"""The least time between two reminders."""
CHECKED, KNOWN_SINCE, REMINDED = "checked", "known_since", "reminded"
OVERDUE = "This vault was last verified on {:%Y-%m-%d}, {:,} days ago. Verify it with: smtui check"
NEVER = "This machine has known this vault for {:,} days and never verified it. Verify it with: smtui check"
FAULTY = "The last verification of this vault, on {:%Y-%m-%d}, found issues. Run: smtui check"


@record
class LastCheck:
    """When (aware, UTC), and whether no fault was found."""

    at: datetime
    clean: bool


def read_last_check(note: RollbackNote) -> LastCheck | None:
    return _parse_last_check(note.read())


def record_check(note: RollbackNote, now: datetime, *, clean: bool) -> None:
    """Stores the time and result of a check, if the note can be written."""
    with suppress(OSError, ValueError):
        note.update(lambda held: {**held, CHECKED: [now.timestamp(), clean]})


def take_reminder(note: RollbackNote, now: datetime) -> str:
    """A sentence if a check is due and no reminder was shown lately; otherwise empty."""
    held = note.read()
    if KNOWN_SINCE not in held:
        _store(note, {KNOWN_SINCE: now.timestamp()})
    sentence = _format_reminder(held, now)
    reminded = _to_datetime(held.get(REMINDED))
    if not sentence or (reminded is not None and timedelta() <= now - reminded < REMINDER_INTERVAL):
        return ""
    _store(note, {REMINDED: now.timestamp()})
    return sentence


def _format_reminder(held: Content, now: datetime) -> str:
    last, since = _parse_last_check(held), _to_datetime(held.get(KNOWN_SINCE)) or now
    if last is not None and not last.clean:
        return FAULTY.format(last.at)
    if last is None:
        return NEVER.format((now - since).days) if now - since > CHECK_INTERVAL else ""
    return OVERDUE.format(last.at, (now - last.at).days) if now - last.at > CHECK_INTERVAL else ""


def _store(note: RollbackNote, more: Content) -> None:
    with suppress(OSError, ValueError):
        note.update(lambda held: {**held, **more})


def _parse_last_check(held: Content) -> LastCheck | None:
    try:
        at, clean = held[CHECKED]
    except (KeyError, TypeError, ValueError):
        return None
    moment = _to_datetime(at)
    return None if moment is None else LastCheck(moment, bool(clean))


def _to_datetime(timestamp: object) -> datetime | None:
    return datetime.fromtimestamp(timestamp, UTC) if isinstance(timestamp, int | float) else None
