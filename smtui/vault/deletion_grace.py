"""Notes when a session last found something overdue: only what was overdue a day before is deleted permanently.

The note is in the vault, so every machine sees it. It stays until it is used, and covers what was overdue at its time.
"""

from __future__ import annotations

import json

from smtui.api.record import record
from smtui.vault import audit_log
from smtui.vault.database import Database

NAME = "overdue_look"


@record
class OverdueNote:
    """A time in milliseconds, and the retention of audit events at that time in days (None: without limit)."""

    at: int
    kept_days: int | None


def may_be_overdue(database: Database, now: int) -> bool:
    """Whether a secret or key is overdue (`now` is in milliseconds), or audit events have a retention: one question."""
    return database.fetch_row(
        "SELECT EXISTS (SELECT 1 FROM secrets WHERE delete_at <= ?1)"
        " OR EXISTS (SELECT 1 FROM keys WHERE delete_at <= ?1)"
        " OR EXISTS (SELECT 1 FROM meta WHERE name = ?2)", (now, audit_log.RETENTION)) != (0,)


def read_overdue_note(database: Database) -> OverdueNote | None:
    """The stored note; None if there is none or it cannot be parsed."""
    found = database.fetch_row("SELECT value FROM meta WHERE name = ?", (NAME,))
    if found is None:
        return None
    try:
        at, kept_days = json.loads(found[0])
        return OverdueNote(int(at), None if kept_days is None else int(kept_days))
    except (TypeError, ValueError):
        return None


def write_overdue_note(database: Database, look: OverdueNote | None) -> None:
    """Replaces the stored note; None removes it."""
    if look is None:
        database.run("DELETE FROM meta WHERE name = ?", (NAME,))
    else:
        database.run("INSERT OR REPLACE INTO meta VALUES (?, ?)", (NAME, json.dumps([look.at, look.kept_days])))
