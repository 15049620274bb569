"""Verifies the rows of a shared vault in the background after each unlock, and locks it if they are not as written."""

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
PAUSE = 0.002
"""Seconds between two slices of rows, in which calls are answered."""
MISMATCH = "Rows of the file differ from what was last written. smtui check says more."


class _CancelledError(SmtuiError):
    """Verification cancelled."""


class FileChecker:
    """One verification after each unlock, on a connection of its own. A lock ends it.

    Args:
        shared: the vault.
        delay: seconds from the unlock to the start.
    """

    def __init__(self, shared: SharedVault, delay: float = DELAY) -> None:
        self._shared = shared
        self._delay = delay
        self._guard = Lock()
        self._running: _Verification | None = None
        shared.on_unlock.append(self.start)
        shared.on_lock.append(self.stop)

    def start(self, vault: Vault) -> None:
        """Verifies the vault in a thread."""
        self.stop()
        with self._guard:
            self._running = _Verification(vault, self._delay, self._lock)
        Thread(target=self._running.run, daemon=True, name="smtui-check").start()

    def stop(self) -> None:
        """Ends a verification. Its connection is closed when this returns."""
        with self._guard:
            running, self._running = self._running, None
        if running is not None:
            running.stop()

    def _lock(self) -> None:
        self._shared.lock(MISMATCH)


class _Verification:
    """One run. `report` is called if the rows are not as they were last written."""

    def __init__(self, vault: Vault, delay: float, report: Callable[[], None]) -> None:
        self._vault = vault
        self._delay = delay
        self._report = report
        self._stop = Event()
        self._guard = Lock()
        self._own: Vault | None = None

    def run(self) -> None:
        if not self._stop.wait(self._delay) and not self._is_clean():
            self._report()

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
