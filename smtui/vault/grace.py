"""When a session last looked for what was overdue: nothing is deleted for good that was not seen overdue a day before.

It stands in the vault, so that the sessions of all machines know it. One look is kept until it has been used: it
covers whatever was overdue at its time.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from smtui.vault.database import Database

NAME = "overdue_look"


@dataclass(frozen=True, slots=True)
class Look:
    """At a moment in milliseconds; events of the audit log were kept for so many days then, None for ever."""

    at: int
    kept_days: int | None


def last_look(database: Database) -> Look | None:
    """None where nobody has looked, or what is noted cannot be understood."""
    found = database.row("SELECT value FROM meta WHERE name = ?", (NAME,))
    if found is None:
        return None
    try:
        at, kept_days = json.loads(found[0])
        return Look(int(at), None if kept_days is None else int(kept_days))
    except (TypeError, ValueError):
        return None


def note_look(database: Database, look: Look | None) -> None:
    """Takes the place of the last one; None takes it away."""
    if look is None:
        database.run("DELETE FROM meta WHERE name = ?", (NAME,))
    else:
        database.run("INSERT OR REPLACE INTO meta VALUES (?, ?)", (NAME, json.dumps([look.at, look.kept_days])))
