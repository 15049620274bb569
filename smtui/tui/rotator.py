"""Rotates what is due while the screens are open, beside them: a rotation function may take its time.

It has the vault open by itself, in a thread of its own, so that no key press waits for it; the lock ends both.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from smtui.api.errors import VaultLockedError
from smtui.shown import Shown, shown

if TYPE_CHECKING:
    from smtui.backends.local import Vault
    from smtui.rotation.runner import Ended

EVERY = 60
"""Seconds from one look to the next."""


class Rotator:
    """Begins with the session, and ends with its `stop`."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._own: Vault | None = None
        self._stopped = False
        self._at_work = False

    async def look(self) -> list[Shown]:
        """Carries out what is due; answers with a sentence for each secret. Looks once at a time."""
        if self._stopped or self._at_work or self._vault.read_only or not self._vault.rotation_is_due():
            return []
        self._at_work = True
        try:
            return [told(ended) for ended in await asyncio.to_thread(self._rotate)]
        finally:
            self._at_work = False

    def _rotate(self) -> list[Ended]:
        self._own = self._vault.opened_again()
        if self._stopped:
            self.stop()
        with suppress(VaultLockedError), self._own as own:
            return own.rotate_due()
        return []

    def stop(self) -> None:
        """Nothing is begun any more, and what is under way finds the vault locked at its next call."""
        self._stopped = True
        if self._own is not None:
            self._own.close()


def told(ended: Ended) -> Shown:
    if ended.problem:
        return shown(f"The rotation of {ended.name} failed at {ended.step}: {ended.problem}")
    return shown(f"{ended.name} is rotated.")
