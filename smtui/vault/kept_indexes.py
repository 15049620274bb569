"""The rows of kept indexes: the list of the secrets of an AWS account in one Region, encrypted, without values."""

from __future__ import annotations

from smtui.system.ambient import Ambient
from smtui.vault import envelope
from smtui.vault.database import Database
from smtui.vault.keystore import KeyStore

PURPOSE = "smtui kept indexes"


def store_index(
    database: Database, keys: KeyStore, ambient: Ambient, context: str, region: str, content: bytes, now: int
) -> None:
    """Stores an index, inside a transaction; it replaces the former one of this context and Region.

    Args:
        context: the name of the context.
        content: the index.
        now: milliseconds since 1970 (UTC).
    """
    sealed = envelope.wrap(content, keys.derive(PURPOSE), _bind(context, region, now), ambient.random_bytes)
    database.run("INSERT OR REPLACE INTO kept_indexes (context, region, sealed, stored_at) VALUES (?, ?, ?, ?)",
                 (context, region, sealed, now))


def load_index(database: Database, keys: KeyStore, context: str, region: str) -> tuple[bytes, int] | None:
    """The index and when it was stored, in milliseconds since 1970 (UTC); None if there is none.

    Raises:
        DecryptionFailure: the row was altered or belongs to another context.
    """
    row = database.fetch_row("SELECT sealed, stored_at FROM kept_indexes WHERE context = ? AND region = ?",
                             (context, region))
    if row is None or not isinstance(row[0], bytes) or not isinstance(row[1], int):
        return None
    return envelope.unwrap(row[0], keys.derive(PURPOSE), _bind(context, region, row[1])), row[1]


def list_contexts(database: Database) -> list[str]:
    """The names of the contexts of which an index is kept, in order."""
    return [str(row[0]) for row in database.fetch_rows("SELECT DISTINCT context FROM kept_indexes ORDER BY context")]


def delete_indexes(database: Database, context: str) -> None:
    """Deletes the indexes of a context, inside a transaction."""
    database.run("DELETE FROM kept_indexes WHERE context = ?", (context,))


def _bind(context: str, region: str, stored_at: int) -> bytes:
    return envelope.encode_associated_data("kept index", context, region, str(stored_at))
