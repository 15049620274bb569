"""Detects changes that others made to a secret, its replicas or the aliases of their keys while a question was open."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.audit.changes_since import describe_changes, list_changes
from smtui.tui.kms.aliases import KeyChoice, describe_moved_alias, find_keys
from smtui.tui.secret.guarded_write import GuardedWrite

if TYPE_CHECKING:
    from smtui.tui.session import Session


@dataclass(frozen=True, slots=True)
class SeenReplicas:
    """What the user saw when the question opened.

    Args:
        number: the number of the newest audit event.
        keys: for each Region with a new replica, the key that the chosen KmsKeyId means.
    """

    number: int
    keys: Mapping[str, str] = field(default_factory=dict)


def guard_replicas(
    session: Session, name: str, regions: Collection[str], seen: SeenReplicas, write: Callable[[], object],
    yours: str, insist: str, choices: Mapping[str, KeyChoice],
) -> GuardedWrite[SeenReplicas]:
    """Makes a write that asks first if the secrets of this name in the Regions, or the chosen keys, have changed.

    Args:
        session: the session.
        name: the name of the secret.
        regions: the Regions to check.
        seen: what the user saw.
        write: writes, in the thread of the vault.
        yours: what the user is about to do, for the dialog.
        insist: the text of the button that writes in spite of the changes.
        choices: the keys of new replicas by Region.
    """
    vault = session.vault

    def read() -> SeenReplicas:
        return SeenReplicas(vault.audit.find_newest_number(), find_keys(session, choices))

    def is_other(known: SeenReplicas, found: SeenReplicas) -> bool:
        changes = list_changes(vault, name, regions, above=known.number, up_to=found.number)
        return bool(changes) or known.keys != found.keys

    def describe(found: SeenReplicas) -> list[SafeText]:
        changes = list_changes(vault, name, regions, above=seen.number, up_to=found.number)
        moved = [line for region, key in found.keys.items() if key != seen.keys[region]
                 for line in describe_moved_alias(vault, choices[region], key, region)]
        return [*describe_changes(changes), *moved, SafeText(""), sanitize(f"Your change: {yours}")]

    title = f"{name} or the key of a replica has changed" if choices else f"{name} has changed"
    return GuardedWrite(sanitize(title), read, is_other, write, describe, (), insist)
