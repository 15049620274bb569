"""How often the content of the vault changed: what a screen asks to learn whether it has to read anew.

Content is what a person can see of secrets, versions, labels, tags, policies, keys, functions, rotations, replicas and
settings. The audit log is not, nor is the day of the last access: whoever only reads, or is refused, changes neither
the content nor this count. It is one row of `meta`, written in the transaction that changed something, by whichever
program that was; a file that never had the row counts from 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from smtui.vault.refusals import well_formed

if TYPE_CHECKING:
    from smtui.vault.database import Database

ROW = "content_changes"
Row = tuple[Any, ...]

# The digest follows all other tables, and the word index follows the secrets.
_NOT_CONTENT = frozenset({"trail", "trail_start", "trail_bounds", "digest", "words_data", "words_idx", "words_docsize",
                          "words_config", "words_content"})
# Where a row notes the day of the last access, see `schema`.
_ACCESSED_ON = {"secrets": 9, "versions": 4}


class ContentChanges:
    """Learns of every row that one connection changes; `own` is how many of its transactions changed content."""

    def __init__(self) -> None:
        self.pending = False
        """Whether the present transaction has changed content so far: also a mark to go back to."""
        self.own = 0

    def see(self, table: str, old: Row | None, new: Row | None) -> None:
        """A row goes, comes, or becomes another; `old` and `new` hold its columns in their order."""
        self.pending = self.pending or _is_content(table, old, new)

    def settle(self, database: Database) -> None:
        """Counts the transaction that is about to be committed, if it changed content."""
        if self.pending:
            database.run(
                "INSERT INTO meta VALUES (?, '1') ON CONFLICT (name) DO UPDATE SET value = CAST(value AS INTEGER) + 1",
                (ROW,),
            )

    def commit(self) -> None:
        """The transaction is committed."""
        self.own += self.pending
        self.pending = False


def _is_content(table: str, old: Row | None, new: Row | None) -> bool:
    if table in _NOT_CONTENT or _names_the_count(table, new or old or ()):
        return False
    accessed_on = _ACCESSED_ON.get(table)
    if accessed_on is None or old is None or new is None:
        return True
    return _without(old, accessed_on) != _without(new, accessed_on)


def _names_the_count(table: str, row: Row) -> bool:
    return table == "meta" and row[0] == ROW


def _without(row: Row, column: int) -> Row:
    return row[:column] + row[column + 1:]


def count(database: Database) -> int:
    """How many transactions changed the content of this file. Raises VaultDamagedError where that is no number."""
    with well_formed():
        found = database.row("SELECT value FROM meta WHERE name = ?", (ROW,))
        return int(found[0]) if found else 0
