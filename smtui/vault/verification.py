"""When this machine last verified a vault as a whole, and when to remind somebody of it.

The date stands in the note of this machine, beside what it saw of the vault's history.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from smtui.vault.rollback_note import Content, RollbackNote

LONG_AGO = timedelta(days=30)
OFTEN_ENOUGH = timedelta(days=1)
"""Between two reminders."""
KEY, SINCE, REMINDED = "checked", "known_since", "reminded"
OVERDUE = "This vault was last verified on {:%Y-%m-%d}, {:,} days ago. Verify it with: smtui check"
NEVER = "This machine has known this vault for {:,} days and never verified it. Verify it with: smtui check"
WRONG = "The last verification of this vault, on {:%Y-%m-%d}, found something wrong. Run: smtui check"


@dataclass(frozen=True, slots=True)
class LastCheck:
    """A moment (aware, in UTC), and whether nothing wrong was found."""

    at: datetime
    clean: bool


def last_check(note: RollbackNote) -> LastCheck | None:
    return _last_check(note.read())


def note_check(note: RollbackNote, now: datetime, *, clean: bool) -> None:
    """Where it cannot be noted, it was done all the same."""
    with suppress(OSError, ValueError):
        note.update(lambda held: {**held, KEY: [now.timestamp(), clean]})


def take_reminder(note: RollbackNote, now: datetime) -> str:
    """A sentence where a check is due and nobody was reminded lately; else empty."""
    held = note.read()
    if SINCE not in held:
        _remember(note, {SINCE: now.timestamp()})
    sentence = _sentence(held, now)
    reminded = _moment(held.get(REMINDED))
    if not sentence or (reminded is not None and timedelta() <= now - reminded < OFTEN_ENOUGH):
        return ""
    _remember(note, {REMINDED: now.timestamp()})
    return sentence


def _sentence(held: Content, now: datetime) -> str:
    last, since = _last_check(held), _moment(held.get(SINCE)) or now
    if last is not None and not last.clean:
        return WRONG.format(last.at)
    if last is None:
        return NEVER.format((now - since).days) if now - since > LONG_AGO else ""
    return OVERDUE.format(last.at, (now - last.at).days) if now - last.at > LONG_AGO else ""


def _remember(note: RollbackNote, more: Content) -> None:
    with suppress(OSError, ValueError):
        note.update(lambda held: {**held, **more})


def _last_check(held: Content) -> LastCheck | None:
    try:
        at, clean = held[KEY]
    except (KeyError, TypeError, ValueError):
        return None
    moment = _moment(at)
    return None if moment is None else LastCheck(moment, bool(clean))


def _moment(timestamp: object) -> datetime | None:
    return datetime.fromtimestamp(timestamp, UTC) if isinstance(timestamp, int | float) else None
