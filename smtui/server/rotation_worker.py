"""Runs rotations of a shared vault in the background: those that calls begin, and those that are due."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING

from smtui.api.errors import SmtuiError
from smtui.server.shared_vault import SharedVault

if TYPE_CHECKING:
    from smtui.backends.local import Vault

DUE_SECONDS = 60.0
"""Seconds between two looks for due rotations."""


class RotationWorker:
    """One thread that runs rotations one after the other. A lock ends the running one.

    Args:
        shared: the vault.
    """

    def __init__(self, shared: SharedVault) -> None:
        self._shared = shared
        self._work: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._looked = shared.ambient.monotonic()
        shared.on_unlock.append(self.take_over)
        self._thread = Thread(target=self._run, daemon=True, name="smtui-rotations")

    def start(self, vault: Vault) -> None:
        self.take_over(vault)
        self._thread.start()

    def take_over(self, vault: Vault) -> None:
        """From now on a RotateSecret of this vault is answered before it is carried out, as on AWS."""
        vault.scheduler.delegate_to(lambda arn, region: self._work.put(lambda: self._rotate(arn, region)))

    def look_for_due(self) -> None:
        """Runs due rotations, at most once a minute."""
        now = self._shared.ambient.monotonic()
        if now - self._looked >= DUE_SECONDS and not self._shared.is_locked:
            self._looked = now
            self._work.put(self._rotate_due)

    def close(self) -> None:
        self._work.put(None)

    def _run(self) -> None:
        while (work := self._work.get()) is not None:
            with suppress(SmtuiError, OSError):  # the run's events in the audit log say what failed
                work()

    def _rotate(self, arn: str, region: str) -> None:
        with self._shared.use(touch=False) as vault:
            vault.scheduler.run_due(secret_id=arn, region_name=region, should_continue=self._may_continue)

    def _rotate_due(self) -> None:
        with self._shared.use(touch=False) as vault:
            if vault.scheduler.has_due():
                vault.scheduler.run_due(should_continue=self._may_continue)

    def _may_continue(self) -> bool:
        return not self._shared.is_locking
