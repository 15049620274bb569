"""Calls of a local vault that share one commit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from smtui.backends.state import VaultState


class SharedCommits:
    """The part of `Vault` that makes several calls one."""

    _state: VaultState

    @contextmanager
    def transaction(self, *, large: bool = False) -> Iterator[None]:
        """Commits every call made inside together at the end or, on an exception, none of them.

        `large` gives a transaction of very many calls more memory.
        """
        database = self._state.database
        try:
            with database.enlarge_cache() if large else nullcontext(), database.transaction():
                yield
        except BaseException:
            self._state.key_store.forget_keys()
            raise

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Commits the audit events of all reads inside together, which takes a fraction of the time of single reads.

        No value leaves the vault before its event is committed: `SecretString` and `SecretBinary` are added to the
        answers, which are the same dictionaries, at the end of the block; on an exception they are not. A ClientError
        that ends the block is recorded with the reads before it. Other writers wait meanwhile, so read a few hundred
        values at once. Raises VaultError for a change inside.
        """
        with self._state.engine.read_together():
            yield
