"""The KMS keys of a Region as their place shows them: what KMS tells of each, its aliases, and what it seals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from textual.content import Content

from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.secret_list.rows import format_deletion

if TYPE_CHECKING:
    from smtui.api.kms import KeyClient

SHORT = 8
AWS_OWN = "This key is managed by AWS, that is by the vault itself: it cannot be changed."


@dataclass(frozen=True, slots=True)
class KmsKey:
    """`state` is KMS's word: Enabled, Disabled, PendingDeletion."""

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
        """Its first alias, or the beginning of its id."""
        return sanitize(self.aliases[0] if self.aliases else self.id[:SHORT])

    def format_state(self, now: datetime) -> Content:
        if self.deletes_at is not None:
            return Content.styled(format_deletion(self.deletes_at, now), "$warning")
        enabled = self.state == "Enabled"
        return Content.styled(*(("✓ enabled", "$success") if enabled else ("○ disabled", "$warning")))


def read_keys(client: KeyClient) -> list[KmsKey]:
    """All of a Region, those with aliases first, by name."""
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
    """What lies under a key."""

    versions: int
    secrets: int

    @property
    def summary(self) -> str:
        return f"{_format_count(self.versions, 'version')} of {_format_count(self.secrets, 'secret')}"


def _format_count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
