"""The callers that a vault stores for its endpoint, with their key pairs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from smtui.backends.state import VaultState
from smtui.engine.call import to_datetime
from smtui.vault import callers
from smtui.vault.callers import StoredCaller

Identity = Literal["admin", "none"]


@dataclass(frozen=True, slots=True)
class VaultCaller:
    """A stored caller.

    Args:
        name: the name in this vault.
        arn: the IAM ARN that policies and the audit log see.
        identity: `admin` if its own policies allow everything, `none` if they allow nothing.
        access_key_id: the ID of its access key.
        created: when it was stored.
    """

    name: str
    arn: str
    identity: Identity
    access_key_id: str
    created: datetime


@dataclass(frozen=True, slots=True)
class CallerKeys:
    """A stored caller with its secret access key."""

    caller: VaultCaller
    secret_access_key: str = field(repr=False)


class Callers:
    """`vault.callers`: who may sign requests to the endpoint.

    Every method raises VaultLockedError once the vault is locked.
    """

    def __init__(self, state: VaultState) -> None:
        self._state = state

    def list_all(self) -> list[VaultCaller]:
        """All callers by name, without secrets."""
        return [_describe(each) for each in callers.list_callers(self._state.checked_database)]

    def add(self, name: str, identity: Identity, arn: str = "") -> VaultCaller:
        """Stores a caller with a new key pair; the audit log records it.

        Args:
            name: 1 to 64 letters, digits and any of `_+=,.@-`.
            identity: see `VaultCaller`.
            arn: an IAM user, role or session; by default the user of that name in the vault's account.

        Raises:
            ClientError: the name is taken, or a value is not valid.
        """
        self._state.call_as_owner("CreateCaller", {
            "CallerName": name, "Identity": identity, **({"CallerArn": arn} if arn else {})})
        found = callers.find_by_name(self._state.checked_database, name)
        assert found is not None, "it was stored just now"
        return _describe(found)

    def remove(self, name: str) -> None:
        """Removes a caller; its key pair is refused from then on. Raises ClientError if there is none."""
        self._state.call_as_owner("DeleteCaller", {"CallerName": name})

    def find_by_key(self, access_key_id: str) -> CallerKeys | None:
        """The caller with this access key, with its secret key. Raises ClientError for a damaged row."""
        return self._open(callers.find_by_key(self._state.checked_database, access_key_id))

    def find_by_name(self, name: str) -> CallerKeys | None:
        """The caller of this name, with its secret key. Raises ClientError for a damaged row."""
        return self._open(callers.find_by_name(self._state.checked_database, name))

    def _open(self, found: StoredCaller | None) -> CallerKeys | None:
        if found is None:
            return None
        return CallerKeys(_describe(found), callers.unseal_secret_key(self._state.key_store, found))


def _describe(found: StoredCaller) -> VaultCaller:
    return VaultCaller(found.name, found.arn, found.identity, found.access_key_id, to_datetime(found.created_at))
