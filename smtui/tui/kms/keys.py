"""The KMS keys of a Region with their metadata and aliases, and the number of versions that a key encrypts.

The names are read with the lists. The details of a key take one call each, so an account is asked for those of the keys
in sight only.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from textual.content import Content

from smtui.api.context import KeyUsageExtent
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.kms.aliases import AWS_ALIAS
from smtui.tui.secret_list.entry_state import format_deletion

if TYPE_CHECKING:
    from smtui.api.kms_types import KeyOperations
    from smtui.backends.local import Vault

SHORT = 8
AWS_OWN = "This is an AWS managed key. It cannot be changed."


@dataclass(frozen=True, slots=True)
class KmsKey:
    """A KMS key.

    Args:
        id: the id.
        arn: the ARN.
        state: the KeyState of KMS: Enabled, Disabled or PendingDeletion; empty until the details are read.
        description: the description; may be empty.
        created: when it was created; None until the details are read.
        deletes_at: when it will be deleted; None if no deletion is scheduled.
        is_managed: whether AWS manages it.
        aliases: its aliases, each with `alias/`.
    """

    id: str
    arn: str
    state: str
    description: str
    created: datetime | None
    deletes_at: datetime | None
    is_managed: bool
    aliases: tuple[str, ...]

    @property
    def has_details(self) -> bool:
        """Whether more than the names is read."""
        return bool(self.state)

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


def list_keys(client: KeyOperations) -> list[KmsKey]:
    """Lists all keys of a Region without their details, sorted by name, with keys without an alias at the end."""
    aliases: dict[str, list[str]] = {}
    for each in client.list_aliases()["Aliases"]:
        aliases.setdefault(each.get("TargetKeyId", ""), []).append(each["AliasName"])
    found = [_make_key(each["KeyId"], each["KeyArn"], tuple(aliases.get(each["KeyId"], ())))
             for each in client.list_keys()["Keys"]]
    return sorted(found, key=lambda key: (not key.aliases, key.name))


def _make_key(key_id: str, arn: str, aliases: tuple[str, ...]) -> KmsKey:
    is_managed = any(alias.startswith(AWS_ALIAS) for alias in aliases)
    return KmsKey(key_id, arn, "", "", None, None, is_managed, aliases)


def read_details(client: KeyOperations, key: KmsKey) -> KmsKey:
    """Reads the details of a key that `list_keys` has found. Raises ClientError."""
    metadata = client.describe_key(KeyId=key.id)["KeyMetadata"]
    return replace(
        key, arn=metadata["Arn"], state=metadata["KeyState"], description=metadata.get("Description", ""),
        created=metadata["CreationDate"], deletes_at=metadata.get("DeletionDate"),
        is_managed=metadata.get("KeyManager") == "AWS",
    )


def read_keys(client: KeyOperations) -> list[KmsKey]:
    """Reads all keys of a Region with their details, in the order of `list_keys`."""
    return [read_details(client, key) for key in list_keys(client)]


@dataclass(frozen=True, slots=True)
class KeyUsage:
    """How much a key encrypts.

    Args:
        versions: the number of versions.
        secrets: the number of secrets with such a version.
        is_exact: whether all versions were counted; otherwise only those that are current, so there may be more.
    """

    versions: int
    secrets: int
    is_exact: bool = True

    @property
    def summary(self) -> str:
        """The two numbers as text, for example `3 versions of 1 secret`, or `at least 3 versions of 1 secret`."""
        least = "" if self.is_exact else "at least "
        return f"{least}{_format_count(self.versions, 'version')} of {_format_count(self.secrets, 'secret')}"

    @property
    def amount(self) -> str:
        """What the key encrypts, for a sentence."""
        if self.versions:
            return self.summary
        return "nothing" if self.is_exact else "no current version; older versions were not examined"

    def format_number(self, number: int) -> str:
        """One of the two numbers for a column."""
        return f"{number:,}{'' if self.is_exact else '+'}"


def make_usage(vault: Vault, counts: tuple[int, int]) -> KeyUsage:
    """The usage of a key, from the counts of `vault.key_usage`."""
    return KeyUsage(*counts, is_exact=vault.can.key_usage is KeyUsageExtent.EXACT)


def _format_count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
