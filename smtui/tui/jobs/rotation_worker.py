"""The rotation worker: rotates in the background while the screens are open.

It rotates what is due, and what RotateSecret started on a screen.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING

from smtui.api.errors import VaultLockedError
from smtui.rotation.function import WAITS
from smtui.text.sanitize import SafeText, sanitize

if TYPE_CHECKING:
    from smtui.backends.local import Vault
    from smtui.rotation.runner import RotationResult
    from smtui.tui.jobs.background_vault import BackgroundVault

INTERVAL = 60
"""Seconds between two searches for due rotations."""
STOP_TIMEOUT = 5
"""Seconds for which the end of a session waits until functions have ended and their ends are recorded."""


class RotationWorker:
    """Takes over the rotations that the session's vault would otherwise run itself while the user waits.

    Args:
        background: where the rotations run.
        is_idle: whether it rotates nothing that is due; always true for a vault that is open for reading only.
    """

    def __init__(self, background: BackgroundVault, *, is_idle: bool = False) -> None:
        self._background = background
        self.is_idle = is_idle or background.vault.read_only
        self._is_running_due = False
        self._stopped = False
        self._queue: deque[tuple[str, str]] = deque()
        self._runs: set[asyncio.Future[list[RotationResult]]] = set()
        background.vault.scheduler.delegate_to(self.enqueue)

    def enqueue(self, arn: str, region: str) -> None:
        """Adds a secret whose rotation has started or shall be tried again. Safe to call from any thread."""
        self._queue.append((arn, region))

    def take_next(self) -> tuple[str, str] | None:
        """Removes the oldest secret from the queue and returns its ARN and Region; None if the queue is empty."""
        return self._queue.popleft() if self._queue else None

    async def rotate_one(self, arn: str, region: str) -> list[RotationResult]:
        """Continues the rotation of one secret and returns its results."""
        return await self._rotate(secret_id=arn, region_name=region)

    async def rotate_due(self) -> list[RotationResult]:
        """Rotates what is due and returns the results. A second call returns at once while the first is running."""
        if self.is_idle or self._is_running_due or self._background.is_stopped:
            return []
        if not await self._background.lane.run(self._background.vault.scheduler.has_due):
            return []
        self._is_running_due = True
        try:
            return await self._rotate()
        finally:
            self._is_running_due = False

    async def _rotate(self, *, secret_id: str | None = None, region_name: str | None = None) -> list[RotationResult]:
        def rotate(own: Vault) -> list[RotationResult]:
            return own.scheduler.run_due(secret_id=secret_id, region_name=region_name,
                                         should_continue=lambda: not self._stopped)

        run = asyncio.ensure_future(self._background.run(rotate))
        self._runs.add(run)
        run.add_done_callback(self._forget_run)
        with suppress(VaultLockedError):
            return await asyncio.shield(run)
        return []

    def _forget_run(self, run: asyncio.Future[list[RotationResult]]) -> None:
        """Reads the exception of a run that nobody awaits any more, or asyncio would log it."""
        self._runs.discard(run)
        if not run.cancelled():
            run.exception()

    @property
    def is_running(self) -> bool:
        """Whether a rotation is running."""
        return bool(self._runs)

    def request_stop(self) -> None:
        """Makes running functions end soon. Callable from any thread."""
        self._stopped = True

    async def stop(self) -> list[RotationResult]:
        """Ends running functions and returns the results. Their rotations rest until the user continues them."""
        self.request_stop()
        if not self._runs:
            return []
        ended, _ = await asyncio.wait(self._runs, timeout=STOP_TIMEOUT)
        return [result for run in ended if not run.cancelled() and run.exception() is None for result in run.result()]


def format_result(result: RotationResult) -> SafeText:
    """A sentence about the end of a rotation."""
    if result.waits:
        return sanitize(f"The rotation of {result.name} {WAITS}.")
    if result.problem:
        what = "rotation test" if result.kind == "test" else "rotation"
        return sanitize(f"The {what} of {result.name} failed at {result.step}: {result.problem}")
    return sanitize(f"The rotation test of {result.name} passed." if result.kind == "test" else
                    f"{result.name} rotated.")
