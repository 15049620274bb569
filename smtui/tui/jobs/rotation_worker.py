"""Rotates while the screens are open, beside them: what is due, and what RotateSecret began on one of them."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING

from smtui.api.errors import VaultLockedError
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.bridge import call
from smtui.tui.rotation.function_text import WAITS

if TYPE_CHECKING:
    from smtui.backends.local import Vault
    from smtui.rotation.runner import RotationResult
    from smtui.tui.jobs.worker import Beside

EVERY = 60
"""Seconds from one look to the next."""
PATIENCE = 5
"""Seconds for which the end of a session waits until functions have ended and that is noted."""


class Rotator:
    """Takes over what the session's vault would carry out itself while somebody waits. Idle where `idle` says so."""

    def __init__(self, beside: Beside, *, idle: bool = False) -> None:
        self._beside = beside
        self._idle = idle or beside.vault.read_only
        self._looking = False
        self._stopped = False
        self._asked: deque[tuple[str, str]] = deque()
        self._runs: set[asyncio.Future[list[RotationResult]]] = set()
        beside.vault.scheduler.delegate_to(self.ask)

    def ask(self, arn: str, region: str) -> None:
        """The rotation of this secret has begun, or is to be tried again; from any thread."""
        self._asked.append((arn, region))

    def next_asked(self) -> tuple[str, str] | None:
        return self._asked.popleft() if self._asked else None

    async def carry_out(self, arn: str, region: str) -> list[RotationResult]:
        """Goes on with the rotation of one secret; answers how it ended."""
        return await self._rotate(secret_id=arn, region_name=region)

    async def look(self) -> list[RotationResult]:
        """Carries out what is due; answers how each ended. Looks once at a time."""
        if self._idle or self._looking or self._beside.stopped:
            return []
        if not await call(self._beside.vault.scheduler.has_due):
            return []
        self._looking = True
        try:
            return await self._rotate()
        finally:
            self._looking = False

    async def _rotate(self, *, secret_id: str | None = None, region_name: str | None = None) -> list[RotationResult]:
        def rotate(own: Vault) -> list[RotationResult]:
            return own.scheduler.run_due(secret_id=secret_id, region_name=region_name,
                                         should_continue=lambda: not self._stopped)

        run = asyncio.ensure_future(self._beside.run(rotate))
        self._runs.add(run)
        run.add_done_callback(self._is_over)
        with suppress(VaultLockedError):
            return await asyncio.shield(run)
        return []

    def _is_over(self, run: asyncio.Future[list[RotationResult]]) -> None:
        """Also where nobody waits for it any more."""
        self._runs.discard(run)
        if not run.cancelled():
            run.exception()

    async def end(self) -> None:
        """Functions at work are ended, and their rotations rest until somebody goes on with them."""
        self._stopped = True
        if self._runs:
            await asyncio.wait(self._runs, timeout=PATIENCE)


def told(ended: RotationResult) -> SafeText:
    if ended.waits:
        return sanitize(f"The rotation of {ended.name} {WAITS}.")
    if ended.problem:
        what = "test of the rotation" if ended.kind == "test" else "rotation"
        return sanitize(f"The {what} of {ended.name} failed at {ended.step}: {ended.problem}")
    return sanitize(f"The function of {ended.name} passed its test." if ended.kind == "test" else
                    f"{ended.name} is rotated.")
