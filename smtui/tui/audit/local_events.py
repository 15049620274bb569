"""Events that explain a change by others: those of a vault's own audit log. AWS has them later, and elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from smtui.api.context import AuditExtent

if TYPE_CHECKING:
    from smtui.backends.local import Vault


def list_local_events(vault: Vault, **criteria: Any) -> Iterator[Mapping[str, Any]]:
    """The events of `Vault.audit_log`, newest first; none of a context without an audit log of its own."""
    if vault.can.audit_log is not AuditExtent.WHOLE:
        return iter(())
    return vault.audit_log(**criteria)
