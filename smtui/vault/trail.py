"""The audit trail at rest: one row an event, each authenticated together with all that came before it.

Old events may be dropped, oldest first. The chain value of the newest dropped one stays, and the chain goes on from
there. What is cut off at either end is noticed by the numbers, and by the digest of the vault.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from smtui.vault.database import Database
from smtui.vault.refusals import well_formed

BATCH = 500
_as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def link(key: bytes, before: bytes, at: int, event: str) -> bytes:
    """The chain value of an event, given that of the event before it."""
    return hmac.digest(key, before + at.to_bytes(8, "big", signed=True) + event.encode(), "sha256")


def newest(database: Database) -> tuple[int, bytes]:
    """The latest time any event was recorded at, and the chain value of the last one: a clock may have gone back."""
    return database.row("SELECT latest, chain FROM trail ORDER BY id DESC LIMIT 1") or (0, _start(database)[1])


def dropped(database: Database) -> int:
    """The number of the newest event that was dropped; 0 where none was."""
    return _start(database)[0]


def append(
    database: Database, key: bytes, *, at: int, events: Iterable[tuple[int | None, dict[str, Any]]]
) -> None:
    """Adds events of one moment, each with the row of the secret it is about, if it is about one."""
    rows = []
    with well_formed():
        latest, chain = newest(database)
        latest = max(at, latest)
        for secret, event in events:
            text = _as_json(event)
            chain = link(key, chain, at, text)
            rows.append((at, event["eventName"], secret, text, chain, latest))
    database.run_for_each(
        "INSERT INTO trail (at, operation, secret, event, chain, latest) VALUES (?, ?, ?, ?, ?, ?)", rows
    )


def newest_row(database: Database) -> int:
    """The row number of the last event; 0 where there is none."""
    found = database.row("SELECT max(id) FROM trail")
    return found[0] or 0 if found else 0


def set_latest(database: Database, at: int) -> None:
    """Takes back what a wrong clock made the latest time."""
    database.run("UPDATE trail SET latest = ? WHERE id = (SELECT max(id) FROM trail)", (at,))


def kept_days(database: Database) -> int | None:
    """For how many days an event is kept; None is for ever."""
    found = database.row("SELECT value FROM meta WHERE name = 'trail_days'")
    return int(found[0]) if found else None


def set_kept_days(database: Database, days: int | None) -> None:
    if days is None:
        database.run("DELETE FROM meta WHERE name = 'trail_days'")
    else:
        database.run("INSERT OR REPLACE INTO meta VALUES ('trail_days', ?)", (str(days),))


def has_before(database: Database, moment: int) -> bool:
    """Whether the oldest event is older than a moment."""
    oldest = database.row("SELECT at FROM trail ORDER BY id LIMIT 1")
    return oldest is not None and oldest[0] < moment


def drop_before(database: Database, moment: int) -> int:
    """Drops events older than a moment, oldest first, a batch at most, never the newest of all; answers how many."""
    gone: tuple[int, bytes] | None = None
    count = 0
    for row, at, chain in database.rows(
        f"SELECT id, at, chain FROM trail WHERE id < (SELECT max(id) FROM trail) ORDER BY id LIMIT {BATCH}"
    ):
        if at >= moment:
            break
        gone = row, chain
        count += 1
    if gone is not None:
        database.run("DELETE FROM trail WHERE id <= ?", gone[:1])
        database.run("UPDATE trail_start SET dropped = ?, chain = ?", gone)
    return count


def rows_of(database: Database, region: str, name: str, suffix: str | None) -> list[int]:
    """The rows that secrets of this name have or had, as far back as the trail tells."""
    return [row for (row,) in database.rows(
        "SELECT id FROM secrets WHERE region = :region AND name = :name AND suffix = coalesce(:suffix, suffix)"
        " UNION SELECT secret FROM trail WHERE operation = 'CreateSecret' AND secret IS NOT NULL"
        " AND json_extract(event, '$.awsRegion') = :region AND json_extract(event, '$.requestParameters.name') = :name"
        " AND (:suffix IS NULL OR json_extract(event, '$.responseElements.arn') LIKE '%-' || :suffix)",
        {"region": region, "name": name, "suffix": suffix},
    )]


_TESTS = {
    "operation": "operation = :operation",
    "since": "at >= :since",
    "until": "at < :until",
    # The whole ARN, or what stands behind a colon of it: `user/alice`.
    "caller": "substr(':' || json_extract(event, '$.userIdentity.arn'), -length(:caller) - 1) = ':' || :caller",
    "outcome": "CASE :outcome WHEN 'done' THEN json_extract(event, '$.errorCode') IS NULL"
               " WHEN 'refused' THEN json_extract(event, '$.errorCode') IS NOT NULL"
               " ELSE json_extract(event, '$.errorCode') = :outcome END",
}


def events(
    database: Database, *, secrets: Sequence[int] | None = None, operation: str | None = None,
    since: int | None = None, until: int | None = None, caller: str | None = None, outcome: str | None = None,
    above: int = 0, up_to: int | None = None,
) -> Iterator[dict[str, Any]]:
    """Events, newest first, read in batches so that a writer is never kept waiting for a reader of the whole.

    `outcome` is `done`, `refused`, or the code of an error. Only rows with numbers greater than `above` are looked at,
    and none greater than `up_to`.
    """
    asked = {"operation": operation, "since": since, "until": until, "caller": caller, "outcome": outcome}
    bindings = {name: value for name, value in asked.items() if value is not None}
    where = ["id < :below", "id > :above", *(_TESTS[name] for name in bindings)]
    if secrets is not None:
        where.append(f"secret IN ({', '.join(str(int(row)) for row in secrets)})")
    below = 2**63 - 1 if up_to is None else up_to + 1
    while found := database.rows(
        f"SELECT id, event FROM trail WHERE {' AND '.join(where)} ORDER BY id DESC LIMIT {BATCH}",
        {"below": below, "above": above, **bindings},
    ):
        with well_formed():
            read = [json.loads(event) for _, event in found]
            assert found[-1][0] < below, "events come in their order"
        yield from read
        below = found[-1][0]


def verify(database: Database, key: bytes) -> tuple[int, str | None]:
    """How many events were looked at, and what is wrong with them, if anything is."""
    first, chain = _start(database)
    looked_at, last = 0, first
    for row, at, event, stored in database.each("SELECT id, at, event, chain FROM trail WHERE id > ? ORDER BY id",
                                                (first,)):
        looked_at += 1
        if not hmac.compare_digest(link(key, chain, at, event), stored):
            return looked_at, f"Event {row} of the trail, or one before it, was altered or removed."
        last, chain = row, stored
    if database.row("SELECT 1 FROM sqlite_sequence WHERE name = 'trail' AND seq <> ?", (last,)):
        return looked_at, f"Events of the trail after number {last} were removed."
    return looked_at, None


def _start(database: Database) -> tuple[int, bytes]:
    """The number and chain value of the newest dropped event."""
    with well_formed():
        (dropped, chain), = database.rows("SELECT dropped, chain FROM trail_start")
        return dropped, chain
