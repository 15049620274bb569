"""Whether others changed a KMS key or an alias since it was seen: description, state, deletion, where it leads."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from operator import ne
from typing import TYPE_CHECKING

from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.audit import last_change
from smtui.tui.secret.conflict import ConflictAnswer
from smtui.tui.secret.guarded_write import GuardedWrite
from smtui.tui.secret_list import rows

if TYPE_CHECKING:
    from smtui.api.kms import KeyClient
    from smtui.tui.kms.keys import KmsKey
    from smtui.tui.session import Session

STATE_CHANGES = frozenset({"EnableKey", "DisableKey", "ScheduleKeyDeletion", "CancelKeyDeletion"})
ALIAS_CHANGES = frozenset({"CreateAlias", "UpdateAlias", "DeleteAlias"})


@dataclass(frozen=True, slots=True)
class KeyChange:
    """What one is about to change of a key or an alias, and as what one saw it.

    Args:
        title: of the question, where others changed it.
        subjects: how requests name it.
        operations: those that change the same thing.
        did: what others did with one of them, as it follows a name.
        read: how it stands, in words.
        yours: what one is about to make of it.
        write: does it.
        insist: what the button says that does it all the same.
    """

    title: SafeText
    subjects: Collection[str]
    operations: Collection[str]
    did: str
    read: Callable[[KeyClient], str]
    yours: str
    write: Callable[[], object]
    answers: Sequence[ConflictAnswer] = ()
    insist: str = ConflictAnswer.STORE.value

    def guard(self, session: Session, seen: str) -> GuardedWrite[str]:
        reader = session.keys(record_reads=False)

        def describe(found: str) -> list[SafeText]:
            who = last_change.describe_last_key_change(session.vault, self.subjects, self.operations, self.did)
            return [who, SafeText(""), sanitize(f"Before: {seen}"), sanitize(f"Now:    {found}"),
                    sanitize(f"Yours:  {self.yours}")]

        return GuardedWrite(self.title, lambda: self.read(reader), ne, self.write, describe, self.answers, self.insist)


def describe_change(
    key: KmsKey, new: str, write: Callable[[], object], answers: Sequence[ConflictAnswer]
) -> KeyChange:
    """Of the description."""
    return KeyChange(
        sanitize(f"The description of {key.name} changed while you edited it"), _names(key), {"UpdateKeyDescription"},
        "changed the description", lambda client: client.describe_key(KeyId=key.id)["KeyMetadata"]["Description"],
        new, write, answers,
    )


def state_change(key: KmsKey, yours: str, write: Callable[[], object], insist: str) -> KeyChange:
    """Of what is enabled, disabled, or scheduled for deletion."""
    return KeyChange(
        sanitize(f"The state of {key.name} changed meanwhile"), _names(key), STATE_CHANGES, "changed its state",
        lambda client: read_state(client, key.id), yours, write, insist=insist,
    )


def alias_change(alias: str, yours: str, write: Callable[[], object], insist: str) -> KeyChange:
    """Of where an alias leads."""
    return KeyChange(
        sanitize(f"{alias} changed meanwhile"), {alias}, ALIAS_CHANGES, "changed the alias",
        lambda client: find_target(client, alias) or NOWHERE, yours, write, insist=insist,
    )


NOWHERE = "leads nowhere"


def find_target(client: KeyClient, alias: str) -> str | None:
    """The id of the key that an alias leads to; None where there is no such alias."""
    listed = client.list_aliases()["Aliases"]
    return next((each.get("TargetKeyId") for each in listed if each["AliasName"] == alias), None)


def read_state(client: KeyClient, key_id: str) -> str:
    """`enabled`, `disabled`, or when it will be deleted."""
    found = client.describe_key(KeyId=key_id)["KeyMetadata"]
    if "DeletionDate" in found:
        return f"scheduled for deletion on {rows.format_time(found['DeletionDate'])}"
    return str(found["KeyState"]).lower()


def format_state(key: KmsKey) -> str:
    """The same, of a key as it was seen."""
    if key.deletes_at is not None:
        return f"scheduled for deletion on {rows.format_time(key.deletes_at)}"
    return key.state.lower()


def _names(key: KmsKey) -> frozenset[str]:
    return frozenset({key.id, key.arn, *key.aliases})
