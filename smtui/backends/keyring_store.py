"""A vault's key in the operating system's keyring: a further way in, for who chooses it.

The entry is named by the vault's salt, which is new with each passphrase: a changed passphrase leaves the old entry
without use. Keyrings that keep what they are given in plain files are refused.
"""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from smtui.api.errors import VaultError
from smtui.vault.path import examine

SERVICE = "smtui"
# Packages whose backends store without protection, and the stand-ins for "none here".
_UNSAFE = ("keyrings.alt", "keyring.backends.null", "keyring.backends.fail")


def load(path: Path) -> bytes | None:
    """The 48 bytes stored for the vault at `path`; None where there are none or no keyring answers."""
    try:
        text = _backend().get_password(SERVICE, _entry(path))
        return base64.b64decode(text, validate=True) if text else None
    except Exception:
        return None  # a keyring that is locked or broken is no way in, and no obstacle to the others


def store(path: Path, key: bytes) -> str:
    """Keeps the key and answers with the name of the keyring it is in. Raises VaultError."""
    backend = _backend()
    try:
        backend.set_password(SERVICE, _entry(path), base64.b64encode(key).decode())
    except Exception:
        raise VaultError(f"The keyring ({backend.name}) did not take the key.") from None
    return str(backend.name)


def forget(path: Path) -> bool:
    """Removes the entry; False where there was none."""
    if load(path) is None:
        return False
    try:
        _backend().delete_password(SERVICE, _entry(path))
    except Exception:
        raise VaultError("The keyring did not let go of the key.") from None
    return True


def _entry(path: Path) -> str:
    return examine(path).salt.hex()


def _backend() -> Any:
    """The system's keyring. Raises VaultError where there is none that protects what it keeps."""
    import keyring

    backend = keyring.get_keyring()
    chained = getattr(backend, "backends", [backend])
    for each in chained:
        if not type(each).__module__.startswith(_UNSAFE):
            return each
    raise VaultError("This system has no keyring that smtui can use.", hint="Unlock with the passphrase.")
