"""Whether a vault file goes on from what this machine last saw of it, or is another one that was put in its place.

No file can tell that it is an older copy of itself. The audit log can, together with a note outside of the file: each
event has a chain value over all events before it, so a file that holds the newest event that was noted, with its
chain value, holds everything up to there. One that does not was put back to an earlier state, whatever was changed in
it since. The note keeps more events than the newest, closer together the newer they are: the last one that the file
holds tells since when the two differ, and those behind it are lost.

Only changes are noted, once the disk has confirmed them: what was merely read may be lost with the power. The number
of changes is noted as well, for the few that leave no event.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import attrgetter

from smtui.api.errors import VaultError
from smtui.vault import digest, trail
from smtui.vault.columns import COLUMNS
from smtui.vault.database import Database
from smtui.vault.rollback_note import Content, RollbackNote

CHANGES_KEPT = 50
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
        return Noted(self.id, self.at, self.chain)


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
        held = note.read()
        self.notice = DAMAGED if note.damaged else ""
        self.gap = self._gap(held)
        if not self._is_up_to_date(held):
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
            self._note.update(lambda held: {**held, **self._noted([])})

    def _go_on(self, held: Content) -> Content | None:
        events = _events(held)
        if events and not self._holds(events[-1]) and events[-1].id > trail.dropped(self._database):
            return None  # another process has accepted a file that lacks what is in this one
        return None if self._is_up_to_date(held) else {**held, **self._noted(events)}

    def _is_up_to_date(self, held: Content) -> bool:
        return "events" in held and held.get("commits") == digest.commits(self._database)

    def _noted(self, events: list[Noted]) -> Content:
        """Of the file, what goes into the note, given the events of this file that are in it."""
        newer = _changes(self._database, events[-1].id if events else 0)
        together = thinned([*events, *newer])
        if not events and newer:
            together = [*_ladder(self._database, newer[0].id), *together]
        return {"commits": digest.commits(self._database), "events": [_fields(each) for each in together]}

    def _gap(self, held: Content) -> Gap | None:
        events, commits = _events(held), digest.commits(self._database)
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
        lost = [each for each in missing if each.operation and each.done]
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


_fields = attrgetter("id", "at", "chain", "operation", "secret", "done")


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
    return [Noted(id, at, chain, operation, str(secret)[:LONGEST_NAME], bool(done))
            for id, at, chain, operation, secret, done in reversed(rows) if _is_time(at) and isinstance(operation, str)]


def _is_time(value: object) -> bool:
    """An event that is damaged is not noted: check finds it."""
    return COLUMNS["trail"]["at"].holds(value)


def _events(held: Content) -> list[Noted]:
    try:
        return [Noted(*each) for each in held.get("events", ())]
    except TypeError:
        return []  # of a later version


def _moment(milliseconds: int) -> str:
    return f"{datetime.fromtimestamp(milliseconds / 1000, UTC):%Y-%m-%d %H:%M:%S} UTC"
