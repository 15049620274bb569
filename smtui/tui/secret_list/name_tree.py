"""The tree of names: secrets in groups, as their names are split at a separator such as `/`.

A tree is built from entries in the order of the list, which is kept: a group stands where its first secret stands.
It takes about a microsecond for each entry, and only groups that are expanded become rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from smtui.api.types import SecretListEntry

INDENT = 2
"""Terminal cells by which each level is indented."""


@dataclass(slots=True, eq=False)
class Group:
    """The secrets whose names begin with `path`, which ends with the separator. The root has an empty path."""

    path: str
    parent: Group | None
    items: list[Group | SecretListEntry] = field(default_factory=list)
    """Groups and secrets directly below it."""
    count: int = 0
    """The number of secrets below it, at any depth."""

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
        self._rows: list[TreeRow] | None = None

    @property
    def is_behind(self) -> bool:
        """Whether there are entries that are not in the tree yet."""
        return self.built < len(self.entries)

    def extend(self, most: int) -> None:
        """Adds up to `most` further entries."""
        groups, separator = self._groups, self._separator
        batch = self.entries[self.built:self.built + max(0, most)]
        for entry in batch:
            name = entry["Name"]
            at = name.rfind(separator) + len(separator)
            path = name[:at] if at >= len(separator) else ""
            group: Group | None = groups.get(path) or self._add_group(path)
            assert group is not None
            group.items.append(entry)
            while group is not None:
                group.count += 1
                group = group.parent
        self.built += len(batch)
        self._rows = None

    def _add_group(self, path: str) -> Group:
        at = path[:-len(self._separator)].rfind(self._separator) + len(self._separator)
        above = path[:at] if at >= len(self._separator) else ""
        parent = self._groups.get(above) or self._add_group(above)
        group = self._groups[path] = Group(path, parent)
        parent.items.append(group)
        return group

    # Rows.

    @property
    def rows(self) -> Sequence[TreeRow]:
        """The visible rows."""
        if self._rows is None:
            self._rows = []
            self._add_rows(self.open_group, 0, self._rows)
        return self._rows

    @property
    def open_group(self) -> Group:
        """The group whose content is shown; the root if the open one has no secrets, or a filter is shown."""
        root = self._groups[""]
        return root if self.expands_all else self._groups.get(self.state.open_path, root)

    def _add_rows(self, group: Group, depth: int, rows: list[TreeRow]) -> None:
        for item in group.items:
            if not isinstance(item, Group):
                rows.append(TreeRow(item, group, depth))
                continue
            is_expanded = self.state.is_expanded(item.path, expands_all=self.expands_all)
            rows.append(TreeRow(item, group, depth, is_expanded))
            if is_expanded:
                self._add_rows(item, depth + 1, rows)

    # Changes of what is visible.

    def expand(self, path: str) -> None:
        """Shows the rows below a group."""
        self.state.expand(path)
        self._rows = None

    def collapse(self, path: str) -> None:
        """Hides the rows below a group."""
        self.state.collapse(path)
        self._rows = None

    def open(self, path: str) -> None:
        """Shows the content of a group alone; an empty path shows the whole tree."""
        self.state.open_path = path
        self._rows = None

    def reveal(self, arn: str) -> None:
        """Makes the row of a secret visible: expands the groups above it, and leaves an open group without it."""
        at = next((at for at, entry in enumerate(self.entries) if entry["ARN"] == arn), None)
        if at is None:
            return
        self.extend(at + 1 - self.built)
        name = self.entries[at]["Name"]
        if not name.startswith(self.state.open_path):
            self.state.open_path = ""
        at = name.find(self._separator)
        while at >= 0:
            at += len(self._separator)
            self.state.expand(name[:at])
            at = name.find(self._separator, at)
        self._rows = None
