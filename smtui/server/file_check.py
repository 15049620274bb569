"""Verifies the rows of a shared vault in the background, and locks it if they are not as they were written.

It does so after each unlock, as the screens do, and every day after that: an agent without limits may never lock.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING

from smtui.api.errors import SmtuiError, VaultDamagedError
from smtui.server.shared_vault import SharedVault

if TYPE_CHECKING:
    from smtui.backends.local import Vault

DELAY = 3.0
"""Seconds from the unlock to the start, so that the first calls come first."""
INTERVAL = 24 * 60 * 60.0
"""Seconds from the end of a verification to the next."""
PAUSE = 0.002
"""Seconds between two slices of rows, in which calls are answered."""
MISMATCH = "Rows of the file differ from what was last written. smtui check says more."


class _CancelledError(SmtuiError):
    """Verification cancelled."""


class FileChecker:
    """Verifications from each unlock on, each on a connection of its own. A lock ends them.

    Args:
        shared: the vault.
        delay: seconds from the unlock to the first.
        interval: seconds from one to the next.
    """

    def __init__(self, shared: SharedVault, delay: float = DELAY, interval: float = INTERVAL) -> None:
        self._shared = shared
        self._delay = delay
        self._interval = interval
        self._guard = Lock()
        self._running: _Verification | None = None
        shared.on_unlock.append(self.start)
        shared.on_lock.append(self.stop)

    def start(self, vault: Vault) -> None:
        """Begins to verify the vault, in a thread."""
        self.stop()
        with self._guard:
            self._running = _Verification(vault, self._delay, self._interval, self._lock)
        Thread(target=self._running.run, daemon=True, name="smtui-check").start()

    def stop(self) -> None:
        """Ends the verifications. Their connection is closed when this returns."""
        with self._guard:
            running, self._running = self._running, None
        if running is not None:
            running.stop()

    def _lock(self) -> None:
        self._shared.lock(MISMATCH)


class _Verification:
    """The verifications until a lock. `report` is called if the rows are not as they were last written."""

    def __init__(self, vault: Vault, delay: float, interval: float, report: Callable[[], None]) -> None:
        self._vault = vault
        self._delay = delay
        self._interval = interval
        self._report = report
        self._stop = Event()
        self._guard = Lock()
        self._own: Vault | None = None

    def run(self) -> None:
        pause = self._delay
        while not self._stop.wait(pause):
            if not self._is_clean():
                self._report()
                return
            pause = self._interval

    def _is_clean(self) -> bool:
        """Whether all rows are as they were last written, or nothing is known because it was stopped."""
        with self._guard:
            if self._stop.is_set():
                return True
            with suppress(SmtuiError):
                self._own = self._vault.reopen()
        own = self._own
        if own is None:
            return True
        try:
            return own.maintenance.verify_rows(self._pause)
        except VaultDamagedError:
            return self._stop.is_set()
        except SmtuiError:  # stopped, locked or busy: nothing is known
            return True
        finally:
            own.close()

    def _pause(self, rows: int) -> None:
        if self._stop.wait(PAUSE):
            raise _CancelledError("Verification cancelled.")

    def stop(self) -> None:
        self._stop.set()
        with self._guard:
            if self._own is not None:
                with suppress(SmtuiError):
                    self._own.interrupt()
                self._own.close()
