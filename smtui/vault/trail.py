"""The audit trail at rest: one row an event, each authenticated together with all that came before it.

Old events may be dropped, oldest first. The chain value of the newest dropped one stays, and the chain goes on from
there. What is cut off at either end is noticed by the numbers, and by the digest of the vault.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, cast

from smtui.api.limits import MAX_RETENTION_DAYS
from smtui.vault.columns import read_columns
from smtui.vault.database import Database
from smtui.vault.refusals import well_formed

BATCH = 500
_read_newest = read_columns("trail", "latest, chain")
UNREADABLE_EVENT = "UnreadableEvent"
"""The error code that stands in an event that cannot be read."""
_TEXTS = ("eventName", "eventTime", "eventID")
_OBJECTS = ("requestParameters", "responseElements", "additionalEventData")
_as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def link(key: bytes, before: bytes, at: int, event: str) -> bytes:
    """The chain value of an event, given that of the event before it."""
    return hmac.digest(key, before + at.to_bytes(8, "big", signed=True) + event.encode(), "sha256")


def newest(database: Database) -> tuple[int, bytes]:
    """The latest time any event was recorded at, and the chain value of the last one: a clock may have gone back."""
    found = database.row("SELECT latest, chain FROM trail ORDER BY id DESC LIMIT 1")
    return cast("tuple[int, bytes]", _read_newest(found)) if found else (0, _start(database)[1])


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
    days = str(found[0]) if found else ""
    return int(days) if days.isdecimal() and days.isascii() and int(days) <= MAX_RETENTION_DAYS else None


def set_kept_days(database: Database, days: int | None) -> None:
    if days is None:
        database.run("DELETE FROM meta WHERE name = 'trail_days'")
    else:
        database.run("INSERT OR REPLACE INTO meta VALUES ('trail_days', ?)", (str(days),))


def has_before(database: Database, moment: int) -> bool:
    """Whether the oldest event is older than a moment."""
    oldest = database.row("SELECT at FROM trail ORDER BY id LIMIT 1")
    return oldest is not None and isinstance(oldest[0], int) and oldest[0] < moment


def drop_before(database: Database, moment: int) -> int:
    """Drops events older than a moment, oldest first, a batch at most, never the newest of all; answers how many."""
    gone: tuple[int, bytes] | None = None
    count = 0
    for row, at, chain in database.rows(
        f"SELECT id, at, chain FROM trail WHERE id < (SELECT max(id) FROM trail) ORDER BY id LIMIT {BATCH}"
    ):
        if not isinstance(at, int) or not isinstance(chain, bytes) or at >= moment:
            break  # one that is damaged stays, and with it what came after
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
        f" AND {_member('awsRegion')} = :region AND {_member('requestParameters.name')} = :name"
        f" AND (:suffix IS NULL OR {_member('responseElements.arn')} LIKE '%-' || :suffix)",
        {"region": region, "name": name, "suffix": suffix},
    )]


def _member(path: str) -> str:
    """A member of an event; NULL where the event is no JSON."""
    return f"CASE WHEN typeof(event) = 'text' AND json_valid(event) THEN json_extract(event, '$.{path}') END"


_TESTS = {
    "operation": "operation = :operation",
    "since": "at >= :since",
    "until": "at < :until",
    # The whole ARN, or what stands behind a colon of it: `user/alice`.
    "caller": f"substr(':' || {_member('userIdentity.arn')}, -length(:caller) - 1) = ':' || :caller",
    "outcome": f"CASE :outcome WHEN 'done' THEN {_member('errorCode')} IS NULL"
               f" WHEN 'refused' THEN {_member('errorCode')} IS NOT NULL"
               f" ELSE {_member('errorCode')} = :outcome END",
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
        f"SELECT id, operation, event FROM trail WHERE {' AND '.join(where)} ORDER BY id DESC LIMIT {BATCH}",
        {"below": below, "above": above, **bindings},
    ):
        with well_formed():
            read = [_read_event(*row) for row in found]
            assert found[-1][0] < below, "events come in their order"
        yield from read
        below = found[-1][0]


def _read_event(row: int, operation: object, text: object) -> dict[str, Any]:
    """An event; one that is damaged as one that says so, with what else is known of it."""
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
    """Whether it has what every event has, each of its type: what others read of it without looking."""
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
    """How many events were looked at, and what is wrong with them, if anything is."""
    first, chain = _start(database)
    looked_at, last = 0, first
    for row, at, event, stored in database.each("SELECT id, at, event, chain FROM trail WHERE id > ? ORDER BY id",
                                                (first,)):
        looked_at += 1
        if not hmac.compare_digest(link(key, chain, at, event), stored):
            return looked_at, f"Event {row} of the audit log, or one before it, was altered or removed."
        last, chain = row, stored
    if database.row("SELECT 1 FROM sqlite_sequence WHERE name = 'trail' AND seq <> ?", (last,)):
        return looked_at, f"Events of the audit log after number {last} were removed."
    return looked_at, None


def _start(database: Database) -> tuple[int, bytes]:
    """The number and chain value of the newest dropped event."""
    with well_formed():
        (dropped, chain), = database.rows("SELECT dropped, chain FROM trail_start")
        return dropped, chain
