"""Whether a vault file goes on from what this machine last saw of it, or is another one that was put in its place.

No file can tell that it is an older copy of itself. The audit log can, together with a note outside of the file: each
event has a chain value over all events before it, so a file that holds the newest event that was noted, with its
chain value, holds everything up to there. One that does not was put back to an earlier state, whatever was changed in
it since. The note keeps more events than the newest, closer together the newer they are: the last one that the file
holds tells since when the two differ, and those behind it are lost. It is written at every change, so its events are
lines of one text: a change adds a line, and only now and then the others are looked at again.

Only changes are noted, once the disk has confirmed them: what was merely read may be lost with the power. The number
of changes is noted as well, for the few that leave no event.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from smtui.api.errors import VaultError
from smtui.vault import digest, trail
from smtui.vault.columns import COLUMNS
from smtui.vault.database import Database
from smtui.vault.rollback_note import Content, RollbackNote

CHANGES_KEPT = 50
CHANGES_HELD = 2 * CHANGES_KEPT
"""So many are noted before older ones are thinned out, which takes longer than to note one."""
KEPT_PER_DOUBLING = 6
LONGEST_NAME = 100
LOOKED_AT = 1000
"""So many of the newest events are searched for changes."""
CHAIN = "substr(lower(hex(chain)), 1, 32)"
"""128 bits of it are enough to tell one history from another."""
OLDER = "This file is older than what this machine last saw of the vault: {}."
ANOTHER_WAY = ("This file is older than what this machine last saw of the vault, and went another way since: {}, and "
               "other changes were made instead.")
LACKS = "It lacks what was changed after {}."
BETWEEN = "It went another way between {} and {}."
BEFORE = "It went another way before {}."
DAMAGED = ("What this machine remembered of this vault is damaged, and discarded: if an older copy of the file was put "
           "in its place, that cannot be noticed now.")
TRIMMED = ("The audit log no longer reaches back to {}, the last change that this machine saw: if an older copy of the "
           "file was put in its place, that cannot be noticed now.")


@dataclass(frozen=True, slots=True)
class Noted:
    """An event of the audit log: its number, its time in milliseconds, the beginning of its chain value.

    Of older ones no more is kept; of the newest also the operation, the secret's name, and whether it was done rather
    than refused.
    """

    id: int
    at: int
    chain: str
    operation: str = ""
    secret: str = ""
    done: bool = True

    def bare(self) -> Noted:
        return Noted(self.id, self.at, self.chain) if self.operation else self

    def to_line(self) -> str:
        if not self.operation:
            return f"{self.id} {self.at} {self.chain}"
        return f"{self.id} {self.at} {self.chain} {self.done:d} {self.operation} {self.secret}"

    @classmethod
    def from_line(cls, line: str) -> Noted:
        """Raises ValueError for what is no line of ours."""
        id, at, chain, *rest = line.split(" ", 5)
        if not rest:
            return cls(int(id), int(at), chain)
        done, operation, secret = rest
        return cls(int(id), int(at), chain, operation, secret, done == "1")


@dataclass(frozen=True, slots=True)
class Gap:
    """What a file lacks of what this machine saw of the vault.

    `missing` is a number of changes, at least 1; there may be more of them where it is not `exact`. `diverged` says
    whether other changes were made instead. `lost` are the newest changes that are missing, oldest first.
    """

    missing: int
    exact: bool = True
    diverged: bool = False
    agree_until: int | None = None
    missing_since: int | None = None
    lost: Sequence[Noted] = ()

    @property
    def sentence(self) -> str:
        number = "1 change is missing" if self.missing == 1 else f"{self.missing:,} changes are missing"
        if not self.exact:
            number = f"at least {number}"
        return " ".join(filter(None, ((ANOTHER_WAY if self.diverged else OLDER).format(number), self._since())))

    def _since(self) -> str:
        """Since when the file and what this machine saw differ, as far as it is known."""
        if self.missing_since is None:
            return ""
        if self.agree_until is None:
            return BEFORE.format(_moment(self.missing_since)) if self.diverged else ""
        if self.diverged:
            return BETWEEN.format(_moment(self.agree_until), _moment(self.missing_since))
        return LACKS.format(_moment(self.agree_until))

    @property
    def lines(self) -> list[str]:
        """The changes that are missing, one each, newest first."""
        return [f"{_moment(each.at)}  {each.operation:<24}  {each.secret}".rstrip() for each in reversed(self.lost)]


class Lineage:
    """Compares an open file with the note about it, and keeps the note up to date unless the file lacks something."""

    def __init__(self, database: Database, note: RollbackNote) -> None:
        self._database = database
        self._note = note
        self._parsed: tuple[str, list[Noted]] = "", []
        held = note.read()
        self.notice = DAMAGED if note.damaged else ""
        self.gap = self._gap(held)
        if not _is_up_to_date(held, digest.commits(database)):
            self.record()

    def record(self) -> None:
        """Notes the newest changes, which are on disk. One that was noted by another process stays."""
        if self.gap is None:
            with suppress(OSError, ValueError, VaultError):
                self._note.update(self._go_on)

    def accept(self) -> None:
        """Takes the file as it is for the newest state."""
        self.gap = None
        with suppress(OSError, ValueError, VaultError):
            self._note.update(lambda held: {**held, **self._noted("", [], digest.commits(self._database))})

    def _go_on(self, held: Content) -> Content | None:
        commits = digest.commits(self._database)
        if _is_up_to_date(held, commits):
            return None
        text, events = held.get("events", ""), self._events(held)
        if events and not self._holds(events[-1]) and events[-1].id > trail.dropped(self._database):
            return None  # another process has accepted a file that lacks what is in this one
        return {**held, **self._noted(text, events, commits)}

    def _noted(self, text: str, events: list[Noted], commits: int) -> Content:
        """Of the file, what goes into the note, given the events of this file that are in it, and the text of them."""
        newer = _changes(self._database, events[-1].id if events else 0)
        together = [*events, *newer]
        if not events:
            before = _ladder(self._database, newer[0].id) if newer else []
            together, text = [*before, *newer], _to_text([*before, *newer])
        elif len(together) > CHANGES_HELD and together[-CHANGES_HELD - 1].operation:
            together = thinned(together)
            text = _to_text(together)
        elif newer:
            text = f"{text}\n{_to_text(newer)}"
        self._parsed = text, together
        return {"commits": commits, "events": text}

    def _events(self, held: Content) -> list[Noted]:
        """The events of a note, oldest first; they are parsed once."""
        text = held.get("events", "")
        if text != self._parsed[0]:
            self._parsed = text, _parse(text)
        return self._parsed[1]

    def _gap(self, held: Content) -> Gap | None:
        events, commits = self._events(held), digest.commits(self._database)
        fewer = int(held.get("commits", 0)) - commits
        uncounted = Gap(fewer) if fewer > 0 else None
        if not events or self._holds(events[-1]):
            return uncounted
        dropped = trail.dropped(self._database)
        if events[-1].id <= dropped:
            self.notice = TRIMMED.format(_moment(events[-1].at))
            return uncounted
        common = next((each for each in reversed(events) if each.id <= dropped or self._holds(each)), None)
        missing = [each for each in events if common is None or each.id > common.id]
        lost = [each for each in missing if each.operation and each.done][-CHANGES_KEPT:]
        in_full = common is not None and bool(common.operation)  # no change between it and the first that is missing
        newest = next(iter(_changes(self._database, common.id if common else 0, most=1)), None)
        diverged = fewer <= 0 or (newest is not None and (in_full or newest.id >= missing[0].id))
        return Gap(
            max(len(lost), fewer, 1), exact=in_full or not diverged, diverged=diverged,
            agree_until=common.at if common else None, missing_since=missing[0].at, lost=tuple(lost),
        )

    def _holds(self, event: Noted) -> bool:
        """Whether the file has this very event, and so all that came before it."""
        return self._database.row(f"SELECT {CHAIN} FROM trail WHERE id = ?", (event.id,)) == (event.chain,)


def _is_up_to_date(held: Content, commits: int) -> bool:
    return "events" in held and held.get("commits") == commits


def _to_text(events: Sequence[Noted]) -> str:
    return "\n".join(each.to_line() for each in events)


def thinned(events: Sequence[Noted]) -> list[Noted]:
    """The newest as they are; of the others a few at each doubling of the distance from the newest, bare."""
    kept, old = events[-CHANGES_KEPT:], events[:-CHANGES_KEPT]
    by_distance: dict[int, list[Noted]] = {}
    for each in old:
        by_distance.setdefault((events[-1].id - each.id).bit_length(), []).append(each.bare())
    return [*(each for level in by_distance.values() for each in _spread(level)), *kept]


def _spread(level: Sequence[Noted]) -> Sequence[Noted]:
    """The first, the last, and some in between."""
    if len(level) <= KEPT_PER_DOUBLING:
        return level
    step = (len(level) - 1) / (KEPT_PER_DOUBLING - 1)
    return [level[round(number * step)] for number in range(KEPT_PER_DOUBLING)]


def _ladder(database: Database, below: int) -> list[Noted]:
    """Events before one of the file's, at each doubling of the distance from it, oldest first."""
    found = {}
    for level in range(below.bit_length()):
        row = database.row(f"SELECT id, at, {CHAIN} FROM trail WHERE id <= ? ORDER BY id DESC LIMIT 1",
                           (below - (1 << level),))
        if row is not None and _is_time(row[1]):
            found[row[0]] = Noted(*row)
    return [found[id] for id in sorted(found)]


