"""The permanent end of what is overdue, secrets, keys and old events, and when a clock is not trusted to say so."""

from __future__ import annotations

from smtui.ambient import Ambient
from smtui.engine.call import DAY, Call
from smtui.vault import keys, secrets, trail

# Milliseconds by which clocks may disagree without being doubted.
TOLERANCE = 5 * 60 * 1000


class Purge:
    """Deletes what is overdue, unless the clock stands before the latest time the vault has seen, or jumped forward.

    One for a whole session, however often that opens the file: a jump that was noticed is not forgotten in it.
    """

    def __init__(self, ambient: Ambient) -> None:
        self._ambient = ambient
        self.believe()

    def believe(self) -> None:
        """Somebody said that the clock is right: what it does from now on counts."""
        self._wall_minus_steady = self._difference()
        self._jumped = False

    def overdue(self, call: Call) -> None:
        secrets_due, keys_due = secrets.overdue(call.database, call.now), keys.overdue(call.database, call.now)
        kept_since = self._kept_since(call)
        events_due = kept_since is not None and trail.has_before(call.database, kept_since)
        if not (secrets_due or keys_due or events_due) or not self._trusted(call):
            return
        for secret in secrets_due:
            secrets.delete(call.database, secret)
        for key in keys_due:
            keys.shred(call.database, key)
            call.keys.drop(key)
        if kept_since is not None:
            trail.drop_before(call.database, kept_since)

    @staticmethod
    def _kept_since(call: Call) -> int | None:
        days = trail.kept_days(call.database)
        return None if days is None else call.now - days * DAY

    def _trusted(self, call: Call) -> bool:
        self._jumped = self._jumped or self._difference() - self._wall_minus_steady > TOLERANCE
        return not self._jumped and not clock_behind(call)

    def _difference(self) -> float:
        return (self._ambient.now().timestamp() - self._ambient.steady()) * 1000


def clock_behind(call: Call) -> bool:
    """Whether the clock stands clearly before the latest time in the vault."""
    return trail.newest(call.database)[0] - call.now > TOLERANCE
