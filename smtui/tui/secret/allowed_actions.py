"""Which actions the state of a secret denies, and why: scheduled for deletion, replica, managed by a service.

The service refuses these calls too. The screens ask here first, so that they can dim the keys.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from smtui.text.sanitize import SafeText, sanitize

if TYPE_CHECKING:
    from smtui.api.types import DescribeSecretResponse

READ_ACTIONS = frozenset({
    "copy", "copy_password", "copy_user", "code", "open_url", "qr_code", "reveal", "to_file", "compare",
})  # fmt: skip
VALUE_ACTIONS = frozenset({
    "edit", "edit_in_editor", "from_file", "move_label", "attach", "remove_label", "roll_back", "edit_description",
})  # fmt: skip
DENIED_BEFORE_DELETION = READ_ACTIONS | VALUE_ACTIONS | {"tag", "change_key", "policy", "rotation", "replication"}
DENIED_ON_REPLICA = VALUE_ACTIONS | {"tag", "delete", "restore", "policy", "rotation", "replication"}
DENIED_IF_MANAGED = VALUE_ACTIONS | {"change_key", "rotation"}
OPERATIONS: Mapping[str, Sequence[str]] = {
    **dict.fromkeys(READ_ACTIONS, ("GetSecretValue",)),
    **dict.fromkeys(("edit", "edit_in_editor"), ("GetSecretValue",)), "from_file": ("PutSecretValue",),
    **dict.fromkeys(("move_label", "attach", "remove_label", "roll_back"), ("UpdateSecretVersionStage",)),
    **dict.fromkeys(("edit_description", "change_key"), ("UpdateSecret",)),
    "tag": ("TagResource", "UntagResource"), "delete": ("DeleteSecret",), "restore": ("RestoreSecret",),
}
"""Operations of which an action on a secret needs one."""
POLICY_OPERATIONS: Mapping[str, Sequence[str]] = {
    **dict.fromkeys(("edit", "template", "store"), ("PutResourcePolicy",)), "validate": ("ValidateResourcePolicy",),
    "remove": ("DeleteResourcePolicy",),
}
ROTATION_OPERATIONS: Mapping[str, Sequence[str]] = {
    **dict.fromkeys(("edit", "rotate"), ("RotateSecret",)), "cancel_rotation": ("CancelRotateSecret",),
}
REPLICATION_OPERATIONS: Mapping[str, Sequence[str]] = {
    **dict.fromkeys(("add", "retry"), ("ReplicateSecretToRegions",)), "promote": ("StopReplicationToReplica",),
    "delete": ("RemoveRegionsFromReplication",),
}
"""The same for the actions of the other tabs."""
DELETION_SCHEDULED = SafeText("Scheduled for deletion. Restore it (U) to read or change it.")


def find_primary_region(secret: DescribeSecretResponse, region: str) -> str | None:
    """The Region of a replica's primary; None if the secret in `region` is no replica.

    Args:
        secret: an answer of DescribeSecret.
        region: the Region in which it was described.
    """
    primary = secret.get("PrimaryRegion", region)
    return None if primary == region else primary


def find_denied_reason(secret: DescribeSecretResponse, region: str, action: str) -> SafeText:
    """Why the state of a secret denies an action; empty if it does not.

    Args:
        secret: an answer of DescribeSecret.
        region: the Region in which it was described.
        action: the name of the action, without `action_`.
    """
    primary, owner = find_primary_region(secret, region), secret.get("OwningService")
    if "DeletedDate" in secret and action in DENIED_BEFORE_DELETION:
        return DELETION_SCHEDULED
    if primary and action in DENIED_ON_REPLICA:
        return sanitize(f"This is a replica. Change its primary in {primary}.")
    if owner and action in DENIED_IF_MANAGED:
        return sanitize(f"Managed by the service {owner}; only that service can update it.")
    return SafeText("")
