"""The callers that the vault stores. Their keys are read for each request, so that a removal counts at once."""

from __future__ import annotations

from smtui.backends.callers import CallerKeys, VaultCaller
from smtui.protocol.key_pair import KeyPair
from smtui.rules.access_keys import LONG_TERM
from smtui.server.credentials import EndpointCaller
from smtui.server.shared_vault import SharedVault


def find_by_key(shared: SharedVault, access_key_id: str) -> EndpointCaller | None:
    """The stored caller with this access key. Raises VaultLockedError, SmtuiError."""
    if not access_key_id.startswith(LONG_TERM):
        return None
    with shared.use(touch=False) as vault:
        return _convert(vault.callers.find_by_key(access_key_id))


def find_by_name(shared: SharedVault, name: str) -> EndpointCaller | None:
    """The stored caller of this name. Raises VaultLockedError, SmtuiError."""
    with shared.use(touch=False) as vault:
        return _convert(vault.callers.find_by_name(name))


def list_all(shared: SharedVault) -> list[VaultCaller]:
    """All stored callers, without keys; none while the vault is locked. Raises SmtuiError."""
    if shared.is_locked:
        return []
    with shared.use(touch=False) as vault:
        return vault.callers.list_all()


def remove_by_key(shared: SharedVault, access_key_id: str) -> bool:
    """Removes the stored caller with this access key. Returns whether there was one. Raises SmtuiError."""
    found = [each for each in list_all(shared) if each.access_key_id == access_key_id]
    for each in found:
        with shared.use(touch=False) as vault:
            vault.callers.remove(each.name)
    return bool(found)


def _convert(found: CallerKeys | None) -> EndpointCaller | None:
    if found is None:
        return None
    keys = KeyPair(found.caller.access_key_id, found.secret_access_key, "")
    return EndpointCaller(found.caller.arn, found.caller.identity, keys)
