"""Detects that a vault file was replaced by an older copy since this machine last saw it.

A file cannot tell that it is an older copy of itself. The audit log can, together with a note outside the file: each
event has a chain value over all events before it. A file that holds the newest noted event with its chain value holds
everything up to there. A file that does not was rolled back, whatever was changed in it since.

The note also keeps older events, fewer the older they are. The newest of them that the file holds tells since when
the two differ; the later ones are lost. A change appends one line to the note, and only sometimes the others are
rewritten.

Only changes are noted, once the disk has confirmed them, because reads may be lost in a power failure. The number of
commits is noted too, for the few changes without an event.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime

from smtui.api.errors import VaultError
from smtui.api.record import record
from smtui.vault import audit_log, digest
from smtui.vault.columns import COLUMNS
from smtui.vault.database import Database
from smtui.vault.rollback_note import Content, RollbackNote

CHANGES_KEPT = 50
MAX_CHANGES = 2 * CHANGES_KEPT
"""The number of noted changes at which older ones are thinned out, which takes longer than adding one."""
KEPT_PER_DOUBLING = 6
MAX_NAME_LENGTH = 100
MAX_SEARCHED = 1000
"""The number of newest events that are searched for changes."""
CHAIN = "substr(lower(hex(chain)), 1, 32)"
"""128 bits of the chain value distinguish one history from another."""
OLDER = "This file is older than the vault last seen on this machine: {}."
DIVERGED = ("This file diverged from the vault last seen on this machine: {}, and other changes replaced them.")
LACKS = "It lacks the changes after {}."
BETWEEN = "It diverged between {} and {}."
BEFORE = "It diverged before {}."
DAMAGED = ("This machine's record of the vault was damaged and has been discarded. If an older copy replaced the "
           "file, it cannot be detected this time.")
TRIMMED = ("The audit log no longer reaches back to {}, the last change that this machine saw. If an older copy "
           "replaced the file, it cannot be detected this time.")


@record
class NotedEvent:
    """An event of the audit log: its number, its time in milliseconds, the beginning of its chain value.

    The newest events also keep the operation, the secret's name, and whether it succeeded (`done`) or was refused.
    """

    id: int
    at: int
    chain: str
    operation: str = ""
    secret: str = ""
    done: bool = True

    def remove_details(self) -> NotedEvent:
        """The same event as older ones are kept."""
        return NotedEvent(self.id, self.at, self.chain) if self.operation else self

    def to_line(self) -> str:
        """The event as a line of the note."""
        if not self.operation:
            return f"{self.id} {self.at} {self.chain}"
        return f"{self.id} {self.at} {self.chain} {self.done:d} {self.operation} {self.secret}"

    @classmethod
    def from_line(cls, line: str) -> NotedEvent:
        """Parses a line. Raises ValueError."""
        id, at, chain, *rest = line.split(" ", 5)
        if not rest:
            return cls(int(id), int(at), chain)
        done, operation, secret = rest
        return cls(int(id), int(at), chain, operation, secret, done == "1")


@record
class Gap:
    """What a file lacks of what this machine saw of the vault.

    `missing` is a number of changes, at least 1, and a lower bound unless `exact`. `diverged` says whether other
    changes were made instead. `agree_until` and `missing_since` are times in milliseconds. `lost` are the newest
    missing changes, oldest first.
    """

    missing: int
    exact: bool = True
    diverged: bool = False
    agree_until: int | None = None
    missing_since: int | None = None
    lost: Sequence[NotedEvent] = ()

    @property
    def sentence(self) -> str:
        """How many changes are missing, and since when."""
        number = "1 change is missing" if self.missing == 1 else f"{self.missing:,} changes are missing"
        if not self.exact:
            number = f"at least {number}"
        return " ".join(filter(None, ((DIVERGED if self.diverged else OLDER).format(number), self._describe_time())))

    def _describe_time(self) -> str:
        """A sentence about the time since which file and note differ, as far as it is known."""
        if self.missing_since is None:
            return ""
        if self.agree_until is None:
            return BEFORE.format(_format_time(self.missing_since)) if self.diverged else ""
        if self.diverged:
            return BETWEEN.format(_format_time(self.agree_until), _format_time(self.missing_since))
        return LACKS.format(_format_time(self.agree_until))

    @property
    def lines(self) -> list[str]:
        """The missing changes, one line each, newest first."""
        newest_first = reversed(self.lost)
        return [f"{_format_time(each.at)}  {each.operation:<24}  {each.secret}".rstrip() for each in newest_first]


class Lineage:
    """Compares an open file with the note about it, and updates the note unless the file lacks something."""

    def __init__(self, database: Database, note: RollbackNote) -> None:
        self._database = database
        self._note = note
        self._parsed: tuple[str, list[NotedEvent]] = "", []
        self._noted = ""
        """The events that this object has noted last: the open file holds them."""
        held = note.read()
        events = self._parse_events(held)
        self.notice = DAMAGED if note.damaged else ""
        if _is_trimmed(database, events):
            self.notice = TRIMMED.format(_format_time(events[-1].at))
        self.gap = _find_gap(database, held, events)
        if not _is_up_to_date(held, digest.count_commits(database)):
            self.record()

    def record(self) -> None:
        """Notes the newest changes, which are on disk. A newer note of another process stays."""
        if self.gap is None:
            with suppress(OSError, ValueError, VaultError):
                self._note.update(self._extend_note)

    def accept(self) -> None:
        """Accepts the present file as the newest state."""
        self.gap = None
        with suppress(OSError, ValueError, VaultError):
            self._note.update(lambda held: {**held, **self._make_content("", [], digest.count_commits(self._database))})

    def _extend_note(self, held: Content) -> Content | None:
        database = self._database
        commits = database.digest.count_commits(database) if database.digest else 0
        if held.get("commits", 0) >= commits:  # another process may have noted later changes
            commits = digest.count_commits(database)
        if _is_up_to_date(held, commits):
            return None
        text, events = held.get("events", ""), self._parse_events(held)
        if events and text != self._noted and not _has_event(database, events[-1]) \
                and events[-1].id > audit_log.read_dropped(database):
            return None  # another process has accepted an older file than this one
        return {**held, **self._make_content(text, events, commits)}

    def _make_content(self, text: str, events: list[NotedEvent], commits: int) -> Content:
        """The new content of the note.

        `events` are those of this file that are noted already, `text` is their text.
        """
        newer = _list_changes(self._database, events[-1].id if events else 0)
        together = [*events, *newer]
        if not events:
            before = _list_older_events(self._database, newer[0].id) if newer else []
            together, text = [*before, *newer], _to_text([*before, *newer])
        elif len(together) > MAX_CHANGES and together[-MAX_CHANGES - 1].operation:
            together = thin_out(together)
            text = _to_text(together)
        elif newer:
            text = f"{text}\n{_to_text(newer)}"
        self._parsed, self._noted = (text, together), text
        return {"commits": commits, "events": text}

    def _parse_events(self, held: Content) -> list[NotedEvent]:
        """The events of a note, oldest first. The last parsed note is cached."""
        text = held.get("events", "")
        if text != self._parsed[0]:
            self._parsed = text, _parse(text)
        return self._parsed[1]


def find_gap(database: Database, held: Content) -> Gap | None:
    """What the database lacks of a note's content, which was read before the database."""
    return _find_gap(database, held, _parse(held.get("events", "")))


