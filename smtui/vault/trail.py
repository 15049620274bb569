"""The audit trail at rest: one row an event, each authenticated together with all that came before it."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator
from typing import Any

from smtui.vault.database import Database

GENESIS = bytes(32)
BATCH = 500


def link(key: bytes, before: bytes, at: int, event: str) -> bytes:
    """The chain value of an event, given that of the event before it."""
    return hmac.digest(key, before + at.to_bytes(8, "big", signed=True) + event.encode(), "sha256")


def newest(database: Database) -> tuple[int, bytes]:
    """When the last event was recorded, and its chain value."""
    return database.row("SELECT at, chain FROM trail ORDER BY id DESC LIMIT 1") or (0, GENESIS)


def append(database: Database, key: bytes, *, at: int, secret: int | None, event: dict[str, Any]) -> None:
    text = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
    chain = link(key, newest(database)[1], at, text)
    database.run(
        "INSERT INTO trail (at, operation, secret, event, chain) VALUES (?, ?, ?, ?, ?)",
        (at, event["eventName"], secret, text, chain),
    )


def events(
    database: Database, *, secret: int | None = None, operation: str | None = None,
    since: int | None = None, until: int | None = None,
) -> Iterator[dict[str, Any]]:
    """Events, newest first, read in batches so that a writer is never kept waiting for a reader of the whole."""
    wanted = {"secret": secret, "operation": operation, "since": since, "until": until}
    tests = {"secret": "secret = :secret", "operation": "operation = :operation",
             "since": "at >= :since", "until": "at < :until"}
    where = " AND ".join(["id < :below", *(tests[name] for name, value in wanted.items() if value is not None)])
    below = 2**63 - 1
    while found := database.rows(
        f"SELECT id, event FROM trail WHERE {where} ORDER BY id DESC LIMIT {BATCH}",
        {"below": below, **{name: value for name, value in wanted.items() if value is not None}},
    ):
        yield from (json.loads(event) for _, event in found)
        below = found[-1][0]


def first_broken(database: Database, key: bytes) -> tuple[int, int | None]:
    """How many events were looked at, and the number of the first whose chain value does not fit, if any."""
    before, looked_at, last = GENESIS, 0, 0
    while found := database.rows(
        f"SELECT id, at, event, chain FROM trail WHERE id > ? ORDER BY id LIMIT {BATCH}", (last,)
    ):
        for last, at, event, chain in found:
            looked_at += 1
            if not hmac.compare_digest(link(key, before, at, event), chain):
                return looked_at, last
            before = chain
    return looked_at, None
