"""The audit log in the vault: one row for each event, authenticated together with all events before it.

Old events may be dropped, oldest first, but never the newest: the next number follows from it. The chain value of the
newest dropped event stays, and the chain continues from there. The digest, whose state the newest event carries,
reveals events cut off at either end, except for reads after the last change.

An index finds the events of a secret. Each full batch of `BATCH_INDEXED` numbers enters it at once; later events are
few and are read one by one.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, cast

from smtui.api.limits import MAX_RETENTION_DAYS
from smtui.api.record import record
from smtui.vault.audit_tail import AuditTail, read_tail
from smtui.vault.columns import make_row_reader
from smtui.vault.database import Database
from smtui.vault.schema import BATCH_INDEXED
from smtui.vault.sqlite_errors import MAX_PLAUSIBLE_ROW, detect_damage, make_exhausted_error

BATCH = 500
RETENTION = "audit_days"
_read_newest = make_row_reader("audit_events", "latest, chain")
_INSERT = ("INSERT INTO audit_events (id, at, operation, secret, event, chain, latest, sum, numbers, commits)"
           " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
_NO_STATE = (None, None, None)
UNREADABLE_EVENT = "UnreadableEvent"
"""The error code in an event that replaces a damaged one."""
_TEXTS = ("eventName", "eventTime", "eventID")
_OBJECTS = ("requestParameters", "responseElements", "additionalEventData")


@record
class AuditEvent:
    """An event before it is in the log: its moment (milliseconds), its name, the row of its secret, and its JSON."""

    at: int
    operation: str
    secret: int | None
    text: str


def compute_chain(key: bytes, before: bytes, at: int, event: str) -> bytes:
    """The chain value of an event (HMAC-SHA256), given that of the event before it."""
    return hmac.digest(key, before + at.to_bytes(8, "big", signed=True) + event.encode(), "sha256")


def read_newest(database: Database) -> tuple[int, bytes]:
    """The latest time of any event in milliseconds (the clock may have been set back), and the last chain value."""
    return _get_newest(database, read_tail(database))


def _get_newest(database: Database, tail: AuditTail) -> tuple[int, bytes]:
    if tail.id:
        return cast("tuple[int, bytes]", _read_newest((tail.latest, tail.chain)))
    return 0, _read_start(database)[1]


def read_dropped(database: Database) -> int:
    """The number of the newest dropped event; 0 if none was dropped."""
    return _read_start(database)[0]


def append_events(database: Database, key: bytes, events: Iterable[AuditEvent]) -> None:
    """Adds events in the order of their moments. Raises VaultDamagedError."""
    database.write_owed_rows()
    rows: list[tuple[Any, ...]] = []
    with detect_damage():
        tail = database.digest.get_tail(database) if database.digest else read_tail(database)
        latest, chain = _get_newest(database, tail)
        for number, event in enumerate(events, tail.id + 1):
            latest, chain = max(event.at, latest), compute_chain(key, chain, event.at, event.text)
            rows.append((number, event.at, event.operation, event.secret, event.text, chain, latest))
    if rows:
        _insert(database, tail.id, rows)


def _insert(database: Database, newest: int, rows: list[tuple[Any, ...]]) -> None:
    """Inserts events after number `newest`, the last one with the state of the digest if it is the only one."""
    last, *_, chain, latest = rows[-1]
    if last > MAX_PLAUSIBLE_ROW:
        raise make_exhausted_error("the row numbers of its table audit_events are used up")
    if database.digest:
        database.digest.begin_events(last, latest, chain)
    if len(rows) == 1 and database.digest:
        state = database.digest.compute_state(database, rows[0], durable=bool(database.is_durable))
        database.run(_INSERT, (*rows[0], *state.to_columns()))
    else:
        database.run_many(_INSERT, [(*row, *_NO_STATE) for row in rows])
    if last // BATCH_INDEXED > newest // BATCH_INDEXED:
        database.run("INSERT INTO audit_index SELECT secret, id FROM audit_events WHERE secret IS NOT NULL"
                     " AND id > ? AND id <= ?", (_get_indexed(newest), _get_indexed(last)))


def _get_indexed(newest: int) -> int:
    """The last number in the index, if `newest` is the newest number."""
    return newest // BATCH_INDEXED * BATCH_INDEXED


def read_newest_number(database: Database) -> int:
    """The row number of the last event; 0 if there is none."""
    found = database.fetch_row("SELECT max(id) FROM audit_events")
    return found[0] or 0 if found else 0


def set_latest(database: Database, at: int) -> None:
    """Corrects the latest time, which a wrong clock has set."""
    database.run("UPDATE audit_events SET latest = ? WHERE id = (SELECT max(id) FROM audit_events)", (at,))


def read_retention(database: Database) -> int | None:
    """For how many days events are kept; None means without limit."""
    found = database.fetch_row("SELECT value FROM meta WHERE name = ?", (RETENTION,))
    days = str(found[0]) if found else ""
    return int(days) if days.isdecimal() and days.isascii() and int(days) <= MAX_RETENTION_DAYS else None


def set_retention(database: Database, days: int | None) -> None:
    if days is None:
        database.run("DELETE FROM meta WHERE name = ?", (RETENTION,))
    else:
        database.run("INSERT OR REPLACE INTO meta VALUES (?, ?)", (RETENTION, str(days)))


def has_events_before(database: Database, moment: int) -> bool:
    """Whether the oldest event is older than a moment (milliseconds)."""
    oldest = database.fetch_row("SELECT at FROM audit_events ORDER BY id LIMIT 1")
    return oldest is not None and isinstance(oldest[0], int) and oldest[0] < moment


def drop_events_before(database: Database, moment: int) -> int:
    """Drops events older than a moment, oldest first, up to `BATCH`, never the newest of all; returns how many."""
    gone: tuple[int, bytes] | None = None
    indexed: list[tuple[int, int]] = []
    count = 0
    for row, at, chain, secret in database.fetch_rows(
        "SELECT id, at, chain, secret FROM audit_events WHERE id < (SELECT max(id) FROM audit_events)"
        f" ORDER BY id LIMIT {BATCH}"
    ):
        if not isinstance(at, int) or not isinstance(chain, bytes) or at >= moment:
            break  # a damaged event stays, and so do all later ones
        gone = row, chain
        count += 1
        if secret is not None:
            indexed.append((secret, row))
    if gone is not None:
        database.run_many("DELETE FROM audit_index WHERE subject = ? AND number = ?", indexed)
        database.run("DELETE FROM audit_events WHERE id <= ?", gone[:1])
        database.run("UPDATE audit_start SET dropped = ?, chain = ?", gone)
    return count


def find_secret_rows(database: Database, region: str, name: str, suffix: str | None) -> list[int]:
    """The rows of present and deleted secrets of this name, as far back as the audit log goes."""
    return [row for (row,) in database.fetch_rows(
        "SELECT id FROM secrets WHERE region = :region AND name = :name AND suffix = coalesce(:suffix, suffix)"
        " UNION SELECT secret FROM audit_events WHERE operation = 'CreateSecret' AND secret IS NOT NULL"
        f" AND {_select_member('awsRegion')} = :region AND {_select_member('requestParameters.name')} = :name"
        f" AND (:suffix IS NULL OR {_select_member('responseElements.arn')} LIKE '%-' || :suffix)",
        {"region": region, "name": name, "suffix": suffix},
    )]


def _select_member(path: str) -> str:
    """SQL for a member of an event; NULL if the event is not JSON."""
    return f"CASE WHEN typeof(event) = 'text' AND json_valid(event) THEN json_extract(event, '$.{path}') END"


_TESTS = {
    "operation": "operation = :operation",
    "since": "at >= :since",
    "until": "at < :until",
    # The whole ARN, or the part after one of its colons: `user/alice`.
    "caller": f"substr(':' || {_select_member('userIdentity.arn')}, -length(:caller) - 1) = ':' || :caller",
    "outcome": f"CASE :outcome WHEN 'done' THEN {_select_member('errorCode')} IS NULL"
               f" WHEN 'refused' THEN {_select_member('errorCode')} IS NOT NULL"
               f" ELSE {_select_member('errorCode')} = :outcome END",
}


ROTATION_STEPS = ("ClaimRotation", "ReleaseRotation", "ReportRotation")
"""The operations by which a program takes and reports the steps of a rotation. What they change has its own events."""


def list_events(
    database: Database, *, secrets: Sequence[int] | None = None, operation: str | None = None,
    since: int | None = None, until: int | None = None, caller: str | None = None, outcome: str | None = None,
    changes_only: bool = False, above: int = 0, up_to: int | None = None,
) -> Iterator[dict[str, Any]]:
    """Events, newest first, read in batches so that a writer never waits for a long read.

    `changes_only` leaves out events that only read, and the steps of rotations; a damaged event may be a change.
    `outcome` is `done`, `refused` or an error code. Only events with numbers above `above` (exclusive) and up to
    `up_to` (inclusive) are read; `since` (inclusive) and `until` (exclusive) are in milliseconds.
    """
    asked = {"operation": operation, "since": since, "until": until, "caller": caller, "outcome": outcome}
    bindings = {name: value for name, value in asked.items() if value is not None}
    where = [_TESTS[name] for name in bindings]
    if changes_only:
        where.append(f"coalesce({_select_member('readOnly')}, 0) = 0")
        where.append(f"coalesce(operation, '') NOT IN {ROTATION_STEPS}")
    below = 2**63 - 1 if up_to is None else up_to + 1
    for source, position, conditions in _list_sources(database, secrets):
        tests = [*conditions, f"{position} < :below", f"{position} > :above", *where]
        question = (f"SELECT id, operation, event FROM {source} WHERE {' AND '.join(tests)}"
                    f" ORDER BY {position} DESC LIMIT {BATCH}")
        while found := database.fetch_rows(question, {"below": below, "above": above, **bindings}):
            with detect_damage():
                read = [_read_event(*row) for row in found]
                assert found[-1][0] < below, "events come in their order"
            yield from read
            below = found[-1][0]


def _list_sources(database: Database, secrets: Sequence[int] | None) -> list[tuple[str, str, list[str]]]:
    """Where the events of some secrets or of all are, newest first: tables, the column of their numbers, conditions.

    Events that are not in the index yet are read one by one, also if they enter it meanwhile.
    """
    if secrets is None:
        return [("audit_events", "id", [])]
    rows, indexed = ", ".join(str(int(row)) for row in secrets), _get_indexed(read_newest_number(database))
    return [
        ("audit_events", "id", [f"id > {indexed}", f"secret IN ({rows})"]),
        ("audit_index CROSS JOIN audit_events ON id = number", "number",
         [f"subject IN ({rows})", f"number <= {indexed}"]),
    ]


def _read_event(row: int, operation: object, text: object) -> dict[str, Any]:
    """An event; a damaged one is replaced by one that says so, with what is known of it."""
    try:
        event = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        event = None
    if isinstance(event, dict) and is_event(event):
        return event
    return {
        **dict.fromkeys(_TEXTS, ""), "eventName": operation if isinstance(operation, str) else "",
        "eventTime": "1970-01-01T00:00:00Z", "eventID": f"row {row}", "userIdentity": {"type": "", "arn": ""},
        "requestParameters": None, "responseElements": None, "readOnly": True,
        "errorCode": UNREADABLE_EVENT, "errorMessage": f"Event {row} of the audit log is damaged. Run smtui check.",
    }


def is_event(event: Any) -> bool:
    """Whether it has every member that readers of events rely on, with the right types."""
    return (
        isinstance(event, dict) and all(isinstance(event.get(name), str) for name in _TEXTS)
        and _is_time(event["eventTime"]) and isinstance(event.get("readOnly"), bool)
        and isinstance(event.get("userIdentity"), dict) and isinstance(event["userIdentity"].get("arn", ""), str)
        and all(isinstance(event.get(name), dict | None) for name in _OBJECTS)
        and all(isinstance(event.get(name, ""), str) for name in ("errorCode", "errorMessage"))
    )


def _is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError):
        return False
    return True


def verify(database: Database, key: bytes) -> tuple[int, str | None]:
    """Verifies the chain: the number of events verified, and a sentence about the first fault or None."""
    first, chain = _read_start(database)
    looked_at = 0
    for row, at, event, stored in database.iterate(
        "SELECT id, at, event, chain FROM audit_events WHERE id > ? ORDER BY id", (first,)
    ):
        looked_at += 1
        if not hmac.compare_digest(compute_chain(key, chain, at, event), stored):
            return looked_at, f"Event {row} of the audit log, or one before it, was altered or removed."
        chain = stored
    return looked_at, None


def count_index_faults(database: Database) -> int:
    """How many entries the index by secret lacks, or has too many."""
    indexed = _get_indexed(read_newest_number(database))
    event = "SELECT secret, id FROM audit_events WHERE secret IS NOT NULL AND id <= :indexed"
    entry = "SELECT subject, number FROM audit_index"
    found = database.fetch_row(f"SELECT count(*) FROM (SELECT * FROM ({event} EXCEPT {entry}) UNION ALL"
                               f" SELECT * FROM ({entry} EXCEPT {event}))", {"indexed": indexed})
    return int(found[0]) if found else 0


def _read_start(database: Database) -> tuple[int, bytes]:
    """The number and chain value of the newest dropped event."""
    with detect_damage():
        (dropped, chain), = database.fetch_rows("SELECT dropped, chain FROM audit_start")
        return dropped, chain
