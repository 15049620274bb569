"""What the state of a secret does not allow, and why: one whose deletion is planned, a replica, a managed one.

The service refuses all of it too; here it is known before a key is pressed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from smtui.text.sanitize import SafeText, sanitize

if TYPE_CHECKING:
    from smtui.api.types import DescribeSecretResponse

READS = frozenset({"copy", "reveal", "to_file", "compare"})
VALUES = frozenset({
    "edit", "edit_outside", "from_file", "move_label", "attach", "remove_label", "roll_back", "describe",
})  # fmt: skip
NOT_PLANNED = READS | VALUES | {"tag", "key", "policy", "rotation", "replication"}
NOT_REPLICA = VALUES | {"tag", "delete", "restore", "rotation", "replication"}
NOT_MANAGED = VALUES | {"key", "rotation"}
PLANNED = SafeText("Its deletion is planned: until it is restored (U) nobody reads or changes it.")


def primary_region(secret: DescribeSecretResponse, region: str) -> str | None:
    """Of a replica, where its primary is; None for any other secret."""
    primary = secret.get("PrimaryRegion", region)
    return None if primary == region else primary


def why_not(secret: DescribeSecretResponse, region: str, action: str) -> SafeText:
    """Why `action` cannot be done to this secret in its state; empty where it can."""
    primary, owner = primary_region(secret, region), secret.get("OwningService")
    if "DeletedDate" in secret and action in NOT_PLANNED:
        return PLANNED
    if primary and action in NOT_REPLICA:
        return sanitize(f"This is a replica: it is changed in {primary}, where its primary is.")
    if owner and action in NOT_MANAGED:
        return sanitize(f"The service {owner} manages this secret, and it alone updates it.")
    return SafeText("")
