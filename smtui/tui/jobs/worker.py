"""Work that takes its time, beside the screens: on the vault opened once more, in a thread of its own.

No key press waits for it. The lock ends it: what is under way finds its vault locked at its next call.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from smtui.api.errors import VaultLockedError
from smtui.tui.ended_threads import end_threads

if TYPE_CHECKING:
    from smtui.backends.local import Vault

P = ParamSpec("P")
Answer = TypeVar("Answer")
THREADS = 16
"""At most so many at once."""


class Beside:
    """Begins with the session, and ends with its `stop`."""

    def __init__(self, vault: Vault) -> None:
        self.vault = vault
        self.stopped = False
        self._at_work: set[Vault] = set()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="smtui-beside")

    async def run(self, job: Callable[[Vault], Answer]) -> Answer:
        """What `job` answers, which may use the vault it is given, and no other. Raises what it raises."""
        if self.stopped:
            raise VaultLockedError("The vault is locked.")
        return await self._in_a_thread(self._with_a_vault, job)

    async def _in_a_thread(self, function: Callable[P, Answer], *args: P.args, **kwargs: P.kwargs) -> Answer:
        return await asyncio.get_running_loop().run_in_executor(self._threads, partial(function, *args, **kwargs))

    def _with_a_vault(self, job: Callable[[Vault], Answer]) -> Answer:
        with self.vault.reopen() as own:
            self._at_work.add(own)
            try:
                if self.stopped:
                    own.close()
                return job(own)
            finally:
                self._at_work.discard(own)

    @property
    def busy(self) -> bool:
        return bool(self._at_work)

    async def stop(self) -> None:
        """Nothing is begun any more, and nothing goes on; a transaction that is under way comes to its end first.

        The threads end too, for remains of keys lie on their stacks.
        """
        self.stopped = True
        for own in tuple(self._at_work):
            await self._in_a_thread(own.close)
        end_threads(self._threads)
