"""Former names of the attributes of `Vault` in 0.1.0, which still work but emit a DeprecationWarning."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from operator import attrgetter
from typing import Any

FORMER_NAMES: Mapping[str, str] = {
    "accept_clock": "maintenance.accept_clock",
    "accept_older": "maintenance.accept_rollback",
    "all_or_nothing": "transaction",
    "backup": "maintenance.backup",
    "behind": "maintenance.missing_commits",
    "change_passphrase": "maintenance.change_passphrase",
    "check": "maintenance.check",
    "format": "maintenance.format",
    "keep_trail": "audit.set_retention",
    "last_check": "maintenance.last_check",
    "lost": "maintenance.missing_changes",
    "names_under": "key_usage.list_secret_names",
    "newest_event": "audit.find_newest_number",
    "older": "maintenance.rollback_warning",
    "opened_again": "reopen",
    "rotate_due": "scheduler.run_due",
    "rotation_is_due": "scheduler.has_due",
    "sealed_under": "key_usage.count_versions",
    "seals": "key_usage.count_versions_by_key",
    "take_deletions": "maintenance.take_deletion_notices",
    "take_recovery_code": "maintenance.take_recovery_code",
    "trail_days": "audit.retention_days",
    "verify_rows": "maintenance.verify_rows",
    "waiting_functions": "scheduler.list_waiting_functions",
    "waiting_rotations": "scheduler.list_waiting",
}
"""Former name -> present name, an attribute path relative to the vault."""


def find_attribute(vault: object, name: str) -> Any:
    """Returns the present attribute for a former name, and emits a DeprecationWarning.

    Raises:
        AttributeError: if `name` is not a former name.
    """
    present = FORMER_NAMES.get(name)
    if present is None:
        raise AttributeError(f"{type(vault).__name__!r} object has no attribute {name!r}", name=name, obj=vault)
    warnings.warn(f"Vault.{name} is now Vault.{present}", DeprecationWarning, stacklevel=3)
    return attrgetter(present)(vault)
