"""The columns of the list, each declared once: its cells, what it is sorted by, and how much room it takes.

The head, the dialog in which a person chooses, sorting and the settings (by `id`) read this list.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.secret_list import rows

if TYPE_CHECKING:
    from smtui.api.types import SecretListEntry

GAP = 2
NEVER = datetime.max.replace(tzinfo=UTC)
Cell = Callable[["SecretListEntry", datetime], SafeText]
Key = Callable[["SecretListEntry"], Any]


@dataclass(frozen=True, slots=True)
class Column:
    """Between `least` and `most` cells wide. `most` of None takes whatever is left.

    `sort_by` is ListSecrets's own word for this order. Where it has none, `key` is what is compared here, once every
    entry has been read; entries without a key come last in either direction.
    """

    id: str
    title: str
    words: str
    cell: Cell
    least: int
    most: int | None
    sort_by: str = ""
    key: Key | None = None
    style: str = "rest"


def _date(member: str) -> Cell:
    return lambda entry, now: rows.day(entry.get(member))  # type: ignore[arg-type]


def _text(member: str) -> Cell:
    return lambda entry, now: sanitize(entry.get(member, ""))


def _folded(member: str) -> Key:
    return lambda entry: str(entry.get(member, "")).casefold() or None


COLUMNS = {column.id: column for column in (
    Column("name", "Name", "its name", _text("Name"), 20, 60, sort_by="name", style="name"),
    Column("description", "Description", "what it is for", _text("Description"), 20, None, key=_folded("Description")),
    Column("changed", "Changed", "when it was changed last", _date("LastChangedDate"), 10, 10,
           sort_by="last-changed-date"),
    Column("accessed", "Accessed", "the day it was read last", _date("LastAccessedDate"), 10, 10,
           sort_by="last-accessed-date"),
    Column("created", "Created", "when it was made", _date("CreatedDate"), 10, 10, sort_by="created-date"),
    Column("rotation", "Rotation", "off, on, the next date, overdue, or waits", rows.rotation, 10, 10,
           key=lambda entry: entry.get("NextRotationDate", NEVER) if rows.rotates(entry) else None),
    Column("labels", "Labels", "staging labels of its versions",
           lambda entry, now: rows.words(rows.labels(entry)), 16, 34, key=lambda entry: rows.labels(entry) or None),
    Column("tags", "Tags", "its tags", lambda entry, now: rows.words(rows.tags(entry)), 18, 36,
           key=lambda entry: rows.tags(entry) or None),
    Column("deletion", "Deletion", "days until it is deleted",
           lambda entry, now: rows.deletion(entry.get("DeletedDate"), now), 17, 17,
           key=lambda entry: entry.get("DeletedDate"), style="state"),
    Column("service", "Service", "the AWS service that owns it", _text("OwningService"), 8, 14,
           key=_folded("OwningService")),
    Column("region", "Primary", "the Region of its primary", _text("PrimaryRegion"), 10, 14,
           key=_folded("PrimaryRegion")),
)}  # fmt: skip

BY_WORTH = ("name", "changed", "rotation", "description", "tags", "accessed", "labels", "created")
"""Without a choice of the person's, these are shown for as long as there is room, in the order of `COLUMNS`."""
WITH_PLANNED = ("name", "deletion", "accessed", "description", "changed", "tags")
"""The same, where planned deletions are in the list."""

Fitted = tuple[tuple[Column, int], ...]


def fitted(width: int, chosen: Sequence[str] = (), *, planned: bool = False, order: str = "name") -> Fitted:
    """The columns a width has room for, left to right, each with its cells.

    The first is always there, and then, before all others, the one by which the list is sorted.
    """
    known = [id for id in chosen if id in COLUMNS]
    wanted = known or (WITH_PLANNED if planned else BY_WORTH)
    fitting = _with_room(width, list(dict.fromkeys((wanted[0], order, *wanted))))
    ids = [*known, order] if known else COLUMNS
    return _spread(width, [COLUMNS[id] for id in dict.fromkeys(ids) if id in fitting])


def _with_room(width: int, ids: Sequence[str]) -> list[str]:
    """The first always; each further one if it fits behind those before it."""
    taken, left = [ids[0]], width - COLUMNS[ids[0]].least - GAP
    for id in ids[1:]:
        if (needed := COLUMNS[id].least + GAP) <= left:
            taken.append(id)
            left -= needed
    return taken


def _spread(width: int, columns: Sequence[Column]) -> Fitted:
    """What is left over goes to those that can use it, in equal shares, and to the name where none else wants it."""
    cells = [column.least for column in columns]
    spare = width - sum(cells) - GAP * len(cells)
    if spare < 0:
        cells[0] = max(1, cells[0] + spare)
    while spare > 0 and (wanting := [at for at, column in enumerate(columns)
                                     if column.most is None or cells[at] < column.most]):
        for at in wanting[:spare]:
            cells[at] += 1
        spare -= len(wanting[:spare])
    cells[0] += max(0, spare)
    return tuple(zip(columns, cells, strict=True))
