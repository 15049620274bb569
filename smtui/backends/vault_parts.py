"""The parts of an open vault that few programs use: each is imported when it is first asked for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from smtui.backends.alerts import Alerts
    from smtui.backends.audit import AuditLog
    from smtui.backends.callers import Callers
    from smtui.backends.favorites import Favorites
    from smtui.backends.kept_indexes import KeptIndexes
    from smtui.backends.key_usage import KeyUsageReader
    from smtui.backends.scheduler import RotationScheduler
    from smtui.backends.state import VaultState


class VaultParts:
    """The base of `Vault` with its parts, which share its state."""

    _state: VaultState

    @cached_property
    def audit(self) -> AuditLog:
        from smtui.backends.audit import AuditLog

        return AuditLog(self._state)

    @cached_property
    def scheduler(self) -> RotationScheduler:
        from smtui.backends.scheduler import RotationScheduler

        return RotationScheduler(self._state)

    @cached_property
    def alerts(self) -> Alerts:
        from smtui.backends.alerts import Alerts

        return Alerts(self._state, self.scheduler)

    @cached_property
    def favorites(self) -> Favorites:
        from smtui.backends.favorites import Favorites

        return Favorites(self._state)

    @cached_property
    def callers(self) -> Callers:
        from smtui.backends.callers import Callers

        return Callers(self._state)

    @cached_property
    def kept_indexes(self) -> KeptIndexes:
        from smtui.backends.kept_indexes import KeptIndexes

        return KeptIndexes(self._state)

    @cached_property
    def key_usage(self) -> KeyUsageReader:
        from smtui.backends.key_usage import KeyUsageReader

        return KeyUsageReader(self._state)

    def _on_success(self, operation: str, params: dict[str, Any], region_name: str) -> None:
        """What follows a call: RotateSecret begins a rotation."""
        if operation == "RotateSecret":
            self.scheduler.on_success(operation, params, region_name)
