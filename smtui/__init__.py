"""The public Python API of smtui, a secrets manager with the semantics of AWS Secrets Manager in one encrypted file.

    import smtui
    with smtui.create_vault("team.vault", passphrase="...") as vault:
        vault.client().create_secret(Name="prod/db", SecretString="...")

Public names are imported on first access, so that `import smtui` is fast.
"""

from __future__ import annotations

TYPE_CHECKING = False
"""That of `typing`, which takes longer to import than a quick command has."""
if TYPE_CHECKING:
    from typing import Any

    from smtui.api.errors import (
        ClientError,
        ContextError,
        ContextMissingError,
        ContextUnreachableError,
        KeyFileError,
        MfaRequiredError,
        NotAvailableError,
        SignInError,
        SmtuiError,
        VaultBusyError,
        VaultDamagedError,
        VaultError,
        VaultExistsError,
        VaultFormatError,
        VaultFullError,
        VaultLockedError,
        VaultMissingError,
        VaultPathError,
        VaultReadOnlyError,
        WrongAccountError,
        WrongPassphraseError,
    )
    from smtui.backends.contexts import open_context
    from smtui.backends.local import Caller, Vault
    from smtui.backends.opening import create_vault, open_vault
    from smtui.backends.rotation_session import rotation_client

__version__ = "0.1.0"

__all__ = [
    "Caller",
    "ClientError",
    "ContextError",
    "ContextMissingError",
    "ContextUnreachableError",
    "KeyFileError",
    "MfaRequiredError",
    "NotAvailableError",
    "SignInError",
    "SmtuiError",
    "Vault",
    "VaultBusyError",
    "VaultDamagedError",
    "VaultError",
    "VaultExistsError",
    "VaultFormatError",
    "VaultFullError",
    "VaultLockedError",
    "VaultMissingError",
    "VaultPathError",
    "VaultReadOnlyError",
    "WrongAccountError",
    "WrongPassphraseError",
    "create_vault",
    "open_context",
    "open_vault",
    "rotation_client",
]
_HOMES = {"Caller": "backends.local", "Vault": "backends.local", "create_vault": "backends.opening",
          "open_context": "backends.contexts", "open_vault": "backends.opening",
          "rotation_client": "backends.rotation_session"}


def __getattr__(name: str) -> Any:
    """Imports a public name on first access (PEP 562).

    Raises:
        AttributeError: if `name` is not in `__all__`.
    """
    if name not in __all__:
        raise AttributeError(f"module 'smtui' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"smtui.{_HOMES.get(name, 'api.errors')}"), name)
