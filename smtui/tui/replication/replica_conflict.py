"""Detects changes that others made to a secret or its replicas while a question was open."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.audit.changes_since import describe_changes, list_changes
from smtui.tui.secret.guarded_write import GuardedWrite

if TYPE_CHECKING:
    from smtui.tui.session import Session


def guard_replicas(
    session: Session, name: str, regions: Collection[str], seen: int, write: Callable[[], object], yours: str,
    insist: str,
) -> GuardedWrite[int]:
    """Makes a write that asks first if the secrets of this name in the Regions have changed.

    Args:
        session: the session.
        name: the name of the secret.
        regions: the Regions to check.
        seen: the number of the newest audit event when the question opened.
        write: writes, in the thread of the vault.
        yours: what the user is about to do, for the dialog.
        insist: the text of the button that writes in spite of the changes.
    """
    vault = session.vault

    def is_other(known: int, found: int) -> bool:
        return bool(list_changes(vault, name, regions, above=known, up_to=found))

    def describe(found: int) -> list[SafeText]:
        changes = list_changes(vault, name, regions, above=seen, up_to=found)
        return [*describe_changes(changes), SafeText(""), sanitize(f"Your change: {yours}")]

    return GuardedWrite(
        sanitize(f"{name} has changed"), vault.audit.find_newest_number, is_other, write, describe, (), insist,
    )
