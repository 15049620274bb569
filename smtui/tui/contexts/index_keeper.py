"""Keeps the list of an account in a vault that is open beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from smtui.api.errors import SmtuiError
from smtui.system.settings import load_settings

if TYPE_CHECKING:
    from smtui.backends.kept_indexes import KeptIndexes
    from smtui.backends.local import Vault
    from smtui.tui.session import Session

Answer = TypeVar("Answer")


class VaultIndexKeeper:
    """Keeps the indexes of one context in the first open vault that can be written to; without one, does nothing.

    Its methods run in threads of the account, and use the vault in the thread of the vault.

    Args:
        context: the name of the context.
        list_sessions: returns the open sessions.
    """

    def __init__(self, context: str, list_sessions: Callable[[], Sequence[Session]]) -> None:
        self._context = context
        self._list_sessions = list_sessions

    @property
    def can_store(self) -> bool:
        return find_writable_vault(self._list_sessions()) is not None

    def load(self, region: str) -> tuple[bytes, datetime] | None:
        return self._use_vault(lambda kept: kept.load(self._context, region))

    def store(self, region: str, content: bytes) -> None:
        self._use_vault(lambda kept: kept.store(self._context, region, content))

    def forget(self) -> None:
        self._use_vault(lambda kept: kept.forget(self._context))

    def _use_vault(self, use: Callable[[KeptIndexes], Answer]) -> Answer | None:
        session = find_writable_vault(self._list_sessions())
        if session is None:
            return None
        try:
            return session.lane.run_from_thread(lambda: use(session.vault.kept_indexes))
        except SmtuiError:  # it is being locked, or another program writes to it: the list comes from AWS
            return None


def find_writable_vault(sessions: Sequence[Session]) -> Session | None:
    """The first session of a vault that can be written to."""
    return next((each for each in sessions if each.vault.can.has_file and not each.read_only), None)


def forget_unkept_indexes(vault: Vault) -> None:
    """Deletes the lists of contexts that were removed, or that the settings no longer say to keep.

    Where the settings or the vault cannot be read now, this is done at the next start. Runs in the vault's thread.
    """
    with suppress(SmtuiError):
        keeping = {context.name for context in load_settings().list_contexts().values() if context.keeps_index}
        vault.kept_indexes.forget_others(keeping)
