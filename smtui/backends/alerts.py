"""What a list of secrets warns of, beyond the members of ListSecrets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from smtui.backends.scheduler import RotationScheduler
from smtui.backends.state import VaultState
from smtui.engine import alerts
from smtui.vault import rotations


@dataclass(frozen=True, slots=True)
class FoundAlerts:
    """Names of secrets, and ARNs of rotation functions, that call for attention."""

    failed: frozenset[str]
    """The names of secrets whose last rotation has failed."""
    public: frozenset[str]
    """The names of secrets whose policy grants access to strangers."""
    waiting_functions: frozenset[str]
    """The ARNs of functions whose command is not allowed on this machine (see `RotationScheduler`)."""


class Alerts:
    """`vault.alerts`: finds what calls for attention. No value is read, and nothing is recorded in the audit log."""

    def __init__(self, state: VaultState, scheduler: RotationScheduler) -> None:
        self._state = state
        self._scheduler = scheduler

    def find(self, names: Sequence[str], *, region_name: str | None = None) -> FoundAlerts:
        """Finds the alerts about these secrets of a Region, by default the home Region.

        Raises:
            VaultLockedError: the vault is locked.
        """
        state, region = self._state, region_name or self._state.region_name
        database = state.checked_database
        return FoundAlerts(
            frozenset(rotations.list_failed_names(database, region, names)),
            frozenset(alerts.list_public_names(
                database, region, names, account=state.account_id, now=state.ambient.now())),
            self._scheduler.list_waiting_functions(region_name=region),
        )