def _changes(database: Database, after: int, most: int = CHANGES_KEPT) -> list[Noted]:
    """The newest changes that were asked for, refused ones included, behind an event; oldest first."""
    rows = database.rows(
        f"SELECT t.id, t.at, {CHAIN}, t.operation,"
        " coalesce(s.name, json_extract(t.event, '$.requestParameters.name'),"
        " json_extract(t.event, '$.requestParameters.secretId'), ''),"
        " json_extract(t.event, '$.errorCode') IS NULL FROM trail t LEFT JOIN secrets s ON s.id = t.secret"
        " WHERE t.id > max(?, (SELECT max(id) FROM trail) - ?)"
        " AND CASE WHEN json_valid(t.event) THEN json_extract(t.event, '$.readOnly') = 0"
        " AND json_extract(t.event, '$.eventType') = 'AwsApiCall' END ORDER BY t.id DESC LIMIT ?",
        (after, LOOKED_AT, most),
    )
    return [Noted(id, at, chain, operation, _printable(str(secret)[:LONGEST_NAME]), bool(done))
            for id, at, chain, operation, secret, done in reversed(rows) if _is_time(at) and isinstance(operation, str)]


def _printable(name: str) -> str:
    """A refused request may name anything."""
    return name if name.isprintable() else "".join(each if each.isprintable() else "?" for each in name)


def _is_time(value: object) -> bool:
    """An event that is damaged is not noted: check finds it."""
    return COLUMNS["trail"]["at"].holds(value)


def _parse(text: object) -> list[Noted]:
    """Empty for what an earlier or a later version noted."""
    try:
        return [Noted.from_line(line) for line in text.split("\n")] if isinstance(text, str) and text else []
    except ValueError:
        return []


def _moment(milliseconds: int) -> str:
    return f"{datetime.fromtimestamp(milliseconds / 1000, UTC):%Y-%m-%d %H:%M:%S} UTC"
