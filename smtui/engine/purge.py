"""Permanent deletion of overdue secrets, keys and audit events, and the check whether the clock can be trusted.

A wrong clock at one start must not delete anything, so everything deleted was found overdue by an earlier session at
least a day before. Deletion without recovery is not delayed.
"""

from __future__ import annotations

from smtui.engine import audit_events
from smtui.engine.call import DAY, Call, to_datetime
from smtui.system.ambient import Ambient
from smtui.vault import audit_log, deletion_grace, keys, secrets
from smtui.vault.deletion_grace import OverdueNote

# Milliseconds by which clocks may differ and still be trusted.
CLOCK_TOLERANCE = 5 * 60 * 1000
GRACE = DAY


class Purge:
    """Deletes what is overdue and was found overdue a day before, unless the clock is doubted.

    The clock is doubted if it is before the latest time in the vault, or jumped forward. One object serves a session,
    also when the session opens the file again, so that it remembers a jump.
    """

    def __init__(self, ambient: Ambient) -> None:
        self._ambient = ambient
        self._is_begun = self._is_noted = self._is_done = False
        self._earlier: OverdueNote | None = None
        self._notices: list[str] = []
        self.trust_clock()

    def trust_clock(self) -> None:
        """Trusts the clock from now on, because a person has confirmed it."""
        self._wall_minus_steady = self._measure_clock_difference()
        self._jumped = False

    def delete_overdue(self, call: Call) -> list[str]:
        """Deletes what is due for deletion and notes that something is overdue.

        Returns a sentence for each deleted thing.

        Pass the sentences to `add_notices` once the transaction is committed.
        """
        self._read_earlier_note(call)
        ended: list[str] = []
        look = self._earlier
        if look is not None and not self._is_done and call.now - look.at >= GRACE and self._is_trusted(call):
            ended = [*_delete_secrets(call, look), *_delete_keys(call, look), *_drop_events(call, look)]
            self._is_done = not ended
        if not self._is_noted and _is_anything_overdue(call) and self._is_trusted(call):
            self._note_overdue(call)
        return ended

    def add_notices(self, sentences: list[str]) -> None:
        """Adds sentences about committed deletions."""
        self._notices += sentences

    def take_notices(self) -> list[str]:
        """The sentences that were not taken yet."""
        notices, self._notices = self._notices, []
        return notices

    def _read_earlier_note(self, call: Call) -> None:
        """Reads the note of an earlier session, once.

        A note from the future was written by a wrong clock and is removed.
        """
        if not self._is_begun or (self._earlier is not None and self._earlier.at > call.now):
            self._is_begun = True
            self._earlier = deletion_grace.read_overdue_note(call.database)
            if self._earlier is not None and self._earlier.at > call.now:
                deletion_grace.write_overdue_note(call.database, None)
                self._earlier = None

    def _note_overdue(self, call: Call) -> None:
        """Writes a note for later sessions, unless there is an unused one."""
        stored = deletion_grace.read_overdue_note(call.database)
        used = stored is not None and stored == self._earlier and call.now - stored.at >= GRACE
        if stored is None or used:
            note = OverdueNote(call.now, audit_log.read_retention(call.database))
            deletion_grace.write_overdue_note(call.database, note)
        self._is_noted = True

    def _is_trusted(self, call: Call) -> bool:
        self._jumped = self._jumped or self._measure_clock_difference() - self._wall_minus_steady > CLOCK_TOLERANCE
        return not self._jumped and not is_clock_behind(call)

    def _measure_clock_difference(self) -> float:
        return (self._ambient.now().timestamp() - self._ambient.monotonic()) * 1000


def is_clock_behind(call: Call) -> bool:
    """Whether the clock is clearly before the latest time in the vault."""
    return audit_log.read_newest(call.database)[0] - call.now > CLOCK_TOLERANCE


def _is_anything_overdue(call: Call) -> bool:
    if not deletion_grace.may_be_overdue(call.database, call.now):
        return False
    days = audit_log.read_retention(call.database)
    return (secrets.has_overdue(call.database, call.now) or keys.has_overdue(call.database, call.now)
            or (days is not None and audit_log.has_events_before(call.database, call.now - days * DAY)))


def _delete_secrets(call: Call, look: OverdueNote) -> list[str]:
    ended = []
    for secret in secrets.list_overdue(call.database, look.at):
        secrets.delete(call.database, secret)
        about = {"SecretId": call.format_arn(secret), "DeletionDate": _format_day(secret.delete_at)}
        call.further_events.append(audit_events.make_service_event(
            call, "EndSecretVersionDelete", secret, about, region=secret.region))
        ended.append(f"Deleted permanently, as scheduled for {_format_day(secret.delete_at)}: secret {secret.name}"
                     f" in {secret.region}.")
    return ended


def _delete_keys(call: Call, look: OverdueNote) -> list[str]:
    ended = []
    for key in keys.list_overdue(call.database, look.at):
        keys.shred(call.database, key)
        call.keys.forget_key(key)
        about = {"keyId": key.key_id, "DeletionDate": _format_day(key.delete_at)}
        call.further_events.append(audit_events.make_service_event(
            call, "DeleteKey", None, about, source="kms.amazonaws.com", region=key.region))
        ended.append(f"Deleted permanently, as scheduled for {_format_day(key.delete_at)}: KMS key {key.key_id}"
                     f" in {key.region}.")
    return ended


def _drop_events(call: Call, look: OverdueNote) -> list[str]:
    """Drops a batch of audit events that are older than the retention, and were at the time of the note."""
    days = audit_log.read_retention(call.database)
    if days is None or look.kept_days is None:
        return []
    before = look.at - max(days, look.kept_days) * DAY
    dropped = audit_log.drop_events_before(call.database, before)
    if not dropped:
        return []
    call.further_events.append(audit_events.make_service_event(
        call, "DropAuditEvents", None, {"eventCount": dropped, "retentionDays": days}, source="smtui"))
    return [f"Removed from the audit log, whose retention is {days:,} days: {dropped:,}"
            f" event{'s' if dropped > 1 else ''}."]


def _format_day(milliseconds: int | None) -> str:
    return f"{to_datetime(milliseconds or 0):%Y-%m-%d}"
