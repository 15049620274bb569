"""The actions of the list that concern its tree."""

from __future__ import annotations

from dataclasses import replace

from smtui.tui.secret_list.sorting import SortingScreen
from smtui.tui.secret_list.tree_navigation import expand, go_up


class TreeScreen(SortingScreen):
    """Switches between the tree of names and the flat list, and moves in the tree."""

    at_once = frozenset({"tree"})

    def action_tree(self) -> None:
        """Shows the list as a tree, or flat. The cursor stays on its secret."""
        list_query = replace(self.list_query, is_tree=not self.list_query.is_tree)
        self.show_result(list_query, reread=False, keep_cursor=True)

    def action_expand(self) -> None:
        expand(self.secrets)

    def action_up_level(self) -> None:
        go_up(self.secrets)
