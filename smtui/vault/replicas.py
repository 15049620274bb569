"""The rows of replication: the Regions of a primary secret, and the status of each.

The replica itself is a secret of its Region with its primary's name and suffix, and stores the primary's Region. If
replication failed at once, there is no such secret.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from smtui.vault.columns import make_row_reader
from smtui.vault.database import Database

Status = Literal["InProgress", "InSync", "Failed"]


@dataclass(frozen=True, slots=True)
class StoredReplica:
    """A Region of a primary secret (its row). `overwrite`: a secret of that name in the Region may be replaced."""

    secret: int
    region: str
    kms_key_id: str | None
    overwrite: bool
    status: Status
    message: str | None


_read = make_row_reader("replicas", "secret, region, kms_key_id, overwrite, status, message")


def list_replicas(database: Database, secret: int) -> list[StoredReplica]:
    """The Regions of a primary secret, in order."""
    return [StoredReplica(*_read(found)) for found in database.fetch_rows(
        "SELECT secret, region, kms_key_id, overwrite, status, message FROM replicas WHERE secret = ? ORDER BY region",
        (secret,),
    )]


def find_primaries(database: Database, secrets: Sequence[int]) -> set[int]:
    """The rows, out of these, that are replicated."""
    return {row for (row,) in database.fetch_rows(
        f"SELECT DISTINCT secret FROM replicas WHERE secret IN ({', '.join('?' * len(secrets))})", tuple(secrets)
    )}


def register(database: Database, secret: int, region: str, kms_key_id: str | None, *, overwrite: bool) -> None:
    database.run(
        "INSERT OR REPLACE INTO replicas (secret, region, kms_key_id, overwrite, status)"
        " VALUES (?, ?, ?, ?, 'InProgress')",
        (secret, region, kms_key_id, overwrite),
    )


def set_status(database: Database, replica: StoredReplica, status: Status, message: str) -> None:
    if (replica.status, replica.message) != (status, message):
        database.run("UPDATE replicas SET status = ?, message = ? WHERE secret = ? AND region = ?",
                     (status, message, replica.secret, replica.region))


def set_key(database: Database, secret: int, region: str, kms_key_id: str | None) -> None:
    database.run("UPDATE replicas SET kms_key_id = ? WHERE secret = ? AND region = ?", (kms_key_id, secret, region))


def unregister(database: Database, secret: int, region: str) -> None:
    database.run("DELETE FROM replicas WHERE secret = ? AND region = ?", (secret, region))
