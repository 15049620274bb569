"""Verifies, after each unlock, that every row of the vault is as it was last written: beside the screens, and slowly.

It reads one moment of the vault on a connection of its own, so no writer waits for it. Key presses do not either:
a thread that reads row after row lets go of the interpreter's lock at each of them for too short a time for another
thread to take it, so that all others stand still until it sleeps. So it reads slices of a millisecond or two, and
sleeps between them: as long as a slice lasts, and much longer while keys arrive.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from threading import Event
from typing import TYPE_CHECKING

from smtui.api.errors import SmtuiError, VaultDamagedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from smtui.backends.local import Vault
    from smtui.tui.jobs.worker import Beside

DELAY = 3.0
"""Seconds after the unlock at which it begins: the first list comes first."""
PAUSE = 0.002
"""Seconds between two slices, see `vault.digest.SLICE`."""
LONG_PAUSE = 0.05
"""Seconds between two slices while somebody presses keys. It goes on all the same, or it would never end."""
MISMATCH = ("Locked: rows of this vault are not as they were last written. An older page was put back, or another "
            "program wrote into the file. Keep the file as it is, run smtui check, and open a backup.")


class _CancelledError(SmtuiError):
    """Nobody wants to know any more."""


class Verifier:
    """One verification for a session. `is_in_use` tells whether somebody is pressing keys."""

    def __init__(self, beside: Beside, is_in_use: Callable[[], bool] = lambda: False) -> None:
        self._beside = beside
        self._is_in_use = is_in_use
        self._stop = Event()
        self._run: asyncio.Future[bool] | None = None

    @property
    def is_running(self) -> bool:
        return self._run is not None and not self._run.done()

    async def verify(self) -> bool:
        """Whether everything is as it was last written; True as well where the end of the session came first."""
        if self._stop.is_set():
            return True
        self._run = asyncio.ensure_future(self._beside.run(self._verify))
        try:
            return await asyncio.shield(self._run)
        except VaultDamagedError:
            return False
        except SmtuiError:  # cancelled, locked, busy: nothing is known
            return True

    def _verify(self, own: Vault) -> bool:
        return own.maintenance.verify_rows(self._pause)

    def _pause(self, rows: int) -> None:
        if self._stop.wait(LONG_PAUSE if self._is_in_use() else PAUSE):
            raise _CancelledError("The verification was cancelled.")

    async def end(self) -> None:
        """Cancels it, and waits until nothing of it is left."""
        self._stop.set()
        if self._run is not None:
            with suppress(SmtuiError):
                await asyncio.shield(self._run)
