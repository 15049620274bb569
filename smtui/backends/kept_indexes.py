"""The lists of secrets of AWS accounts that a vault keeps, encrypted, so that an account is shown at once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from smtui.backends.state import VaultState
from smtui.engine.call import to_datetime
from smtui.vault import kept_indexes


class KeptIndexes:
    """`vault.kept_indexes`: names and metadata, never values. No change of it is a change of the vault's content.

    Every method raises VaultLockedError once the vault is locked.
    """

    def __init__(self, state: VaultState) -> None:
        self._state = state

    def store(self, context: str, region: str, content: bytes) -> None:
        """Keeps an index instead of the former one.

        Raises:
            VaultError: the vault is read-only or busy.
        """
        database = self._state.checked_database
        with database.transaction():
            kept_indexes.store_index(database, self._state.key_store, self._state.ambient, context, region, content,
                                     self._state.now_milliseconds())

    def load(self, context: str, region: str) -> tuple[bytes, datetime] | None:
        """The index of a context in a Region, and when it was stored; None if there is none.

        Raises:
            DecryptionFailure: the row was altered.
        """
        found = kept_indexes.load_index(self._state.checked_database, self._state.key_store, context, region)
        return None if found is None else (found[0], to_datetime(found[1]))

    def list_contexts(self) -> list[str]:
        """The names of the contexts of which an index is kept."""
        return kept_indexes.list_contexts(self._state.checked_database)

    def forget(self, context: str) -> bool:
        """Deletes the indexes of a context in all Regions; returns whether there were any."""
        database = self._state.checked_database
        if context not in kept_indexes.list_contexts(database):
            return False
        with database.transaction():
            kept_indexes.delete_indexes(database, context)
        return True

    def forget_others(self, contexts: Collection[str]) -> None:
        """Deletes the indexes of all contexts but these."""
        for context in self.list_contexts():
            if context not in contexts:
                self.forget(context)
