"""The audit log in the vault: one row for each event, authenticated together with all events before it.

Old events may be dropped, oldest first. The chain value of the newest dropped event stays, and the chain continues
from there. Row numbers and the digest reveal events cut off at either end.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, cast

from smtui.api.limits import MAX_RETENTION_DAYS
from smtui.vault.columns import make_row_reader
from smtui.vault.database import Database
from smtui.vault.sqlite_errors import detect_damage

BATCH = 500
_read_newest = make_row_reader("trail", "latest, chain")
UNREADABLE_EVENT = "UnreadableEvent"
"""The error code in an event that replaces a damaged one."""
_TEXTS = ("eventName", "eventTime", "eventID")
_OBJECTS = ("requestParameters", "responseElements", "additionalEventData")
_as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def compute_chain(key: bytes, before: bytes, at: int, event: str) -> bytes:
    """The chain value of an event (HMAC-SHA256), given that of the event before it."""
    return hmac.digest(key, before + at.to_bytes(8, "big", signed=True) + event.encode(), "sha256")


def read_newest(database: Database) -> tuple[int, bytes]:
    """The latest time of any event in milliseconds (the clock may have been set back), and the last chain value."""
    found = database.fetch_row("SELECT latest, chain FROM trail ORDER BY id DESC LIMIT 1")
    return cast("tuple[int, bytes]", _read_newest(found)) if found else (0, _read_start(database)[1])


def read_dropped(database: Database) -> int:
    """The number of the newest dropped event; 0 if none was dropped."""
    return _read_start(database)[0]


def append_events(
    database: Database, key: bytes, *, at: int, events: Iterable[tuple[int | None, dict[str, Any]]]
) -> None:
    """Adds events of one moment (`at`, milliseconds), each with the row of the secret it is about, or None."""
    rows = []
    with detect_damage():
        latest, chain = read_newest(database)
        latest = max(at, latest)
        for secret, event in events:
            text = _as_json(event)
            chain = compute_chain(key, chain, at, text)
            rows.append((at, event["eventName"], secret, text, chain, latest))
    database.run_many(
        "INSERT INTO trail (at, operation, secret, event, chain, latest) VALUES (?, ?, ?, ?, ?, ?)", rows
    )


def read_newest_number(database: Database) -> int:
    """The row number of the last event; 0 if there is none."""
    found = database.fetch_row("SELECT max(id) FROM trail")
    return found[0] or 0 if found else 0


def set_latest(database: Database, at: int) -> None:
    """Corrects the latest time, which a wrong clock has set."""
    database.run("UPDATE trail SET latest = ? WHERE id = (SELECT max(id) FROM trail)", (at,))


def read_retention(database: Database) -> int | None:
    """For how many days events are kept; None means without limit."""
    found = database.fetch_row("SELECT value FROM meta WHERE name = 'trail_days'")
    days = str(found[0]) if found else ""
    return int(days) if days.isdecimal() and days.isascii() and int(days) <= MAX_RETENTION_DAYS else None


def set_retention(database: Database, days: int | None) -> None:
    if days is None:
        database.run("DELETE FROM meta WHERE name = 'trail_days'")
    else:
        database.run("INSERT OR REPLACE INTO meta VALUES ('trail_days', ?)", (str(days),))


def has_events_before(database: Database, moment: int) -> bool:
    """Whether the oldest event is older than a moment (milliseconds)."""
    oldest = database.fetch_row("SELECT at FROM trail ORDER BY id LIMIT 1")
    return oldest is not None and isinstance(oldest[0], int) and oldest[0] < moment


def drop_events_before(database: Database, moment: int) -> int:
    """Drops events older than a moment, oldest first, up to `BATCH`, never the newest of all; returns how many."""
    gone: tuple[int, bytes] | None = None
    count = 0
    for row, at, chain in database.fetch_rows(
        f"SELECT id, at, chain FROM trail WHERE id < (SELECT max(id) FROM trail) ORDER BY id LIMIT {BATCH}"
    ):
        if not isinstance(at, int) or not isinstance(chain, bytes) or at >= moment:
            break  # a damaged event stays, and so do all later ones
        gone = row, chain
        count += 1
    if gone is not None:
        database.run("DELETE FROM trail WHERE id <= ?", gone[:1])
        database.run("UPDATE trail_start SET dropped = ?, chain = ?", gone)
    return count


def find_secret_rows(database: Database, region: str, name: str, suffix: str | None) -> list[int]:
    """The rows of present and deleted secrets of this name, as far back as the audit log goes."""
    return [row for (row,) in database.fetch_rows(
        "SELECT id FROM secrets WHERE region = :region AND name = :name AND suffix = coalesce(:suffix, suffix)"
        " UNION SELECT secret FROM trail WHERE operation = 'CreateSecret' AND secret IS NOT NULL"
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


def list_events(
    database: Database, *, secrets: Sequence[int] | None = None, operation: str | None = None,
    since: int | None = None, until: int | None = None, caller: str | None = None, outcome: str | None = None,
    changes_only: bool = False, above: int = 0, up_to: int | None = None,
) -> Iterator[dict[str, Any]]:
    """Events, newest first, read in batches so that a writer never waits for a long read.

    `changes_only` leaves out events that only read; a damaged event may be a change. `outcome` is `done`, `refused` or
    an error code. Only events with numbers above `above` (exclusive) and up to `up_to` (inclusive) are read; `since`
    (inclusive) and `until` (exclusive) are in milliseconds.
    """
    asked = {"operation": operation, "since": since, "until": until, "caller": caller, "outcome": outcome}
    bindings = {name: value for name, value in asked.items() if value is not None}
    where = ["id < :below", "id > :above", *(_TESTS[name] for name in bindings)]
    if changes_only:
        where.append(f"coalesce({_select_member('readOnly')}, 0) = 0")
    if secrets is not None:
        where.append(f"secret IN ({', '.join(str(int(row)) for row in secrets)})")
    below = 2**63 - 1 if up_to is None else up_to + 1
    while found := database.fetch_rows(
        f"SELECT id, operation, event FROM trail WHERE {' AND '.join(where)} ORDER BY id DESC LIMIT {BATCH}",
        {"below": below, "above": above, **bindings},
    ):
        with detect_damage():
            read = [_read_event(*row) for row in found]
            assert found[-1][0] < below, "events come in their order"
        yield from read
        below = found[-1][0]


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
    looked_at, last = 0, first
    for row, at, event, stored in database.iterate("SELECT id, at, event, chain FROM trail WHERE id > ? ORDER BY id",
                                                (first,)):
        looked_at += 1
        if not hmac.compare_digest(compute_chain(key, chain, at, event), stored):
            return looked_at, f"Event {row} of the audit log, or one before it, was altered or removed."
        last, chain = row, stored
    if database.fetch_row("SELECT 1 FROM sqlite_sequence WHERE name = 'trail' AND seq <> ?", (last,)):
        return looked_at, f"Events of the audit log after number {last} were removed."
    return looked_at, None


def _read_start(database: Database) -> tuple[int, bytes]:
    """The number and chain value of the newest dropped event."""
    with detect_damage():
        (dropped, chain), = database.fetch_rows("SELECT dropped, chain FROM trail_start")
        return dropped, chain