def _find_gap(database: Database, held: Content, events: list[NotedEvent]) -> Gap | None:
    """The same as `find_gap`; `events` are the parsed events of the note, oldest first."""
    fewer = int(held.get("commits", 0)) - digest.count_commits(database)
    uncounted = Gap(fewer) if fewer > 0 else None
    if not events or _has_event(database, events[-1]) or _is_trimmed(database, events):
        return uncounted
    dropped = audit_log.read_dropped(database)
    common = next((each for each in reversed(events) if each.id <= dropped or _has_event(database, each)), None)
    missing = [each for each in events if common is None or each.id > common.id]
    lost = [each for each in missing if each.operation and each.done][-CHANGES_KEPT:]
    in_full = common is not None and bool(common.operation)  # no change lies between it and the first missing one
    newest = next(iter(_list_changes(database, common.id if common else 0, most=1)), None)
    all_noted = len(missing) < CHANGES_KEPT  # a commit of more changes notes only the newest of them
    diverged = fewer <= 0 or (newest is not None and (in_full or newest.id >= missing[0].id))
    return Gap(
        max(len(lost), fewer, 1), exact=all_noted and (in_full or not diverged), diverged=diverged,
        agree_until=common.at if common else None, missing_since=missing[0].at, lost=tuple(lost),
    )


