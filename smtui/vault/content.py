"""Counts the changes of a vault's content, so that a screen knows when to refresh.

Content is what a person sees: secrets, versions, labels, tags, policies, keys, functions, rotations, replicas and
settings. The audit log and the day of the last access are not content, so reads and refused calls do not count. The
count is one row of `meta`, written in the transaction of the change by every program; a file without it counts from 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from smtui.vault.sqlite_errors import detect_damage

if TYPE_CHECKING:
    from smtui.vault.statements import Statements

COUNT_NAME = "content_changes"
Row = tuple[Any, ...]

# The digest is derived from all other tables, and the word index from the secrets.
# The kept list of an account is a copy of what is there.
_NOT_CONTENT = frozenset({"audit_events", "audit_index", "audit_start", "digest", "kept_indexes", "words_data",
                          "words_idx", "words_docsize", "words_config", "words_content"})
# The index of the column with the day of the last access, see `schema`.
_ACCESSED_ON = {"secrets": 9, "versions": 4}


class ContentChanges:
    """Observes every row that one connection changes; `own` counts its transactions that changed content."""

    def __init__(self) -> None:
        self.pending = False
        """Whether the open transaction has changed content so far; restored when a savepoint is rolled back."""
        self.own = 0
        self._is_counted = False

    def observe(self, table: str, old: Row | None, new: Row | None) -> None:
        """Notes an inserted, deleted or changed row; `old` and `new` hold its columns in order."""
        self.pending = self.pending or _is_content(table, old, new)

    def write(self, database: Statements) -> None:
        """Increments the count in the file, once, if the transaction that is about to commit changed content."""
        if self.pending and not self._is_counted:
            self._is_counted = True
            database.run(
                "INSERT INTO meta VALUES (?, '1') ON CONFLICT (name) DO UPDATE SET value = CAST(value AS INTEGER) + 1",
                (COUNT_NAME,),
            )

    def commit(self) -> None:
        """Notes that the transaction is committed."""
        self.own += self.pending
        self.pending = self._is_counted = False

    def roll_back(self, mark: bool) -> None:
        """Restores the `pending` of an earlier moment, after the changes since then were rolled back."""
        self.pending = mark
        self._is_counted = self._is_counted and mark


def _is_content(table: str, old: Row | None, new: Row | None) -> bool:
    if table in _NOT_CONTENT or _is_count_row(table, new or old or ()):
        return False
    accessed_on = _ACCESSED_ON.get(table)
    if accessed_on is None or old is None or new is None:
        return True
    return _drop_column(old, accessed_on) != _drop_column(new, accessed_on)


def _is_count_row(table: str, row: Row) -> bool:
    return table == "meta" and row[0] == COUNT_NAME


def _drop_column(row: Row, column: int) -> Row:
    return row[:column] + row[column + 1:]


def count_changes(database: Statements) -> int:
    """How many transactions changed the content of this file. Raises VaultDamagedError if the count is no number."""
    with detect_damage():
        found = database.fetch_row("SELECT value FROM meta WHERE name = ?", (COUNT_NAME,))
        return int(found[0]) if found else 0
