"""What happens to the secrets and KMS keys of a Region in the next days, and when the secrets were last changed."""

from __future__ import annotations

from bisect import bisect_left
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from smtui.api.types import SecretListEntry

OUTLOOK_DAYS = 60
"""The number of days an outlook reaches, today included."""
ROTATIONS, DELETIONS, KEY_DELETIONS = "rotations", "deletions", "key deletions"
EVENT_KINDS = (ROTATIONS, DELETIONS, KEY_DELETIONS)
"""What an outlook counts: rotations that are due, deletions of secrets, deletions of KMS keys."""
AGE_LIMITS = (30, 90, 180, 365)
"""The upper limits of the age groups, in days; a last group has everything older."""


class Outlook:
    """Counts the scheduled events of each day, and the secrets of each age group.

    Attributes:
        start: the current time, with a time zone.
        events: for each kind of `EVENT_KINDS`, the number of events of each of `OUTLOOK_DAYS` days, today first.
        ages: the number of secrets in each age group: last changed at most 30, 90, 180, 365 days ago, and earlier.
    """

    def __init__(self, start: datetime) -> None:
        self.start = start
        self.events = {kind: [0] * OUTLOOK_DAYS for kind in EVENT_KINDS}
        self.ages = [0] * (len(AGE_LIMITS) + 1)

    def add_secret(self, entry: SecretListEntry) -> None:
        """Counts an entry of ListSecrets. A secret that is scheduled for deletion counts only as a deletion."""
        if deleted := entry.get("DeletedDate"):
            self.add_event(DELETIONS, deleted)
            return
        changed = entry.get("LastChangedDate", entry["CreatedDate"])
        self.ages[bisect_left(AGE_LIMITS, (self.start - changed) / timedelta(days=1))] += 1
        due = entry.get("NextRotationDate")
        if due is not None and entry.get("RotationEnabled"):
            self.add_event(ROTATIONS, due)

    def add_event(self, kind: str, moment: datetime) -> None:
        """Counts an event on its day in the local time zone. What is overdue counts today, what is too late nowhere."""
        day = max(0, (moment.astimezone().date() - self.start.astimezone().date()).days)
        if day < OUTLOOK_DAYS:
            self.events[kind][day] += 1

    @property
    def has_events(self) -> bool:
        """Whether anything is scheduled in these days."""
        return any(any(days) for days in self.events.values())
