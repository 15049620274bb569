"""Retention of the audit log of a local vault, and the number of its newest event."""

from __future__ import annotations

from smtui.backends.state import VaultState
from smtui.vault import audit_log


class AuditLog:
    """`vault.audit`. `Vault.audit_log()` reads the events."""

    def __init__(self, state: VaultState) -> None:
        self._state = state

    def find_newest_number(self) -> int:
        """The number of the newest event, 0 if there is none. Later events have greater numbers."""
        return audit_log.read_newest_number(self._state.checked_database)

    @property
    def retention_days(self) -> int | None:
        """For how many days events are kept; None means without limit."""
        return audit_log.read_retention(self._state.checked_database)

    def set_retention(self, days: int | None) -> None:
        """Keeps events for `days` days, None without limit. The audit log records the change.

        Raises ClientError for a number that is not allowed.
        """
        self._state.call_as_owner("SetTrailRetention", {"Days": days or 0})