def _is_trimmed(database: Database, events: Sequence[NotedEvent]) -> bool:
    """Whether the audit log no longer reaches back to the newest noted event."""
    return bool(events) and not _has_event(database, events[-1]) and events[-1].id <= audit_log.read_dropped(database)


def _has_event(database: Database, event: NotedEvent) -> bool:
    """Whether the file holds this very event, and therefore all events before it."""
    return database.fetch_row(f"SELECT {CHAIN} FROM audit_events WHERE id = ?", (event.id,)) == (event.chain,)


def _is_up_to_date(held: Content, commits: int) -> bool:
    return "events" in held and held.get("commits") == commits


def _to_text(events: Sequence[NotedEvent]) -> str:
    return "\n".join(each.to_line() for each in events)


def thin_out(events: Sequence[NotedEvent]) -> list[NotedEvent]:
    """Keeps the newest events, and of the others a few at each doubling of the distance from the newest."""
    kept, old = events[-CHANGES_KEPT:], events[:-CHANGES_KEPT]
    by_distance: dict[int, list[NotedEvent]] = {}
    for each in old:
        by_distance.setdefault((events[-1].id - each.id).bit_length(), []).append(each.remove_details())
    return [*(each for level in by_distance.values() for each in _pick_spread(level)), *kept]


def _pick_spread(level: Sequence[NotedEvent]) -> Sequence[NotedEvent]:
    """The first, the last, and some evenly between."""
    if len(level) <= KEPT_PER_DOUBLING:
        return level
    step = (len(level) - 1) / (KEPT_PER_DOUBLING - 1)
    return [level[round(number * step)] for number in range(KEPT_PER_DOUBLING)]


def _list_older_events(database: Database, below: int) -> list[NotedEvent]:
    """Events before number `below`, one at each doubling of the distance from it, oldest first."""
    found = {}
    for level in range(below.bit_length()):
        row = database.fetch_row(f"SELECT id, at, {CHAIN} FROM audit_events WHERE id <= ? ORDER BY id DESC LIMIT 1",
                                 (below - (1 << level),))
        if row is not None and _is_time(row[1]):
            found[row[0]] = NotedEvent(*row)
    return [found[id] for id in sorted(found)]


def _list_changes(database: Database, after: int, most: int = CHANGES_KEPT) -> list[NotedEvent]:
    """The newest requested changes after an event, refused ones included, oldest first."""
    rows = database.fetch_rows(
        f"SELECT t.id, t.at, {CHAIN}, t.operation,"
        " coalesce(s.name, json_extract(t.event, '$.requestParameters.name'),"
        " json_extract(t.event, '$.requestParameters.secretId'), ''),"
        " json_extract(t.event, '$.errorCode') IS NULL FROM audit_events t LEFT JOIN secrets s ON s.id = t.secret"
        " WHERE t.id > max(?, (SELECT max(id) FROM audit_events) - ?)"
        " AND CASE WHEN json_valid(t.event) THEN json_extract(t.event, '$.readOnly') = 0"
        " AND json_extract(t.event, '$.eventType') = 'AwsApiCall' END ORDER BY t.id DESC LIMIT ?",
        (after, MAX_SEARCHED, most),
    )
    return [NotedEvent(id, at, chain, operation, _make_printable(str(secret)[:MAX_NAME_LENGTH]), bool(done))
            for id, at, chain, operation, secret, done in reversed(rows) if _is_time(at) and isinstance(operation, str)]


def _make_printable(name: str) -> str:
    """Replaces unprintable characters, because a refused request may contain any name."""
    return name if name.isprintable() else "".join(each if each.isprintable() else "?" for each in name)


def _is_time(value: object) -> bool:
    """Whether the time is valid. A damaged event is not noted; `check` reports it."""
    return COLUMNS["audit_events"]["at"].accepts(value)


def _parse(text: object) -> list[NotedEvent]:
    """The events of a note's text; empty for the text of another version."""
    try:
        return [NotedEvent.from_line(line) for line in text.split("\n")] if isinstance(text, str) and text else []
    except ValueError:
        return []


def _format_time(milliseconds: int) -> str:
    return f"{datetime.fromtimestamp(milliseconds / 1000, UTC):%Y-%m-%d %H:%M:%S} UTC"
