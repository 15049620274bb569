"""Where the cursors and the filter of one screen are, to open the screen again in the same position."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from textual.screen import Screen

from smtui.tui.filtered_table_screen import FilteredTableScreen
from smtui.tui.secret.version_list import VersionList
from smtui.tui.widgets.table import Table


@dataclass(frozen=True, slots=True)
class ScreenPosition:
    """The position on one screen.

    Attributes:
        filter: the text of its filter; empty if it has none.
        rows: for each of its tables, the identity of the row under the cursor; None if the table was empty.
        version: the VersionId under the cursor of its list of versions; empty if there is none.
    """

    filter: str = ""
    rows: tuple[object, ...] = ()
    version: str = ""


def find_position(screen: Screen[Any]) -> ScreenPosition:
    """Returns the present position on a screen."""
    filter_text = screen.bar.value if isinstance(screen, FilteredTableScreen) and screen.query("#filter") else ""
    versions = [each.version.id for each in screen.query(VersionList) if each.version]
    return ScreenPosition(filter_text, tuple(table.current_key for table in screen.query(Table)), "".join(versions[:1]))


def restore_cursors(screen: Screen[Any], position: ScreenPosition) -> None:
    """Puts the cursors where they were, as soon as their rows are read. Call it when the screen is shown."""
    for table, key in zip(screen.query(Table), position.rows, strict=False):
        table.return_to(key)
    for versions in screen.query(VersionList):
        versions.return_to(position.version)


def restore_position(screen: Screen[Any], position: ScreenPosition) -> None:
    """Restores the filter too. Call it when the widgets of the screen are mounted, before it reads."""
    if isinstance(screen, FilteredTableScreen):
        screen.initial_filter = position.filter
    restore_cursors(screen, position)
