"""The verifier: checks after each unlock that every row of the vault is as it was last written.

It runs in the background on a connection of its own and reads one snapshot, so no writer waits for it. A thread that
reads row after row releases the interpreter's lock too briefly for another thread to take it. So the verifier reads
slices of a millisecond or two and sleeps between them, longer while the user presses keys.
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
    from smtui.tui.jobs.background_vault import BackgroundVault

DELAY = 3.0
"""Seconds from the unlock to the start, so that the first list comes first."""
PAUSE = 0.002
"""Seconds between two slices, see `vault.digest.SLICE`."""
LONG_PAUSE = 0.05
"""Seconds between two slices while the user presses keys."""
MISMATCH = ("Locked: rows of this vault differ from what was last written. Older data was put back, or another "
            "program wrote to the file. Keep the file unchanged, run smtui check, and open a backup.")


class _CancelledError(SmtuiError):
    """Verification cancelled."""


class Verifier:
    """The verification of one session.

    Args:
        background: where it runs.
        is_in_use: whether the user is pressing keys.
    """

    def __init__(self, background: BackgroundVault, is_in_use: Callable[[], bool] = lambda: False) -> None:
        self._background = background
        self._is_in_use = is_in_use
        self._stop = Event()
        self._run: asyncio.Future[bool] | None = None

    @property
    def is_running(self) -> bool:
        return self._run is not None and not self._run.done()

    async def verify(self) -> bool:
        """False if a row is not as it was last written. True if all are, or if the session ended first."""
        if self._stop.is_set():
            return True
        self._run = asyncio.ensure_future(self._background.run(self._verify_rows))
        try:
            return await asyncio.shield(self._run)
        except VaultDamagedError:
            return False
        except SmtuiError:  # Cancelled, locked or busy: nothing is known.
            return True

    def _verify_rows(self, own: Vault) -> bool:
        return own.maintenance.verify_rows(self._pause)

    def _pause(self, rows: int) -> None:
        if self._stop.wait(LONG_PAUSE if self._is_in_use() else PAUSE):
            raise _CancelledError("Verification cancelled.")

    def request_stop(self) -> None:
        """Cancels the verification. Callable from any thread."""
        self._stop.set()

    async def stop(self) -> None:
        """Cancels the verification and waits until its thread is done."""
        self.request_stop()
        if self._run is not None:
            with suppress(SmtuiError):
                await asyncio.shield(self._run)
