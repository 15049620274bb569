"""The tree of names: secrets in groups, as their names are split at a separator such as `/`.

A tree is built from entries in the order of the list, which is kept: a group stands where its first secret stands.
It takes about a microsecond for each entry. Rows are counted; only those that are drawn are made.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, overload

from smtui.tui.secret_list import entry_state

if TYPE_CHECKING:
    from smtui.api.types import SecretListEntry

INDENT = 2
"""Terminal cells by which each level is indented."""


@dataclass(slots=True, eq=False)
class Group:
    """The secrets whose names begin with `path`, which ends with the separator. The root has an empty path.

    Args:
        place: its index in the items of its parent.
        is_expanded: whether the rows below it are visible where its own row is.
    """

    path: str
    parent: Group | None
    place: int = 0
    is_expanded: bool = False
    items: list[Group | SecretListEntry] = field(default_factory=list)
    """Groups and secrets directly below it."""
    count: int = 0
    """The number of secrets below it, at any depth."""
    row_count: int = 0
    """The number of rows below it, if it is expanded."""
    alerts: dict[str, int] = field(default_factory=dict)
    """The number of secrets below it for each glyph of their most urgent alert (see `entry_state.ALERT_GLYPHS`)."""
    _subgroups: list[Group] = field(default_factory=list)
    _starts: list[int] | None = None
    """For each of `_subgroups`, its row below this group; None if rows were added since."""

    @property
    def label(self) -> str:
        """The part of the path that its parent does not have."""
        return self.path[len(self.parent.path):] if self.parent else self.path

    def list_entries(self) -> Iterator[SecretListEntry]:
        """Yields all secrets below it."""
        for item in self.items:
            if isinstance(item, Group):
                yield from item.list_entries()
            else:
                yield item

    def add_group(self, path: str, *, is_expanded: bool) -> Group:
        """Appends a group, which has no secrets yet, and returns it."""
        group = Group(path, self, len(self.items), is_expanded)
        self.items.append(group)
        self._subgroups.append(group)
        self.add_rows(1)
        return group

    def add_rows(self, number: int) -> None:
        """Counts rows that were added below it, or removed, here and in the groups above that show them."""
        group: Group | None = self
        while group is not None:
            group.row_count += number
            group._starts = None
            group = group.parent if group.is_expanded else None

    def set_expanded(self, is_expanded: bool) -> None:
        """Shows or hides the rows below it."""
        if is_expanded != self.is_expanded:
            self.is_expanded = is_expanded
            if self.parent is not None:
                self.parent.add_rows(self.row_count if is_expanded else -self.row_count)

    def find_row(self, place: int) -> int:
        """Returns the row, below this group, of its item at the index `place`."""
        at = bisect_left(self._subgroups, place, key=lambda group: group.place)
        if at == 0:
            return place
        before = self._subgroups[at - 1]
        return self._list_starts()[at - 1] + before._visible_count + place - before.place - 1

    def find_item(self, row: int) -> tuple[Group, int, int]:
        """Returns what is in a row below this group: the group directly above the item, its index, and its depth."""
        group, depth = self, 0
        while True:
            at = bisect_right(group._list_starts(), row) - 1
            if at < 0:
                return group, row, depth
            subgroup, start = group._subgroups[at], group._list_starts()[at]
            if row == start:
                return group, subgroup.place, depth
            behind = row - start - subgroup._visible_count
            if behind >= 0:
                return group, subgroup.place + 1 + behind, depth
            group, row, depth = subgroup, row - start - 1, depth + 1

    @property
    def _visible_count(self) -> int:
        """The number of rows of the group, with its own."""
        return 1 + (self.row_count if self.is_expanded else 0)

    def _list_starts(self) -> list[int]:
        if self._starts is None:
            self._starts, hidden = [], 0
            for group in self._subgroups:
                self._starts.append(group.place + hidden)
                hidden += group._visible_count - 1
        return self._starts


@dataclass(frozen=True, slots=True)
class TreeRow:
    """A visible row: a group, or a secret.

    Args:
        item: the group or the secret.
        parent: the group directly above it.
        depth: how many levels below the first level that is shown.
        is_expanded: whether the rows below the group are visible.
    """

    item: Group | SecretListEntry
    parent: Group
    depth: int
    is_expanded: bool = False

    @property
    def group(self) -> Group | None:
        return self.item if isinstance(self.item, Group) else None

    @property
    def entry(self) -> SecretListEntry | None:
        return None if isinstance(self.item, Group) else self.item

    @property
    def key(self) -> str:
        """The ARN of the secret, or the path of the group."""
        return self.item.path if isinstance(self.item, Group) else self.item["ARN"]

    @property
    def label(self) -> str:
        """The name of the secret or group without that of its parent."""
        return self.item.label if isinstance(self.item, Group) else self.item["Name"][len(self.parent.path):]


class TreeRows(Sequence[TreeRow]):
    """The visible rows below a group, each made when it is asked for: a filter may expand 100,000."""

    def __init__(self, group: Group) -> None:
        self._group = group

    def __len__(self) -> int:
        return self._group.row_count

    @overload
    def __getitem__(self, index: int) -> TreeRow: ...

    @overload
    def __getitem__(self, index: slice) -> list[TreeRow]: ...

    def __getitem__(self, index: int | slice) -> TreeRow | list[TreeRow]:
        if isinstance(index, slice):
            return [self[row] for row in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        group, place, depth = self._group.find_item(index % len(self))
        item = group.items[place]
        return TreeRow(item, group, depth, isinstance(item, Group) and item.is_expanded)


class TreeState:
    """Which groups are expanded, and which one is open. It stays when the tree is built again."""

    def __init__(self) -> None:
        self.open_path = ""
        """The path of the group whose content is shown alone; empty for the whole tree."""
        self.expanded: set[str] = set()
        self.collapsed: set[str] = set()
        """The groups that the user collapsed where a filter expands all."""

    def is_expanded(self, path: str, *, expands_all: bool) -> bool:
        return path not in self.collapsed if expands_all else path in self.expanded

    def expand(self, path: str) -> None:
        self.expanded.add(path)
        self.collapsed.discard(path)

    def collapse(self, path: str) -> None:
        self.expanded.discard(path)
        self.collapsed.add(path)


def is_at_key(entry: SecretListEntry, key: str) -> bool:
    """Whether an entry is the secret with this ARN, or is in the group with this path."""
    return entry["ARN"] == key or entry["Name"].startswith(key)


class NameTree:
    """The tree of a list of entries, which may grow.

    Args:
        entries: the entries in the order of the list.
        separator: what separates the levels of a name.
        state: which groups are expanded.
        expands_all: whether groups are expanded unless the user collapsed them, as for the result of a filter.
    """

    def __init__(
        self, entries: Sequence[SecretListEntry], separator: str, state: TreeState, *, expands_all: bool
    ) -> None:
        self.entries = entries
        self.state = state
        self.built = 0
        """The number of entries that are in the tree."""
        self.expands_all = expands_all
        self._separator = separator
        self._groups = {"": Group("", None)}
        self._rows: TreeRows | None = None

    @property
    def is_behind(self) -> bool:
        """Whether there are entries that are not in the tree yet."""
        return self.built < len(self.entries)

    def extend(self, most: int) -> None:
        """Adds up to `most` further entries."""
        groups = self._groups
        batch = self.entries[self.built:self.built + max(0, most)]
        for entry in batch:
            path = self._get_path(entry["Name"])
            group: Group | None = groups.get(path) or self._add_group(path)
            assert group is not None
            group.items.append(entry)
            group.add_rows(1)
            glyph = entry_state.get_alert_glyph(entry)
            while group is not None:
                group.count += 1
                if glyph:
                    group.alerts[glyph] = group.alerts.get(glyph, 0) + 1
                group = group.parent
        self.built += len(batch)
        self._rows = None

    def release(self) -> None:
        """Unlinks the groups of a tree that is no longer shown from their parents: without cycles it goes at once."""
        for group in self._groups.values():
            group.parent = None

    def _add_group(self, path: str) -> Group:
        above = self._get_path(path[:-len(self._separator)])
        parent = self._groups.get(above) or self._add_group(above)
        is_expanded = self.state.is_expanded(path, expands_all=self.expands_all)
        group = self._groups[path] = parent.add_group(path, is_expanded=is_expanded)
        return group

    # Rows.

    @property
    def rows(self) -> Sequence[TreeRow]:
        """The visible rows; another object after each change."""
        if self._rows is None:
            self._rows = TreeRows(self.open_group)
        return self._rows

    def find_row(self, key: str) -> int | None:
        """Returns the row of a secret by its ARN, or of a group by its path; None if it is not visible."""
        if key and (found := self._groups.get(key)):
            return self._find_row(found.parent, found.place)
        entry = next((entry for entry in islice(self.entries, self.built) if entry["ARN"] == key), None)
        if entry is None:
            return None
        group = self._groups.get(self._get_path(entry["Name"]), self._groups[""])
        return self._find_row(group, next(place for place, item in enumerate(group.items) if item is entry))

    def _find_row(self, group: Group | None, place: int) -> int | None:
        """Returns the row of the item at the index `place` of a group; None if it is not visible."""
        row = 0
        while group is not None:
            row += group.find_row(place)
            if group is self.open_group:
                return row
            if not group.is_expanded:
                return None
            place, row, group = group.place, row + 1, group.parent
        return None

    def _get_path(self, name: str) -> str:
        """Returns the path of the group directly above a secret."""
        at = name.rfind(self._separator) + len(self._separator)
        return name[:at] if at >= len(self._separator) else ""

    @property
    def open_group(self) -> Group:
        """The group whose content is shown; the root if the open one has no secrets, or a filter is shown."""
        root = self._groups[""]
        return root if self.expands_all else self._groups.get(self.state.open_path, root)

    # Changes of what is visible.

    def expand(self, path: str) -> None:
        """Shows the rows below a group."""
        self.state.expand(path)
        self._show_below(path, is_expanded=True)

    def collapse(self, path: str) -> None:
        """Hides the rows below a group."""
        self.state.collapse(path)
        self._show_below(path, is_expanded=False)

    def _show_below(self, path: str, *, is_expanded: bool) -> None:
        if group := self._groups.get(path):
            group.set_expanded(is_expanded)
        self._rows = None

    def open(self, path: str) -> None:
        """Shows the content of a group alone; an empty path shows the whole tree."""
        self.state.open_path = path
        self._rows = None

    def reveal(self, key: str) -> None:
        """Makes the row of a secret or group visible: expands the groups above it, and leaves an open group without it.

        Args:
            key: the ARN of the secret, or the path of the group.
        """
        at = next((at for at, entry in enumerate(self.entries) if is_at_key(entry, key)), None)
        if at is None:
            return
        self.extend(at + 1 - self.built)
        name = self.entries[at]["Name"]
        if not name.startswith(self.state.open_path):
            self.state.open_path = ""
        at = name.find(self._separator)
        while at >= 0 and name[:at + len(self._separator)] != key:
            at += len(self._separator)
            self.expand(name[:at])
            at = name.find(self._separator, at)
