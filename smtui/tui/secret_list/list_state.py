"""What a vault contained when the list was read, so that a return to the list reads only what has changed since.

Reads of values change the day of the last access only, which does not count as a change of the content. The audit log
tells which secrets they were. Call these functions in the vault's thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from smtui.rules.audit_query import find_subject_name

if TYPE_CHECKING:
    from smtui.backends.local import Vault

MAX_ACCESSED = 20
"""Secrets whose values were read since, up to which the list is brought up to date without reading it again."""
MAX_READS = 200
"""Reads of values since, up to which it is found out which secrets they were of."""


@dataclass(frozen=True, slots=True)
class ListState:
    """The state of a vault.

    Args:
        region: the Region of the list.
        content: the number of changes of the content (`Vault.change_count`).
        event: the number of the newest event in the audit log.
    """

    region: str
    content: int
    event: int

    def has_same_content(self, other: ListState) -> bool:
        return (self.region, self.content) == (other.region, other.content)


def read_list_state(vault: Vault, region: str) -> ListState | None:
    """Returns the present state; None for an account, whose list is in memory and is always read again.

    Raises:
        SmtuiError: the vault could not be read.
    """
    if not vault.can.has_file:
        return None
    return ListState(region, vault.change_count(includes_own=True), vault.audit.find_newest_number())


def find_accessed(vault: Vault, since: ListState, now: ListState) -> frozenset[str] | None:
    """Returns the names of the secrets whose values were read between two states; None if there are too many.

    Raises:
        SmtuiError: the vault could not be read.
    """
    if now.event == since.event:
        return frozenset()
    reads = list(islice(vault.audit_log(
        operation="GetSecretValue", outcome="done", above=since.event, up_to=now.event), MAX_READS + 1))
    names = frozenset(find_subject_name(event) for event in reads if event["awsRegion"] == since.region)
    return None if len(reads) > MAX_READS or len(names) > MAX_ACCESSED else names
