"""The vault's key in the OS keyring, for who opted in.

The keyring is asked at all only where a setting says so: looking there is slow, and can open a dialog.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from smtui.config import change_settings, load_settings

if TYPE_CHECKING:
    from smtui.backends.local import Vault


def load(path: Path) -> bytes | None:
    """The key stored for this vault, or None."""
    if not load_settings().keyring:
        return None
    from smtui.backends import keyring_store

    return keyring_store.load(path)


def store(vault: Vault) -> str:
    """Stores the key of an open vault, and answers with the keyring's name."""
    from smtui.backends import keyring_store

    keyring = keyring_store.store(vault.path, vault.unlock_key())
    _opt_in()
    return keyring


def forget(path: Path) -> bool:
    """Takes the key away; False where there was none. Other vaults keep theirs."""
    from smtui.backends import keyring_store

    return keyring_store.forget(path)


@contextmanager
def kept_up(vault: Vault) -> Iterator[None]:
    """Around a change of passphrase: no old key stays behind, and the one that then opens the file is stored."""
    stored = load(vault.path) is not None and forget(vault.path)
    try:
        yield
    finally:
        if stored and not vault.locked:
            store(vault)


def _opt_in() -> None:
    if not load_settings().keyring:
        change_settings(lambda settings: replace(settings, keyring=True))
