"""`SecretState`: what a list tells about a secret, without its value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from smtui.api.record import make_field, record
from smtui.rules.labels import AWSCURRENT

SERVICE_TAGS = "aws:"
"""The prefix of tags that only AWS services may add."""


@record
class SecretState:
    """A secret of a side as ListSecrets describes it.

    Args:
        name: its name on this side.
        secret_id: its ARN; for an entry of a file, its name.
        labels: each label with its version.
        has_value: whether there is a value to read.
        description: its description, or empty.
        tags: its tags without those of AWS services.
        kms_key: the key that encrypts it, or empty for the default key of the account.
        rotation: its schedule if it rotates, otherwise empty.
        owner: the AWS service that manages it, or empty.
        primary_region: the Region of the primary, if the secret is a replica; otherwise empty.
        is_scheduled: whether it is scheduled for deletion.
    """

    name: str
    secret_id: str
    labels: Mapping[str, str] = make_field(default_factory=dict)
    has_value: bool = True
    description: str = ""
    tags: Mapping[str, str] = make_field(default_factory=dict)
    kms_key: str = ""
    rotation: str = ""
    owner: str = ""
    primary_region: str = ""
    is_scheduled: bool = False

    @property
    def version(self) -> str | None:
        """The ID of the current version; None if the side has no version IDs, or there is no value."""
        return self.labels.get(AWSCURRENT)

    @property
    def rotates(self) -> bool:
        return bool(self.rotation)

    def find_obstacle(self) -> str:
        """Why nobody but AWS stores values in this secret, as a clause; empty if values can be stored."""
        if self.is_scheduled:
            return "it is scheduled for deletion"
        if self.primary_region:
            return f"it is a replica of the secret in {self.primary_region}"
        return f"{self.owner} manages it" if self.owner else ""


def make_state(entry: Mapping[str, Any], region: str) -> SecretState:
    """The state for an entry of ListSecrets in a Region."""
    versions: Mapping[str, Any] = entry.get("SecretVersionsToStages") or {}
    labels = {label: version for version, attached in versions.items() for label in attached}
    primary = entry.get("PrimaryRegion") or ""
    return SecretState(
        entry["Name"], entry["ARN"], labels, AWSCURRENT in labels, entry.get("Description") or "",
        {tag["Key"]: tag.get("Value", "") for tag in _list_own_tags(entry)},
        entry.get("KmsKeyId") or "", _format_rotation(entry), entry.get("OwningService") or "",
        "" if primary == region else primary, "DeletedDate" in entry,
    )


def _list_own_tags(entry: Mapping[str, Any]) -> list[Mapping[str, str]]:
    return [tag for tag in entry.get("Tags") or () if not tag["Key"].startswith(SERVICE_TAGS)]


def _format_rotation(entry: Mapping[str, Any]) -> str:
    """The schedule of a secret that rotates, for comparison."""
    if not entry.get("RotationEnabled"):
        return ""
    rules: Mapping[str, Any] = entry.get("RotationRules") or {}
    return ", ".join(f"{name} {rules[name]}" for name in sorted(rules)) or "no schedule"
