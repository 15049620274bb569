"""The rows that say to which Regions a primary secret is replicated, and how that stands.

The replica itself is a secret of its Region like any other, with its primary's name and suffix, and knows where its
primary is. Where replication failed from the start there is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from smtui.vault.columns import read_columns
from smtui.vault.database import Database

Status = Literal["InProgress", "InSync", "Failed"]


@dataclass(frozen=True, slots=True)
class Replica:
    """`secret` is the primary's row; `overwrite`, whether a secret of that name may be replaced in the Region."""

    secret: int
    region: str
    kms_key_id: str | None
    overwrite: bool
    status: Status
    message: str | None


_read = read_columns("replicas", "secret, region, kms_key_id, overwrite, status, message")


def of_primary(database: Database, secret: int) -> list[Replica]:
    """In the order of their Regions."""
    return [Replica(*_read(found)) for found in database.rows(
        "SELECT secret, region, kms_key_id, overwrite, status, message FROM replicas WHERE secret = ? ORDER BY region",
        (secret,),
    )]


def primaries(database: Database, secrets: Sequence[int]) -> set[int]:
    """Those of these rows that are replicated somewhere."""
    return {row for (row,) in database.rows(
        f"SELECT DISTINCT secret FROM replicas WHERE secret IN ({', '.join('?' * len(secrets))})", tuple(secrets)
    )}


def register(database: Database, secret: int, region: str, kms_key_id: str | None, *, overwrite: bool) -> None:
    database.run(
        "INSERT OR REPLACE INTO replicas (secret, region, kms_key_id, overwrite, status)"
        " VALUES (?, ?, ?, ?, 'InProgress')",
        (secret, region, kms_key_id, overwrite),
    )


def set_status(database: Database, replica: Replica, status: Status, message: str) -> None:
    if (replica.status, replica.message) != (status, message):
        database.run("UPDATE replicas SET status = ?, message = ? WHERE secret = ? AND region = ?",
                     (status, message, replica.secret, replica.region))


def set_key(database: Database, secret: int, region: str, kms_key_id: str | None) -> None:
    database.run("UPDATE replicas SET kms_key_id = ? WHERE secret = ? AND region = ?", (kms_key_id, secret, region))


def unregister(database: Database, secret: int, region: str) -> None:
    database.run("DELETE FROM replicas WHERE secret = ? AND region = ?", (secret, region))
