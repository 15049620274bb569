"""The newest row of the audit log, and the state of the digest, which that row carries.

An audit event and the state of the digest then take one page of the file. A transaction without an event writes the
state to the row of `digest` instead, together with the number of the newest event: whichever is later holds.
"""

from __future__ import annotations

from typing import Any

from smtui.api.record import record
from smtui.vault.sqlite_errors import detect_damage
from smtui.vault.statements import Statements

SUM_BYTES = 32

Row = tuple[Any, ...]
_TAIL = ("SELECT e.id, e.latest, e.chain, e.sum, e.numbers, e.commits, d.one, d.sum, d.numbers, d.commits, d.event"
         " FROM digest d LEFT JOIN audit_events e ON e.id = (SELECT max(id) FROM audit_events)")


@record
class DigestState:
    """The sum over all rows, the sum of SQLite's last row numbers, and the number of durable commits."""

    sum: int
    numbers: int
    commits: int

    def to_columns(self) -> tuple[bytes, int, int]:
        """The state as the columns sum, numbers and commits."""
        return self.sum.to_bytes(SUM_BYTES, "big"), self.numbers, self.commits


@record
class AuditTail:
    """The number, time and chain value of the newest event, and the state of the digest after it.

    Without an event `id` is 0 and `chain` None. `latest` is the latest time of any event in milliseconds, 0 without
    one. `outdated` is the row of `digest`, unless the state is in it.
    """

    id: int
    latest: Any
    chain: Any
    state: DigestState
    outdated: Row | None

    def format_row(self) -> Row:
        """The row of `digest` that has this state."""
        return (1, *self.state.to_columns(), self.id)


def read_tail(database: Statements) -> AuditTail:
    """Reads the newest event and the state of the digest. Raises VaultDamagedError."""
    with detect_damage():
        (row,) = database.fetch_rows(_TAIL)
        id, latest, chain, *in_event = row[:6]
        _, *in_row, event = row[6:]
        is_outdated = id is not None and event < id
        # A newest event without it was inserted by another program: the older state shows that.
        total, numbers, commits = in_event if is_outdated and in_event[0] is not None else in_row
        return AuditTail(id or 0, latest or 0, chain,
                         DigestState(int.from_bytes(total, "big"), int(numbers), int(commits)),
                         row[6:] if is_outdated else None)
