"""The KMS keys of a Region with their metadata and aliases, and the number of versions that a key encrypts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from textual.content import Content

from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.secret_list.entry_state import format_deletion

if TYPE_CHECKING:
    from smtui.api.kms_types import KeyClient

SHORT = 8
AWS_OWN = "This AWS managed key belongs to the vault itself and cannot be changed."


@dataclass(frozen=True, slots=True)
class KmsKey:
    """A KMS key.

    Args:
        id: the id.
        arn: the ARN.
        state: the KeyState of KMS: Enabled, Disabled or PendingDeletion.
        description: the description; may be empty.
        created: when it was created.
        deletes_at: when it will be deleted; None if no deletion is scheduled.
        is_managed: whether AWS manages it.
        aliases: its aliases, each with `alias/`.
    """

    id: str
    arn: str
    state: str
    description: str
    created: datetime
    deletes_at: datetime | None
    is_managed: bool
    aliases: tuple[str, ...]

    @property
    def name(self) -> SafeText:
        """The first alias, or the beginning of the id if there is none."""
        return sanitize(self.aliases[0] if self.aliases else self.id[:SHORT])

    def format_state(self, now: datetime) -> Content:
        """Formats the state; for a scheduled deletion, when it happens."""
        if self.deletes_at is not None:
            return Content.styled(format_deletion(self.deletes_at, now), "$warning")
        enabled = self.state == "Enabled"
        return Content.styled(*(("✓ enabled", "$success") if enabled else ("○ disabled", "$warning")))


def read_keys(client: KeyClient) -> list[KmsKey]:
    """Reads all keys of a Region, sorted by name, with keys without an alias at the end."""
    aliases: dict[str, list[str]] = {}
    for each in client.list_aliases()["Aliases"]:
        aliases.setdefault(each.get("TargetKeyId", ""), []).append(each["AliasName"])
    found = [_read_key(client, each["KeyId"], aliases) for each in client.list_keys()["Keys"]]
    return sorted(found, key=lambda key: (not key.aliases, key.name))


def _read_key(client: KeyClient, key_id: str, aliases: dict[str, list[str]]) -> KmsKey:
    metadata = client.describe_key(KeyId=key_id)["KeyMetadata"]
    return KmsKey(
        key_id, metadata["Arn"], metadata["KeyState"], metadata.get("Description", ""), metadata["CreationDate"],
        metadata.get("DeletionDate"), metadata.get("KeyManager") == "AWS", tuple(aliases.get(key_id, ())),
    )


@dataclass(frozen=True, slots=True)
class KeyUsage:
    """How much a key encrypts.

    Args:
        versions: the number of versions.
        secrets: the number of secrets with such a version.
    """

    versions: int
    secrets: int

    @property
    def summary(self) -> str:
        """The two numbers as text, for example `3 versions of 1 secret`."""
        return f"{_format_count(self.versions, 'version')} of {_format_count(self.secrets, 'secret')}"


def _format_count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
