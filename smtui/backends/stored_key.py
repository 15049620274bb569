"""The key of a vault in the operating system's keyring, if a setting allows it.

The keyring is queried only if the setting is on, because a query is slow and may open a dialog.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from smtui.system.settings import change_settings, load_settings

if TYPE_CHECKING:
    from smtui.backends.local import Vault


def load(path: Path) -> bytes | None:
    """The key stored for this vault, or None."""
    if not load_settings().keyring:
        return None
    from smtui.backends import keyring_store

    return keyring_store.load(path)


def store(vault: Vault) -> str:
    """Stores the key of an open vault and switches the setting on; returns the keyring's name. Raises VaultError."""
    from smtui.backends import keyring_store

    keyring = keyring_store.store(vault.path, vault.unlock_key())
    _enable_keyring()
    return keyring


def forget(path: Path) -> bool:
    """Removes the key; False if there was none. Other vaults keep theirs."""
    from smtui.backends import keyring_store

    return keyring_store.forget(path)


@contextmanager
def update_after_change(vault: Vault) -> Iterator[None]:
    """Surrounds a change of passphrase: removes the old key, and stores the one that opens the file afterwards."""
    stored = load(vault.path) is not None and forget(vault.path)
    try:
        yield
    finally:
        if stored and not vault.locked:
            store(vault)


def _enable_keyring() -> None:
    if not load_settings().keyring:
        change_settings(lambda settings: replace(settings, keyring=True))
