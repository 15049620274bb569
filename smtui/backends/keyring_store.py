"""The key of a vault in the operating system's keyring.

The entry is named by the vault's salt, which changes with the passphrase, so a new passphrase makes the old entry
useless. Keyrings that store their content in plain files are refused.
"""

from __future__ import annotations

import base64
from importlib import import_module
from pathlib import Path
from typing import Any

from smtui.api.errors import VaultError
from smtui.vault.path import examine

SERVICE = "smtui"
# Backends that store without protection, and those that stand for a missing keyring.
_UNSAFE = ("keyrings.alt", "keyring.backends.null", "keyring.backends.fail")


def load(path: Path) -> bytes | None:
    """The 48 bytes stored for the vault at `path`; None if there are none or the keyring does not answer."""
    try:
        text = _get_keyring().get_password(SERVICE, _get_entry_name(path))
        return base64.b64decode(text, validate=True) if text else None
    except Exception:
        return None  # a locked or broken keyring must not prevent other ways to unlock


def store(path: Path, key: bytes) -> str:
    """Stores the key and returns the name of the keyring. Raises VaultError."""
    backend = _get_keyring()
    try:
        backend.set_password(SERVICE, _get_entry_name(path), base64.b64encode(key).decode())
    except Exception:
        raise VaultError(f"The keyring ({backend.name}) did not store the key.") from None
    return str(backend.name)


def forget(path: Path) -> bool:
    """Removes the entry; False if there was none. Raises VaultError."""
    if load(path) is None:
        return False
    try:
        _get_keyring().delete_password(SERVICE, _get_entry_name(path))
    except Exception:
        raise VaultError("The keyring did not remove the key.") from None
    return True


def _get_entry_name(path: Path) -> str:
    return examine(path).salt.hex()


def _get_keyring() -> Any:
    """The system's keyring. Raises VaultError if none protects its content."""
    try:
        keyring = import_module("keyring")
    except ImportError:
        raise VaultError("The OS keyring needs the package keyring, which is not installed.",
                         hint="pip install 'smtui[keyring]'") from None
    backend = keyring.get_keyring()
    chained = getattr(backend, "backends", [backend])
    for each in chained:
        if not type(each).__module__.startswith(_UNSAFE):
            return each
    raise VaultError("This system has no keyring that smtui can use.", hint="Unlock with the passphrase.")
