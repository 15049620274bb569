"""A vault that several threads and listeners share, and that is locked after a time.

A call that has begun ends before the vault is locked. After the lock nothing of the keys is left, and the next
`unlock` opens the file again.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Condition, Lock
from typing import TYPE_CHECKING

from smtui.api.errors import VaultDamagedError, VaultError, VaultLockedError, VaultMissingError
from smtui.protocol import sigv4
from smtui.server.limits import IDLE_SECONDS, MAX_SECONDS
from smtui.system.ambient import Ambient

if TYPE_CHECKING:
    from smtui.backends.key_files import KeyFile
    from smtui.backends.local import Vault

SUSPEND_SECONDS = 60.0
"""A pause between two checks that is longer than this was a suspend of the machine."""
DRAIN_SECONDS = 5.0
"""Seconds that a lock waits for calls that have begun, before it interrupts them."""
OLDER = "The vault file was replaced by an older one. It was not unlocked."
OLDER_HINT = "Stop the agent and start it again: it shows what is missing."
LOST = "The file was replaced or damaged."
LOCKED = "The vault is locked."
UNLOCK_HINT = "smtui unlock unlocks it."


def reopen_vault(path: Path, passphrase: bytearray, key_file: KeyFile | None = None) -> Vault:
    """Opens a vault again after a lock; the passphrase is wiped. Raises VaultError."""
    from smtui.backends.opening import open_vault

    vault = open_vault(path, passphrase, key_file=key_file)
    if vault.maintenance.missing_commits:
        vault.close()
        raise VaultError(OLDER, hint=OLDER_HINT)
    return vault


@dataclass(frozen=True, slots=True)
class LockLimits:
    """When a vault is locked. Both are in seconds; 0 is never.

    Args:
        idle: after the last call.
        total: after it was unlocked.
    """

    idle: float = IDLE_SECONDS
    total: float = MAX_SECONDS


class SharedVault:
    """The vault of a server, locked or not.

    Args:
        vault: the unlocked vault.
        reopen: opens it again with a passphrase, which it wipes, and with the key file behind it, if one is given.
        limits: when it is locked.
        ambient: the clock.
    """

    def __init__(
        self, vault: Vault, reopen: Callable[..., Vault], limits: LockLimits, ambient: Ambient
    ) -> None:
        self.path: Path = vault.path
        self.account_id = vault.account_id
        self.region_name = vault.region_name
        self.limits = limits
        self.ambient = ambient
        self.on_lock: list[Callable[[], None]] = []
        self.on_unlock: list[Callable[[Vault], None]] = []
        self.lock_reason = ""
        self.is_locking = False
        """Whether a lock waits for calls to end; work in the background then ends early."""
        self._vault: Vault | None = vault
        self._reopen = reopen
        self._users = 0
        self._changed = Condition(Lock())
        self._unlocking = Lock()
        self._used = self._unlocked = self._checked = ambient.monotonic()

    @property
    def is_locked(self) -> bool:
        return self._vault is None

    @contextmanager
    def use(self, *, touch: bool = True) -> Iterator[Vault]:
        """The vault for one call. `touch` restarts the time until the idle lock. Raises VaultLockedError."""
        with self._changed:
            self._enforce_limits()
            if self._vault is None:
                raise VaultLockedError(LOCKED, hint=UNLOCK_HINT)
            vault = self._vault
            self._users += 1
            if touch:
                self._used = self.ambient.monotonic()
        is_lost = False
        try:
            yield vault
        except (VaultMissingError, VaultDamagedError):
            is_lost = True
            raise
        finally:
            with self._changed:
                self._users -= 1
                self._changed.notify_all()
                if is_lost and self._vault is vault:
                    self._lock(LOST)

    def lock(self, reason: str = "It was locked on request.") -> None:
        """Wipes the keys and closes the file, after calls that have begun. A second call does nothing."""
        with self._changed:
            self._lock(reason)

    def unlock(self, passphrase: bytearray, key_file: KeyFile | None = None) -> None:
        """Opens the vault again; the passphrase is wiped. Raises VaultError, and stays locked then."""
        with self._unlocking:
            self._adopt(self._reopen(passphrase) if key_file is None else self._reopen(passphrase, key_file))

    def unlock_with(self, opened: Vault) -> None:
        """Unlocks with the same vault, opened elsewhere in this process. One that is not needed is closed."""
        with self._unlocking:
            self._adopt(opened)

    def _adopt(self, opened: Vault) -> None:
        with self._changed:
            vault, spare = (opened, None) if self._vault is None else (self._vault, opened)
            self._vault, self.lock_reason = vault, ""
            self._used = self._unlocked = self._checked = self.ambient.monotonic()
        if spare is not None:
            spare.close()
            return
        for act in self.on_unlock:
            act(vault)

    def enforce_limits(self) -> None:
        """Locks the vault if its time is over. Called every second or so, and before each call."""
        with self._changed:
            self._enforce_limits()

    def count_seconds_left(self) -> float | None:
        """Seconds to the next lock; None if there is no limit, 0 if it is locked."""
        if self.is_locked:
            return 0.0
        now, limits = self.ambient.monotonic(), self.limits
        ends = [start + limit - now for start, limit in ((self._used, limits.idle), (self._unlocked, limits.total))
                if limit]
        return max(0.0, min(ends)) if ends else None

    def _enforce_limits(self) -> None:
        now = self.ambient.monotonic()
        pause, self._checked = now - self._checked, now
        if self.is_locked or self._users:
            return
        if self.limits.total and now - self._unlocked >= self.limits.total:
            self._lock("The maximum time without the passphrase had passed.")
        elif self.limits.idle and now - self._used >= self.limits.idle:
            self._lock("It was idle.")
        elif pause >= SUSPEND_SECONDS and self.limits.idle:
            self._lock("The machine was suspended.")

    def _lock(self, reason: str) -> None:
        vault, self._vault = self._vault, None
        if vault is None:
            return
        self.lock_reason, self.is_locking = reason, True
        if not self._changed.wait_for(lambda: not self._users, DRAIN_SECONDS):
            vault.interrupt()
            self._changed.wait_for(lambda: not self._users, DRAIN_SECONDS)
        vault.close()
        self.is_locking = False
        sigv4.forget_keys()
        re.purge()
        for act in self.on_lock:
            act()
        gc.collect()
