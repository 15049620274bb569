"""Moves through the tree of names: expand and collapse groups, open one, and go up one level."""

from __future__ import annotations

from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.secret_list.list_widget import SecretList
from smtui.tui.secret_list.name_tree import Group, TreeRow


def get_row(listed: SecretList) -> TreeRow | None:
    """Returns the row of the tree under the cursor; None if the list is flat or empty."""
    tree = listed.model.tree
    return tree.rows[listed.cursor] if tree and listed.cursor < len(tree.rows) else None


def get_group(listed: SecretList) -> Group | None:
    """Returns the group under the cursor; None if there is none."""
    row = get_row(listed)
    return row.group if row else None


def expand(listed: SecretList) -> None:
    """Expands the group under the cursor; moves into one that is expanded."""
    row, tree = get_row(listed), listed.model.tree
    if row is None or tree is None or row.group is None:
        return
    if row.is_expanded:
        listed.go(listed.cursor + 1)
    else:
        tree.expand(row.group.path)
        show_rows(listed, listed.cursor)


def go_up(listed: SecretList) -> bool:
    """Collapses the group under the cursor, or goes to the group above, or leaves an open group.

    Returns:
        Whether there was anywhere to go.
    """
    row, tree = get_row(listed), listed.model.tree
    if tree is None:
        return False
    if row is not None and row.group is not None and row.is_expanded:
        tree.collapse(row.group.path)
        show_rows(listed, listed.cursor)
    elif row is not None and row.parent is not tree.open_group:
        listed.go(listed.model.find_row(row.parent.path) or 0)
    else:
        return leave_group(listed)
    return True


def leave_group(listed: SecretList) -> bool:
    """Shows the group above the open one, with the cursor on the one that was open; returns whether one was open."""
    tree = listed.model.tree
    if tree is None or tree.open_group.parent is None:
        return False
    left = tree.open_group
    tree.open(tree.open_group.parent.path)
    show_rows(listed, listed.model.find_row(left.path) or 0)
    return True


def open_group(listed: SecretList, group: Group) -> None:
    """Shows the content of a group alone. In the result of a filter, where that cannot be, toggles it instead."""
    tree = listed.model.tree
    assert tree is not None, "groups are rows of a tree"
    if not tree.expands_all:
        tree.open(group.path)
        show_rows(listed, 0)
    elif not go_up_from(listed, group):
        tree.expand(group.path)
        show_rows(listed, listed.cursor)


def go_up_from(listed: SecretList, group: Group) -> bool:
    """Collapses a group if it is expanded; returns whether it was."""
    row = get_row(listed)
    return row is not None and row.group is group and row.is_expanded and go_up(listed)


def show_rows(listed: SecretList, cursor: int) -> None:
    """Redraws the list after a change of the visible rows, with the cursor in the row `cursor`."""
    listed.update_selection()
    listed.show_rows()
    listed.go(cursor)
    listed.post_moved()


def format_place(listed: SecretList) -> SafeText:
    """Formats the groups above the cursor, such as `prod/ › payments/`; empty for the first level and a flat list."""
    row, tree = get_row(listed), listed.model.tree
    group = row.parent if row else tree.open_group if tree else None
    labels: list[str] = []
    while group is not None and group.parent is not None:
        labels.append(group.label)
        group = group.parent
    return sanitize(" › ".join(reversed(labels)))
