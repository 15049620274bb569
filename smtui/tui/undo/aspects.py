"""The parts of secrets, KMS keys, aliases and rotation functions that a change writes, and one rule for all of them.

What is about to be written or undone must still be as the user saw it, or as the user's own change left it. Otherwise
nothing is written, and a sentence says what others changed, and who did it when. `Aspect.find_conflict` is that rule.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from smtui.api.arn import replace_key_arns
from smtui.api.errors import AccessDeniedException, ChangedMeanwhileError, ClientError, ResourceNotFoundException
from smtui.rotation.function import find_function
from smtui.rules.compare_and_swap import write_unless
from smtui.text.dates import format_date
from smtui.text.sanitize import sanitize
from smtui.tui.audit import last_change
from smtui.tui.bridge import call
from smtui.tui.kms.aliases import ALIAS_CHANGES, KeyChoice, find_key, find_target
from smtui.tui.kms.key_conflict import STATE_CHANGES, list_key_names
from smtui.tui.kms.picker import DEFAULT
from smtui.tui.replication.replicas import format_regional_arn
from smtui.tui.rotation.schedule_text import RotationSetup, read_rotation_setup

if TYPE_CHECKING:
    from smtui.api.extension_types import FunctionDescription
    from smtui.api.kms_types import KeyMetadata
    from smtui.api.types import Client, DescribeSecretResponse
    from smtui.api.vault_client import VaultClient
    from smtui.tui.base_screen import SessionScreen
    from smtui.tui.kms.keys import KmsKey
    from smtui.tui.session import Session

State = TypeVar("State")
GONE = "The secret no longer exists."
SCHEDULED = "The secret is scheduled for deletion. Restore it first."
FUNCTION_GONE = "The function no longer exists."
SCHEDULED_ALREADY = "It is already scheduled for deletion."
_OF_THE_MOMENT = frozenset({"LastChangedDate", "LastAccessedDate", "ResponseMetadata"})


class _BlockedError(Exception):
    """The state cannot be compared. The message says why."""


@dataclass(frozen=True, slots=True)
class Aspect(Generic[State]):
    """A part of the vault that one kind of change writes, such as the description of a secret.

    Args:
        read: reads the present state, in the vault's thread.
        describe: says what others have changed, given the known and the present state.
        describe_last_change: says who changed it last, and when; empty if that is unknown.
    """

    read: Callable[[VaultClient], State]
    describe: Callable[[State, State], str]
    describe_last_change: Callable[[], str]

    def find_conflict(self, client: VaultClient, known: State) -> str:
        """Returns what others have changed, who and when; empty if the state is still the known one.

        It runs in the vault's thread, in the same transaction as the write that depends on it.
        """
        try:
            found = self.read(client)
        except _BlockedError as blocked:
            return str(blocked)
        if found == known:
            return ""
        return f"{self.describe(known, found)} {self.describe_last_change()}".rstrip()

    def make_check(self, left: State) -> Callable[[VaultClient], str]:
        """Returns the conflict check of an undo: others must not have changed what the change left."""
        return lambda client: self.find_conflict(client, left)


async def write_as_seen(
    screen: SessionScreen[Any], aspect: Aspect[State], seen: State, write: Callable[[], object]
) -> bool:
    """Writes unless others have changed what the user saw; then says so and reads again.

    Args:
        screen: the screen that shows the state.
        aspect: the part that `write` depends on.
        seen: the state on the screen.
        write: writes, in the vault's thread, in the same transaction as the comparison.

    Returns:
        Whether it was written.

    Raises:
        SmtuiError: the write was refused.
    """
    session = screen.session
    reader = session.combine_clients(session.region, record_reads=False)

    def compare_and_write() -> None:
        write_unless(session.vault.transaction, lambda: aspect.find_conflict(reader, seen), bool, lambda _: write())

    try:
        await call(compare_and_write)
    except ChangedMeanwhileError as error:
        screen.say(sanitize(f"{error.found} No changes made."), severity="warning")
        await screen.reload()
        return False
    return True


# Secrets.


def _make_secret_aspect(
    session: Session, secret_id: str, read: Callable[[VaultClient, DescribeSecretResponse], State],
    describe: Callable[[State, State], str], operations: Collection[str], *,
    allow_scheduled: bool = False, region: str | None = None,
) -> Aspect[State]:
    """Makes an aspect of a secret.

    Args:
        read: reads the state, given the answer of DescribeSecret.
        operations: the operations that change it.
        allow_scheduled: whether the state counts while the secret is scheduled for deletion.
        region: the Region of the secret; None means the current one.
    """
    vault, place = session.vault, region or session.region

    def read_secret(client: VaultClient) -> State:
        try:
            secret = client.describe_secret(SecretId=secret_id)
        except ResourceNotFoundException:
            raise _BlockedError(GONE) from None
        if "DeletedDate" in secret and not allow_scheduled:
            raise _BlockedError(SCHEDULED)
        return read(client, secret)

    return Aspect(read_secret, describe, lambda: last_change.describe_newest(
        vault, operations, place, secret_id=secret_id))


def _say(sentence: str) -> Callable[[object, object], str]:
    return lambda known, found: sentence


def make_description_aspect(session: Session, secret_id: str) -> Aspect[str]:
    """The description of a secret."""
    return _make_secret_aspect(session, secret_id, lambda _, secret: secret.get("Description", ""),
                               _say("Its description has changed since."), {"UpdateSecret"})


def make_key_aspect(session: Session, secret_id: str) -> Aspect[str]:
    """The KmsKeyId of a secret; `picker.DEFAULT` for the default key."""
    return _make_secret_aspect(session, secret_id, lambda _, secret: secret.get("KmsKeyId", DEFAULT),
                               _say("Its key has changed since."), {"UpdateSecret"})


def make_tags_aspect(session: Session, secret_id: str, keys: Collection[str]) -> Aspect[dict[str, str | None]]:
    """The values of some tags of a secret by key; None for a tag that does not exist."""
    def read(_: VaultClient, secret: DescribeSecretResponse) -> dict[str, str | None]:
        tags = {tag["Key"]: tag.get("Value", "") for tag in secret.get("Tags", ())}
        return {key: tags.get(key) for key in keys}

    return _make_secret_aspect(session, secret_id, read, _say("Its tags have changed since."), last_change.TAGGING)


def make_deletion_aspect(session: Session, secret_id: str) -> Aspect[datetime | None]:
    """When a secret will be deleted; None if it is not scheduled for deletion."""
    def describe(known: datetime | None, found: datetime | None) -> str:
        if found is None:
            return "It has already been restored."
        return SCHEDULED_ALREADY if known is None else f"Its deletion was rescheduled for {format_date(found)}."

    return _make_secret_aspect(session, secret_id, lambda _, secret: secret.get("DeletedDate"), describe,
                               {"DeleteSecret", "RestoreSecret"}, allow_scheduled=True)


Content = tuple["datetime | None", bytes, tuple[str, ...], str]
"""The DeletedDate, the digest of the metadata, the VersionIds, and the policy."""


def make_content_aspect(session: Session, secret_id: str) -> Aspect[Content]:
    """Everything of a secret that a deletion loses, without its values: metadata, versions, labels and policy."""
    def read(client: VaultClient, secret: DescribeSecretResponse) -> Content:
        versions: Sequence[str] = ()
        policy = ""
        if "DeletedDate" not in secret:
            with suppress(AccessDeniedException):
                versions = sorted(_list_version_ids(client, secret_id))
            with suppress(AccessDeniedException):
                policy = client.get_resource_policy(SecretId=secret_id).get("ResourcePolicy", "")
        return secret.get("DeletedDate"), digest_metadata(secret), tuple(versions), policy

    def describe(_: Content, found: Content) -> str:
        return SCHEDULED_ALREADY if found[0] is not None else "It has changed since."

    return _make_secret_aspect(session, secret_id, read, describe, last_change.SECRET_CHANGES, allow_scheduled=True)


def _list_version_ids(client: Client, secret_id: str) -> list[str]:
    pages = client.get_paginator("list_secret_version_ids").paginate(SecretId=secret_id, IncludeDeprecated=True)
    return [each["VersionId"] for page in pages for each in page["Versions"]]


def digest_metadata(secret: DescribeSecretResponse) -> bytes:
    """Returns the SHA-256 of the answer of DescribeSecret without ResponseMetadata and the dates of use and change."""
    members: Mapping[str, Any] = {name: member for name, member in secret.items() if name not in _OF_THE_MOMENT}
    return sha256(json.dumps(members, sort_keys=True, default=str).encode("utf-8", "surrogatepass")).digest()


def make_rotation_aspect(session: Session, secret_id: str) -> Aspect[RotationSetup]:
    """The setup of the rotation of a secret."""
    def describe(known: RotationSetup, found: RotationSetup) -> str:
        if known[0] and not found[0]:
            return "Its rotation has been cancelled since."
        return "Its rotation settings have changed since." if known[0] or not found[0] else \
            "Its rotation has already been configured again."

    return _make_secret_aspect(session, secret_id, lambda _, secret: read_rotation_setup(secret), describe,
                               last_change.ROTATION_CHANGES)


def make_policy_aspect(session: Session, secret_id: str) -> Aspect[str]:
    """The resource policy of a secret as JSON; empty without a policy."""
    return _make_secret_aspect(
        session, secret_id, lambda client, _: client.get_resource_policy(SecretId=secret_id).get("ResourcePolicy", ""),
        _say("Its policy has changed since."), last_change.POLICY_CHANGES)


Replicas = dict[str, "tuple[Any, ...] | None"]
"""The KmsKeyId and the creation date of the replica in each Region; None for a Region without one."""


def make_replicas_aspect(
    session: Session, primary: DescribeSecretResponse, region: str, replica_regions: Collection[str]
) -> Aspect[Replicas]:
    """The replicas of a primary in some Regions. A replica that was made anew is another one.

    Args:
        region: the Region of the primary.
        replica_regions: the Regions to compare.
    """
    arn = primary["ARN"]

    def read_replica(replica_region: str) -> tuple[Any, ...]:
        """Reads what the primary does not have; nothing if the replica could not be created."""
        client, secret_id = session.client(replica_region, record_reads=False), format_regional_arn(arn, replica_region)
        with suppress(ClientError):
            return (client.describe_secret(SecretId=secret_id).get("CreatedDate"),)
        return ()

    def read(_: VaultClient, secret: DescribeSecretResponse) -> Replicas:
        keys = {each["Region"]: each.get("KmsKeyId", DEFAULT) for each in secret.get("ReplicationStatus", ())}
        return {each: (keys[each], *read_replica(each)) if each in keys else None for each in replica_regions}

    def describe(known: Replicas, found: Replicas) -> str:
        other = [each for each in replica_regions if found[each] != known[each]]
        gone = [each for each in other if found[each] is None]
        if gone:
            return f"There is no longer a replica in {', '.join(gone)}."
        if all(known[each] is None for each in other):
            return f"It is already replicated to {', '.join(other)}."
        return f"The replica in {', '.join(other)} was replaced, or has another key."

    return _make_secret_aspect(session, arn, read, describe, last_change.REPLICA_CHANGES, region=region)


# KMS keys and aliases.

KeyState = tuple[str, "datetime | None"]
"""The KeyState, and the DeletionDate if a deletion is scheduled."""
PENDING = "PendingDeletion"


def make_key_state_aspect(session: Session, key: KmsKey) -> Aspect[KeyState]:
    """The state of a KMS key: enabled, disabled, or when it will be deleted."""
    def read(client: VaultClient) -> KeyState:
        metadata = _read_key(client, key)
        return metadata["KeyState"], metadata.get("DeletionDate")

    def describe(known: KeyState, found: KeyState) -> str:
        if found[0] == PENDING and found[1] is not None:
            return f"Its deletion was rescheduled for {format_date(found[1])}." if known[0] == PENDING else \
                SCHEDULED_ALREADY
        return "Its deletion has already been cancelled." if known[0] == PENDING else "Its state has changed since."

    return _make_key_aspect(session, key, read, describe, STATE_CHANGES)


def make_key_description_aspect(session: Session, key: KmsKey) -> Aspect[str]:
    """The description of a KMS key."""
    return _make_key_aspect(session, key, lambda client: _read_key(client, key)["Description"],
                            _say("Its description has changed since."), {"UpdateKeyDescription"})


def make_key_policy_aspect(session: Session, key: KmsKey) -> Aspect[str]:
    """The policy of a KMS key."""
    return _make_key_aspect(session, key, lambda client: client.get_key_policy(KeyId=key.id)["Policy"],
                            _say("Its policy has changed since."), {"PutKeyPolicy"})


def make_key_tags_aspect(session: Session, key: KmsKey) -> Aspect[dict[str, str]]:
    """The tags of a KMS key."""
    def read(client: VaultClient) -> dict[str, str]:
        return {tag["TagKey"]: tag["TagValue"] for tag in client.list_resource_tags(KeyId=key.id)["Tags"]}

    return _make_key_aspect(session, key, read, _say("Its tags have changed since."), last_change.TAGGING)


def _make_key_aspect(
    session: Session, key: KmsKey, read: Callable[[VaultClient], State], describe: Callable[[State, State], str],
    operations: Collection[str],
) -> Aspect[State]:
    vault, region = session.vault, session.region
    return Aspect(read, describe, lambda: last_change.describe_newest(
        vault, operations, region, subjects=list_key_names(key)))


def _read_key(client: VaultClient, key: KmsKey) -> KeyMetadata:
    try:
        return client.describe_key(KeyId=key.id)["KeyMetadata"]
    except ClientError as error:
        raise _BlockedError(error.message) from None


def make_alias_aspect(session: Session, alias: str) -> Aspect[str | None]:
    """The id of the key to which an alias leads; None if there is no such alias."""
    vault, region = session.vault, session.region
    return Aspect(
        lambda client: find_target(client, alias),
        lambda known, found: f"{alias} now points to another key." if found else f"{alias} no longer exists.",
        lambda: last_change.describe_newest(vault, ALIAS_CHANGES, region, subjects={alias}),
    )


def make_key_choice_check(session: Session, choice: KeyChoice, region: str) -> Callable[[VaultClient], str]:
    """Returns the conflict check of an undo that goes back to a KmsKeyId: it must mean the same key as then."""
    alias, reader = replace_key_arns(choice.key_id), session.keys(region, record_reads=False)

    def find_conflict(_: VaultClient) -> str:
        if find_key(reader, choice.key_id) == choice.target:
            return ""
        who = last_change.describe_newest(session.vault, ALIAS_CHANGES, region, subjects={alias})
        return f"{alias} now points to another key. {who}".rstrip()

    return find_conflict


# Rotation functions.

FunctionState = tuple[Any, ...]
"""When a function was made, what it does, and whether its settings can be read. Not whether it may run here."""


def get_function_state(function: FunctionDescription) -> FunctionState:
    """Returns the state of a function as one of our operations described it, whatever its file holds by now."""
    settings = {name: member for name, member in function.get("Lambda", {}).items() if name != "FileSha256"}
    return (*(function.get(name) for name in ("Created", "Password", "Command", "Unreadable")), settings)


def make_function_aspect(session: Session, name: str) -> Aspect[FunctionState | None]:
    """What a rotation function does; None without such a function."""
    vault, region = session.vault, session.region

    def read(client: VaultClient) -> FunctionState | None:
        found = find_function(client, name)
        return None if found is None else get_function_state(found)

    return Aspect(
        read,
        lambda known, found: FUNCTION_GONE if found is None else f"{name} was replaced." if known else
        f"A function {name} already exists.",
        lambda: last_change.describe_newest(vault, last_change.FUNCTION_CHANGES, region, subjects={name}),
    )
