"""Whether others changed a secret, or its replicas, in a Region since the person was asked about it there."""

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
    """Writes unless the secrets of this name in the Regions were changed since.

    Args:
        seen: number of the newest event when the person was asked.
        yours: what one is about to do, for the question.
        insist: what the button says that does it all the same.
    """
    vault = session.vault

    def is_other(known: int, found: int) -> bool:
        return bool(list_changes(vault, name, regions, above=known, up_to=found))

    def describe(found: int) -> list[SafeText]:
        changes = list_changes(vault, name, regions, above=seen, up_to=found)
        return [*describe_changes(changes), SafeText(""), sanitize(f"Yours: {yours}")]

    return GuardedWrite(
        sanitize(f"{name} changed meanwhile"), vault.audit.find_newest_number, is_other, write, describe, (), insist,
    )
