"""The columns of the list: their cells, sort orders and widths, and the choice of those that fit a width.

The header line, the columns dialog, sorting and the settings file use `COLUMNS`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len

from smtui.text.dates import format_day, format_moment
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
        min_width: minimum width in terminal cells, without the gap, unless all its cells are narrower.
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


def _format_moment(member: str) -> Cell:
    return lambda entry, now: format_moment(entry.get(member), now)  # type: ignore[arg-type]


def _format_text(member: str) -> Cell:
    return lambda entry, now: sanitize(entry.get(member, ""))


def _sort_casefolded(member: str) -> SortKey:
    return lambda entry: str(entry.get(member, "")).casefold() or None


COLUMNS = {column.id: column for column in (
    ListColumn("name", "Name", "name of the secret", _format_text("Name"), 20, None, sort_by="name", style="name"),
    ListColumn("changed", "Changed", "last change", _format_moment("LastChangedDate"), 10, 10,
           sort_by="last-changed-date"),
    ListColumn("state", "State", "failed rotation, public, no value, deletion…",
           entry_state.format_alerts, 18, 40, sort_key=entry_state.get_alert_rank, style="state"),
    ListColumn("rotation", "Rotation", "off, on, next date or overdue", entry_state.format_rotation, 10, 10,
           sort_key=lambda entry: entry.get("NextRotationDate", NEVER) if entry_state.has_rotation(entry) else None),
    ListColumn("description", "Description", "description of the secret", _format_text("Description"), 12, None,
           sort_key=_sort_casefolded("Description")),
    ListColumn("tags", "Tags", "tags of the secret",
           lambda entry, now: entry_state.join_words(entry_state.list_tags(entry)), 18, 36,
           sort_key=lambda entry: entry_state.list_tags(entry) or None),
    ListColumn("accessed", "Accessed", "last access (day)",
           lambda entry, now: format_day(entry.get("LastAccessedDate"), now), 10, 10, sort_by="last-accessed-date"),
    ListColumn("labels", "Labels", "staging labels of its versions",
           lambda entry, now: entry_state.join_words(entry_state.list_labels(entry)), 16, 34,
           sort_key=lambda entry: entry_state.list_labels(entry) or None),
    ListColumn("created", "Created", "creation date", _format_moment("CreatedDate"), 10, 10,
           sort_by="created-date"),
    ListColumn("service", "Service", "AWS service that manages the secret", _format_text("OwningService"), 8, 14,
           sort_key=_sort_casefolded("OwningService")),
    ListColumn("region", "Primary", "Region of the primary secret", _format_text("PrimaryRegion"), 10, 14,
           sort_key=_sort_casefolded("PrimaryRegion")),
)}  # fmt: skip
FORMER_IDS = {"deletion": "state"}
"""Ids that settings files may still contain, and what replaced them."""

DEFAULT_COLUMNS = ("name", "state", "changed", "rotation", "description", "tags", "accessed", "labels", "created")
"""Columns by priority, for users who have not chosen any. The list shows those that fit, in the order of `COLUMNS`."""
DELETION_COLUMNS = ("name", "state", "accessed", "description", "changed", "tags")
"""The same for lists that include planned deletions."""
BESIDE_LONG_NAMES = ("state", "changed")
"""The columns that keep their place beside names that are longer than the list is wide."""

MAY_BE_THE_SAME = frozenset({"labels"})
"""Columns that tell nothing if all their cells are equal, as most vaults have AWSCURRENT everywhere."""

READABLE = 30
"""Terminal cells in which a text of any length can be read."""

FittedColumns = tuple[tuple[ListColumn, int], ...]
Needs = Mapping[str, int]
"""By the id of a column, the width in terminal cells of its widest cell; 0 if all its cells are empty."""


def measure_columns(entries: Iterable[SecretListEntry], now: datetime) -> dict[str, int]:
    """Measures the cells of these entries in each column."""
    rows = tuple(entries)
    return {column.id: max((cell_len(column.cell(entry, now)) for entry in rows), default=0)
            for column in COLUMNS.values()}


def fit_columns(
    width: int, chosen: Sequence[str] = (), *, planned: bool = False, order: str = "name", needs: Needs | None = None,
    same: Collection[str] = (),
) -> FittedColumns:
    """Selects the columns that fit into a width, from left to right, each with its own width.

    The first column, and the name, get the width of their widest cell. The column of the sort order comes next, then
    the others by priority. Columns with empty cells only are left out, and those of `same`, unless the user chose them;
    an empty state is left out always, for it is chosen to be seen when there is one.

    Args:
        width: available width in terminal cells.
        chosen: ids of the columns that the user has chosen; unknown ids are ignored.
        planned: whether the list includes planned deletions.
        order: id of the column by which the list is sorted.
        needs: the widths of the cells; None if no rows are known.
        same: ids of columns whose cells are all equal and tell nothing (see `MAY_BE_THE_SAME`).
    """
    known = [current for id in chosen if (current := FORMER_IDS.get(id, id)) in COLUMNS]
    wanted = known or (DELETION_COLUMNS if planned else DEFAULT_COLUMNS)
    ids = list(dict.fromkeys((wanted[0], order, *wanted)))
    needs = needs or {id: column.min_width for id, column in COLUMNS.items()}
    ids = [id for id in ids if (needs[id] and id not in same) or id in (wanted[0], order) or (known and id != "state")]
    limits = {id: _find_limits(COLUMNS[id], needs, is_sorted=id == order) for id in ids}
    names = _fit_names(width, limits) if "name" in limits else 0
    fitting = _select_fitting(width, limits, names if ids[0] == "name" else 0)
    in_order = dict.fromkeys([*known, order] if known else COLUMNS)
    return _distribute_width(width, {id: limits[id] for id in in_order if id in fitting}, names)


def _find_limits(column: ListColumn, needs: Needs, *, is_sorted: bool) -> tuple[int, int]:
    """Returns the minimum and the maximum width of a column: its own, but no more than its title and cells need."""
    title = len(column.title) + (2 if is_sorted else 0)
    need = max(title, min(needs[column.id], column.max_width or needs[column.id]))
    return max(title, min(column.min_width, need)), need


def _fit_names(width: int, limits: Mapping[str, tuple[int, int]]) -> int:
    """Returns the width of the names: that of the longest one, or else what other important columns leave."""
    least, need = limits["name"]
    state = limits["state"][0] + GAP if "state" in limits else 0
    if need + state + GAP <= width:
        return need
    others = sum(limits[id][0] + GAP for id in BESIDE_LONG_NAMES if id in limits)
    return max(least, width - GAP - others)


def _select_fitting(width: int, limits: Mapping[str, tuple[int, int]], first: int) -> list[str]:
    """Selects the first id, which gets `first` cells, and each further id whose column still fits.

    A column that fits takes no room from those before it, unless they have `READABLE` cells.
    """
    taken, left = [], width
    for at, (id, (least, most)) in enumerate(limits.items()):
        if at == 0 or least + GAP <= left:
            taken.append(id)
            left -= max(least, first if at == 0 else min(most, READABLE)) + GAP
    return taken


def _distribute_width(width: int, limits: Mapping[str, tuple[int, int]], names: int) -> FittedColumns:
    """Distributes spare cells: to the names, then evenly to columns that are narrower than their cells."""
    cells = {id: least for id, (least, _) in limits.items()}
    spare = width - sum(cells.values()) - GAP * len(cells)
    if spare < 0:
        first = next(iter(cells))
        cells[first] = max(1, cells[first] + spare)
    if "name" in cells and (more := min(spare, names - cells["name"])) > 0:
        cells["name"] += more
        spare -= more
    while spare > 0 and (wanting := [id for id, (_, most) in limits.items() if cells[id] < most]):
        for id in wanting[:spare]:
            cells[id] += 1
        spare -= len(wanting[:spare])
    return tuple((COLUMNS[id], width) for id, width in cells.items())


def propose_columns(fitted: FittedColumns) -> list[str]:
    """Returns the ids from which the user's choice begins: what is shown, and the state, which may be empty now."""
    return [id for id in COLUMNS if id == "state" or id in {column.id for column, _ in fitted}]
