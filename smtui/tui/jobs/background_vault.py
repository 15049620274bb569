"""Runs functions in background threads, each on a connection to the vault of its own.

No key press waits for them. The lock ends them: their next call raises VaultLockedError.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import copy_context
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from smtui.api.errors import VaultLockedError
from smtui.system.key_threads import KeyThreadPool
from smtui.tui.bridge import get_lane, run_confirmed

if TYPE_CHECKING:
    from smtui.backends.local import Vault

P = ParamSpec("P")
Answer = TypeVar("Answer")
THREADS = 16
"""How many functions run at once at most."""
PAUSE = 0.001
"""Seconds for which a background thread sleeps after some work of SQLite, see `Vault.reopen`."""


class BackgroundVault:
    """The vault of a session for its background threads, from the unlock to `stop`.

    A thread that steps through rows releases the interpreter's lock too briefly for another thread to take it. So
    each of these threads sleeps now and then, and the event loop runs meanwhile.

    Args:
        vault: the open vault of the session.
    """

    def __init__(self, vault: Vault) -> None:
        self.vault = vault
        self.lane = get_lane()
        """The threads of the session's own calls."""
        self._stop = Event()
        self._open_vaults: set[Vault] = set()
        self._threads = KeyThreadPool(THREADS, "smtui-background")

    async def run(self, function: Callable[[Vault], Answer], check: Callable[[], object] = lambda: None) -> Answer:
        """Calls `function` in a background thread with a vault of its own.

        Args:
            function: uses the vault it is given, and no other.
            check: is called often while SQLite works. An exception of it ends the statement.

        Returns:
            What `function` returns.

        Raises:
            VaultLockedError: the session has ended.
            Exception: whatever `function` raises.
        """
        if self.is_stopped:
            raise VaultLockedError("The vault is locked.")
        return await run_confirmed(lambda: self._run_in_thread(self._call_with_vault, function, check))

    async def _run_in_thread(self, function: Callable[P, Answer], *args: P.args, **kwargs: P.kwargs) -> Answer:
        return await asyncio.get_running_loop().run_in_executor(
            self._threads, copy_context().run, partial(function, *args, **kwargs))

    def _call_with_vault(self, function: Callable[[Vault], Answer], check: Callable[[], object]) -> Answer:
        checks: list[Callable[[], object]] = []

        def pause() -> None:
            self._stop.wait(PAUSE)
            for each in checks:
                each()

        with self.vault.reopen(pause=pause) as own:
            self._open_vaults.add(own)
            checks.append(check)
            try:
                if self.is_stopped:
                    own.close()
                return function(own)
            finally:
                checks.clear()
                self._open_vaults.discard(own)

    @property
    def is_stopped(self) -> bool:
        return self._stop.is_set()

    @property
    def is_busy(self) -> bool:
        """Whether a function is running."""
        return bool(self._open_vaults)

    async def stop(self) -> None:
        """Closes the vaults of all threads; a transaction that is under way ends first.

        The threads end too, because their stacks may hold remains of keys.
        """
        self._stop.set()
        for own in tuple(self._open_vaults):
            await self._run_in_thread(own.close)
        self._threads.end()
