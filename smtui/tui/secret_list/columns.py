"""The columns of the list: their cells, sort orders and widths, and the choice of those that fit a width.

The header line, the columns dialog, sorting and the settings file use `COLUMNS`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from smtui.text.dates import format_date
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.secret_list import entry_state

if TYPE_CHECKING:
    from smtui.api.types import SecretListEntry

GAP = 2
NEVER = datetime.max.replace(tzinfo=UTC)
Cell = Callable[["SecretListEntry", datetime], SafeText]
SortKey = Callable[["SecretListEntry"], Any]


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column of the list.

    Args:
        id: the name in the settings file.
        cell: makes the text of a cell from an entry and the present time.
        min_width: minimum width in terminal cells, without the gap.
        max_width: maximum width in terminal cells; None means no maximum.
        sort_by: the value of `SortBy` in ListSecrets; empty if the service cannot sort by this column.
        sort_key: the key for local sorting, used if `sort_by` is empty. Entries whose key is None come last.
        style: the suffix of the component class of the list that colors the cells.

    Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecrets.html
    """

    id: str
    title: str
    description: str
    cell: Cell
    min_width: int
    max_width: int | None
    sort_by: str = ""
    sort_key: SortKey | None = None
    style: str = "rest"


def _format_date(member: str) -> Cell:
    return lambda entry, now: format_date(entry.get(member))  # type: ignore[arg-type]


def _format_text(member: str) -> Cell:
    return lambda entry, now: sanitize(entry.get(member, ""))


def _sort_casefolded(member: str) -> SortKey:
    return lambda entry: str(entry.get(member, "")).casefold() or None


COLUMNS = {column.id: column for column in (
    ListColumn("name", "Name", "its name", _format_text("Name"), 20, 60, sort_by="name", style="name"),
    ListColumn("description", "Description", "what it is for", _format_text("Description"), 20, None,
           sort_key=_sort_casefolded("Description")),
    ListColumn("changed", "Changed", "when it was changed last", _format_date("LastChangedDate"), 10, 10,
           sort_by="last-changed-date"),
    ListColumn("accessed", "Accessed", "the day it was read last", _format_date("LastAccessedDate"), 10, 10,
           sort_by="last-accessed-date"),
    ListColumn("created", "Created", "when it was made", _format_date("CreatedDate"), 10, 10, sort_by="created-date"),
    ListColumn("rotation", "Rotation", "off, on, the next date, overdue, or waits", entry_state.format_rotation, 10, 10,
           sort_key=lambda entry: entry.get("NextRotationDate", NEVER) if entry_state.has_rotation(entry) else None),
    ListColumn("labels", "Labels", "staging labels of its versions",
           lambda entry, now: entry_state.join_words(entry_state.list_labels(entry)), 16, 34,
           sort_key=lambda entry: entry_state.list_labels(entry) or None),
    ListColumn("tags", "Tags", "its tags",
           lambda entry, now: entry_state.join_words(entry_state.list_tags(entry)), 18, 36,
           sort_key=lambda entry: entry_state.list_tags(entry) or None),
    ListColumn("deletion", "Deletion", "days until it is deleted",
           lambda entry, now: entry_state.format_deletion(entry.get("DeletedDate"), now), 17, 17,
           sort_key=lambda entry: entry.get("DeletedDate"), style="state"),
    ListColumn("service", "Service", "the AWS service that owns it", _format_text("OwningService"), 8, 14,
           sort_key=_sort_casefolded("OwningService")),
    ListColumn("region", "Primary", "the Region of its primary", _format_text("PrimaryRegion"), 10, 14,
           sort_key=_sort_casefolded("PrimaryRegion")),
)}  # fmt: skip

DEFAULT_COLUMNS = ("name", "changed", "rotation", "description", "tags", "accessed", "labels", "created")
"""Columns by priority, for users who have not chosen any. The list shows those that fit, in the order of `COLUMNS`."""
DELETION_COLUMNS = ("name", "deletion", "accessed", "description", "changed", "tags")
"""The same for lists that include planned deletions."""

FittedColumns = tuple[tuple[ListColumn, int], ...]


def fit_columns(width: int, chosen: Sequence[str] = (), *, planned: bool = False, order: str = "name") -> FittedColumns:
    """Selects the columns that fit into a width, from left to right, each with its own width.

    The first column is always included. The column of the sort order comes next in priority.

    Args:
        width: available width in terminal cells.
        chosen: ids of the columns that the user has chosen; unknown ids are ignored.
        planned: whether the list includes planned deletions.
        order: id of the column by which the list is sorted.
    """
    known = [id for id in chosen if id in COLUMNS]
    wanted = known or (DELETION_COLUMNS if planned else DEFAULT_COLUMNS)
    fitting = _select_fitting(width, list(dict.fromkeys((wanted[0], order, *wanted))))
    ids = [*known, order] if known else COLUMNS
    return _distribute_width(width, [COLUMNS[id] for id in dict.fromkeys(ids) if id in fitting])


def _select_fitting(width: int, ids: Sequence[str]) -> list[str]:
    """Selects the first id, and each further id whose column still fits."""
    taken, left = [ids[0]], width - COLUMNS[ids[0]].min_width - GAP
    for id in ids[1:]:
        if (needed := COLUMNS[id].min_width + GAP) <= left:
            taken.append(id)
            left -= needed
    return taken


def _distribute_width(width: int, columns: Sequence[ListColumn]) -> FittedColumns:
    """Distributes spare cells evenly among columns below their maximum; the first column gets the rest."""
    cells = [column.min_width for column in columns]
    spare = width - sum(cells) - GAP * len(cells)
    if spare < 0:
        cells[0] = max(1, cells[0] + spare)
    while spare > 0 and (wanting := [at for at, column in enumerate(columns)
                                     if column.max_width is None or cells[at] < column.max_width]):
        for at in wanting[:spare]:
            cells[at] += 1
        spare -= len(wanting[:spare])
    cells[0] += max(0, spare)
    return tuple(zip(columns, cells, strict=True))
