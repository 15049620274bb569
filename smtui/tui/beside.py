"""Work that takes its time, beside the screens: on the vault opened once more, in a thread of its own.

No key press waits for it. The lock ends it: what is under way finds its vault locked at its next call.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from smtui.backends.local import Vault

Answer = TypeVar("Answer")


class Beside:
    """Begins with the session, and ends with its `stop`."""

    def __init__(self, vault: Vault) -> None:
        self.vault = vault
        self.stopped = False
        self._at_work: set[Vault] = set()

    async def run(self, job: Callable[[Vault], Answer]) -> Answer:
        """What `job` answers, which may use the vault it is given, and no other. Raises what it raises."""
        return await asyncio.to_thread(self._with_a_vault, job)

    def _with_a_vault(self, job: Callable[[Vault], Answer]) -> Answer:
        with self.vault.opened_again() as own:
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
        """Nothing is begun any more, and nothing goes on; a transaction that is under way comes to its end first."""
        self.stopped = True
        for own in tuple(self._at_work):
            await asyncio.to_thread(own.close)
