"""Detects that others changed a KMS key or an alias since the user saw it: description, state or target."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from operator import ne
from typing import TYPE_CHECKING

from smtui.text.dates import format_time
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.audit import last_change
from smtui.tui.kms.aliases import ALIAS_CHANGES, NOWHERE, find_target
from smtui.tui.secret.conflict import ConflictAnswer, describe_states
from smtui.tui.secret.guarded_write import EDIT_ANSWERS, GuardedWrite

if TYPE_CHECKING:
    from datetime import datetime

    from smtui.api.kms_types import KeyClient
    from smtui.tui.kms.keys import KeyUsage, KmsKey
    from smtui.tui.session import Session

STATE_CHANGES = frozenset({"EnableKey", "DisableKey", "ScheduleKeyDeletion", "CancelKeyDeletion"})


@dataclass(frozen=True, slots=True)
class KeyChange:
    """A change of a KMS key or an alias that checks for changes by others before it writes.

    Args:
        title: the title of the conflict dialog.
        subjects: the identifiers by which requests name the key or alias.
        operations: the operations that change the same property.
        did: the predicate for the message about the other change, such as "changed its state".
        read: returns the current state as text.
        yours: the state that the user wants, as text.
        write: makes the change.
        answers: further answers of the conflict dialog.
        insist: the label of the button that overwrites the other change.
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
        """Returns the guarded write. `seen` is the state that the user saw, as text."""
        reader = session.keys(record_reads=False)

        def describe(found: str) -> list[SafeText]:
            if seen.partition(SEALS)[0] == found.partition(SEALS)[0]:
                who = SafeText("It encrypts other versions now.")
            else:
                who = last_change.describe_last_key_change(session.vault, self.subjects, self.operations, self.did)
            return describe_states(who, seen, found, self.yours)

        return GuardedWrite(self.title, lambda: self.read(reader), ne, self.write, describe, self.answers, self.insist)


def describe_change(
    key: KmsKey, new: str, write: Callable[[], object], answers: Sequence[ConflictAnswer]
) -> KeyChange:
    """Returns the change of a key's description to `new`."""
    return KeyChange(
        sanitize(f"The description of {key.name} changed while you edited it"), list_key_names(key),
        {"UpdateKeyDescription"},
        "changed the description", lambda client: client.describe_key(KeyId=key.id)["KeyMetadata"]["Description"],
        new, write, answers,
    )


def make_state_change(
    key: KmsKey, yours: str, write: Callable[[], object], insist: str, read_usage: Callable[[], KeyUsage] | None = None
) -> KeyChange:
    """Returns the change of a key's state: enabled, disabled, or scheduled for deletion.

    Args:
        read_usage: counts what the key encrypts, in the vault's thread, if the user saw it and it must be the same.
    """
    def read(client: KeyClient) -> str:
        return f"{read_state(client, key.id)}{format_usage(read_usage() if read_usage else None)}"

    return KeyChange(
        sanitize(f"The state of {key.name} has changed"), list_key_names(key), STATE_CHANGES, "changed its state",
        read, yours, write, insist=insist,
    )


def make_attribute_change(
    key: KmsKey, what: str, operations: Collection[str], read: Callable[[KeyClient, str], str], yours: str,
    write: Callable[[], object],
) -> KeyChange:
    """Returns the change of a key's policy or tags.

    Args:
        what: the attribute, such as `policy`.
    """
    return KeyChange(
        sanitize(f"The {what} of {key.name} changed while you edited"), list_key_names(key), operations,
        f"changed the {what}", lambda client: read(client, key.id), yours, write, EDIT_ANSWERS, "Replace anyway",
    )


SEALS = ", encrypts "


def format_usage(usage: KeyUsage | None) -> str:
    """Returns what a key encrypts, as the end of its state; empty for None."""
    return f"{SEALS}{usage.summary}" if usage else ""


def make_alias_change(alias: str, yours: str, write: Callable[[], object], insist: str) -> KeyChange:
    """Returns the change of the target of an alias."""
    return KeyChange(
        sanitize(f"{alias} has changed"), {alias}, ALIAS_CHANGES, "changed the alias",
        lambda client: find_target(client, alias) or NOWHERE, yours, write, insist=insist,
    )


def read_state(client: KeyClient, key_id: str) -> str:
    """Returns the current state of a key as text: `enabled`, `disabled`, or when it will be deleted."""
    found = client.describe_key(KeyId=key_id)["KeyMetadata"]
    return _format_state(found["KeyState"], found.get("DeletionDate"))


def format_state(key: KmsKey) -> str:
    """Returns the state of `key` in the same form as `read_state`."""
    return _format_state(key.state, key.deletes_at)


def _format_state(state: str, deletion_date: datetime | None) -> str:
    return state.lower() if deletion_date is None else f"scheduled for deletion on {format_time(deletion_date)}"


def list_key_names(key: KmsKey) -> frozenset[str]:
    """Returns the identifiers by which a request names a key."""
    return frozenset({key.id, key.arn, *key.aliases})
