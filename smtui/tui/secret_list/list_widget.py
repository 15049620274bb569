"""The widget of the list of secrets: it draws columns and signs, and handles the mouse.

It draws text as Rich segments, which do not interpret markup.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Set
from datetime import datetime
from itertools import groupby, islice
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from smtui.rules.fuzzy import find_positions
from smtui.text.sanitize import SafeText, sanitize
from smtui.text.truncate import shorten_positions, truncate_middle
from smtui.tui.environments import ENVIRONMENTS, find_environments
from smtui.tui.secret_list import columns, entry_state
from smtui.tui.secret_list.columns import FittedColumns
from smtui.tui.secret_list.name_tree import INDENT, Group, TreeRow
from smtui.tui.secret_list.paged_list import PagedList
from smtui.tui.secret_list.query import DEFAULT_ORDER
from smtui.tui.secret_list.selection import ListSelection
from smtui.tui.widgets.kept_rows import KeptRows

if TYPE_CHECKING:
    from smtui.api.types import SecretListEntry

SELECTION_SIGN = "✓"
FAVORITE_SIGN = "★"
GUTTER = 2
"""Width in terminal cells of the space left of the first column, for the sign of a selected or a favorite secret."""
MEASURED_AT_ONCE = 32
"""The rows of a block whose cells are measured at once."""


class SecretList(KeptRows, PagedList):
    """The list of secrets: rows, columns, and the signs of selected secrets."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "secret-list--name", "secret-list--rest", "secret-list--state", "secret-list--alert", "secret-list--selected",
        "secret-list--match", "secret-list--group",
        *(f"secret-list--{environment}" for environment in ENVIRONMENTS),
    }  # fmt: skip
    DEFAULT_CSS = """
    SecretList {
        & .secret-list--name { color: $foreground; }
        & .secret-list--rest { color: $text-muted; }
        & .secret-list--state { color: $warning; }
        & .secret-list--group { color: $foreground; text-style: bold; }
        & .secret-list--alert { color: $error; }
        & .secret-list--match { color: $text-accent; text-style: bold underline; }
        & .secret-list--production { color: $text-error; }
        & .secret-list--staging { color: $text-warning; }
        & .secret-list--development { color: $text-success; }
        & .secret-list--selected { color: $accent; text-style: bold; }
    }
    """

    favorites: reactive[frozenset[str]] = reactive(frozenset[str]())
    """The ARNs of favorite secrets."""

    class SortRequested(Message):
        """The user clicked the title of a column."""

        def __init__(self, column: str) -> None:
            super().__init__()
            self.column = column

    class SelectionChanged(Message):
        """The selection has changed."""

    def __init__(self, clock: Callable[[], datetime], id: str | None = None) -> None:
        super().__init__(id=id, clock=clock)
        self.selection = ListSelection(self.model, lambda: self.cursor, self._report_selection)
        self._chosen: tuple[str, ...] = ()
        self._fitted: dict[tuple[int, bool, str], FittedColumns] = {}
        self._needs = WidestCells()

    # Columns.

    def set_columns(self, chosen: Sequence[str]) -> None:
        """Sets the columns by id; if `chosen` is empty, the width decides."""
        self._chosen = tuple(chosen)
        self._fitted.clear()
        self.refresh()

    @property
    def available_width(self) -> int:
        """The width for columns in terminal cells."""
        return self.size.width - GUTTER

    @property
    def fitted_columns(self) -> FittedColumns:
        """The columns that fit, each with its width in terminal cells."""
        list_query = self.model.list_query
        return self.fit_columns_for(DEFAULT_ORDER if list_query.is_ranked else list_query.order)

    def fit_columns_for(self, order: str) -> FittedColumns:
        """Returns the columns that fit if the list is sorted by the column `order`."""
        if self._needs.measure(self.model.rows, self.scroll_offset.y, self.height, self.clock):
            self._fitted.clear()
        case = (self.available_width, self.model.list_query.shows_planned, order)
        if case not in self._fitted:
            self._fitted[case] = columns.fit_columns(
                case[0], self._chosen, planned=case[1], order=order, needs=self.column_needs, same=self._needs.same)
        return self._fitted[case]

    @property
    def column_needs(self) -> columns.Needs | None:
        """The widths of the widest cells of the rows that were in sight; None if there are no rows."""
        return self._needs.widths or None

    # Drawing.

    def draw_head(self) -> Strip:
        style = self.get_component_rich_style("virtual-list--head")
        line, query = [Segment(" " * GUTTER, style)], self.model.list_query
        for column, width in self.fitted_columns:
            arrow = f" {query.arrow}" if column.id == query.order and not query.is_ranked else ""
            line.append(Segment(pad_cell(column.title + arrow, width), style))
        return Strip(line).adjust_cell_length(self.size.width, style)

    @property
    def look(self) -> tuple[FittedColumns, datetime]:
        """The columns, and the minute, on which the words for times depend."""
        return self.fitted_columns, self.clock().replace(second=0, microsecond=0)

    def draw_anew(self, number: int) -> Strip:
        row = self.model.tree.rows[number] if self.model.tree else None
        cursor = self.get_component_rich_style("virtual-list--cursor") if number == self.cursor else None
        is_selected, row_key = self.selection.is_selected(number), self.model.get_key(number)
        selected = self.get_component_rich_style("secret-list--selected") if is_selected else None
        is_favorite = row_key in self.favorites
        sign = pad_cell(SELECTION_SIGN if selected else FAVORITE_SIGN if is_favorite else "", GUTTER - 1, gap=1)
        line = [Segment(sign, cursor or selected or (self._get_part_style("selected") if is_favorite
                                                     else self.visual_style.rich_style))]
        if row is not None and row.group is not None:
            line += self._draw_group(row, row.group, cursor or selected)
            return Strip(line).adjust_cell_length(self.size.width, line[-1].style)
        entry, now = self.model.get_entry(number), self.clock()
        assert entry is not None
        for column, width in self.fitted_columns:
            part = get_cell_style(column, entry, now)
            style = cursor or (selected if selected and column.style == "name" else self._get_part_style(part))
            text = column.cell(entry, now)
            if column.style == "name":
                line += self._draw_name(text, width, style, cursor or selected, row)
            else:
                line.append(Segment(pad_cell(text, width), style))
        return Strip(line).adjust_cell_length(self.size.width, line[-1].style)

    def _draw_group(self, row: TreeRow, group: Group, style: Style | None) -> list[Segment]:
        """Draws a group of the tree with the number of its secrets; if it is collapsed, with their alerts."""
        more = "+" if self.model.has_more else ""
        label = f"{' ' * (row.depth * INDENT)}{'▾' if row.is_expanded else '▸'} {sanitize(row.label)}"
        alerts = SafeText("") if row.is_expanded else entry_state.format_alert_counts(group.alerts)
        short = truncate_middle(SafeText(label), max(1, self.available_width - 12 - len(alerts)))
        found = self._find_matches(short)
        is_alarming = alerts.startswith(entry_state.ALERT_GLYPHS[0])
        line = [
            *self._draw_words(short, found, style or self._get_part_style("group"), style),
            Segment(f"  {group.count:,}{more}", style or self._get_part_style("rest")),
        ]
        if alerts:
            line.append(Segment(f"  {alerts}", style or self._get_part_style("alert" if is_alarming else "state")))
        return line

    def _draw_name(
        self, name: SafeText, width: int, style: Style, marked: Style | None, row: TreeRow | None
    ) -> list[Segment]:
        """Draws a name; in the tree, without the groups above it.

        The characters that match a word to find are underlined, so that they show without colour.
        """
        found = self._find_matches(name)
        before = ""
        if row is not None:
            before = " " * ((row.depth + 1) * INDENT)
            above, name = len(name) - len(row.label), sanitize(row.label)
            found = {at - above for at in found if at >= above}
        short = truncate_middle(name, width - len(before))
        text = before + pad_cell(short, width - len(before))
        if len(short) < len(name):
            found = shorten_positions(found, len(name), len(short))
        return self._draw_words(text, {at + len(before) for at in found}, style, marked)

    def _find_matches(self, name: str) -> set[int]:
        return {at for word in self.model.list_query.filter.words for at in find_positions(word, name)}

    def _draw_words(self, text: str, found: Set[int], style: Style, marked: Style | None) -> list[Segment]:
        """Draws a text with the characters at `found` underlined, and environments in their colours.

        Args:
            style: the style of the text.
            marked: the style of a row that has one colour: under the cursor, or selected.
        """
        styles: dict[int, Style] = {}
        if marked is None:
            for start, end, environment in find_environments(text):
                styles.update(dict.fromkeys(range(start, end), style + self._get_part_style(environment)))
        if found:
            match = style + (Style(bold=True, underline=True) if marked else self._get_part_style("match"))
            styles.update(dict.fromkeys(found, match))
        if not styles:
            return [Segment(text, style)]
        return [
            Segment("".join(each for _, each in part), part_style)
            for part_style, part in groupby(enumerate(text), key=lambda pair: styles.get(pair[0], style))
        ]

    def _get_part_style(self, part: str) -> Style:
        return self.get_component_rich_style(f"secret-list--{part}")

    # Selection.

    def toggle_selection(self) -> None:
        """Selects or deselects the secret or group under the cursor, and moves to the next row."""
        if self.count:
            self.selection.toggle(self.cursor)
            self.go(self.cursor + 1)

    def _report_selection(self) -> None:
        self.refresh()
        self.post_message(self.SelectionChanged())

    def update_selection(self) -> None:
        self.selection.update()

    def watch_cursor(self, before: int, now: int) -> None:
        super().watch_cursor(before, now)
        if self.selection.has_range:
            self._report_selection()

    # The mouse.

    def handle_heading_click(self, x: int) -> None:
        """Requests the order of the column whose title is at `x`, in terminal cells."""
        left = GUTTER
        for column, width in self.fitted_columns:
            if left <= x < left + width + columns.GAP:
                self.post_message(self.SortRequested(column.id))
            left += width + columns.GAP

    def handle_row_click(self, number: int, event: events.Click) -> None:
        """Toggles the selection on a click with Ctrl or on the selection sign; otherwise moves the cursor."""
        if event.ctrl or event.x < GUTTER:
            self.selection.toggle(number)
        else:
            super().handle_row_click(number, event)


class WidestCells:
    """The widths of the widest cells of a list, measured in blocks of rows as they come in sight."""

    def __init__(self) -> None:
        self.widths: dict[str, int] = {}
        """The widths in terminal cells by the id of the column; empty if there are no rows."""
        self._rows: Sequence[SecretListEntry | TreeRow] = ()
        self._measured: dict[int, int] = {}
        """By the first row of a block, how many of its rows are measured."""
        self._texts: dict[str, set[str]] = {}
        """The first two different texts in each column of `columns.MAY_BE_THE_SAME`."""
        self._last: tuple[int, int, int] | None = None

    @property
    def same(self) -> frozenset[str]:
        """The columns of `columns.MAY_BE_THE_SAME` whose cells are all equal."""
        return frozenset(id for id, texts in self._texts.items() if len(texts) < 2)

    def measure(
        self, rows: Sequence[SecretListEntry | TreeRow], top: int, height: int, clock: Callable[[], datetime]
    ) -> bool:
        """Measures the visible rows; returns whether a width has changed.

        Args:
            rows: all rows; another list begins anew.
            top: the first visible row.
            height: the number of visible rows.
        """
        before = self.widths, self.same
        if rows is not self._rows:
            self._rows, self._measured, self.widths, self._last, self._texts = rows, {}, {}, None, {}
        if (asked := (top, height, len(rows))) == self._last:
            return False
        self._last = asked
        for start in range(top - top % MEASURED_AT_ONCE, min(top + height, len(rows)), MEASURED_AT_ONCE):
            block = rows[start:start + MEASURED_AT_ONCE]
            if self._measured.get(start) != len(block):
                self._measured[start] = len(block)
                found = measure_rows(block, clock())
                self.widths = {id: max(width, self.widths.get(id, 0)) for id, width in found.items()}
                for id, texts in list_texts(block, clock()).items():
                    self._texts[id] = set(islice(self._texts.get(id, set()) | texts, 2))
        return (self.widths, self.same) != before


def measure_rows(rows: Sequence[SecretListEntry | TreeRow], now: datetime) -> dict[str, int]:
    """Measures the cells of secrets in each column; those of names in the tree without the groups above."""
    found = columns.measure_columns(_list_entries(rows), now)
    labels = [row for row in rows if isinstance(row, TreeRow) and row.entry is not None]
    if labels:
        found["name"] = max((row.depth + 1) * INDENT + cell_len(sanitize(row.label)) for row in labels)
    return found


def list_texts(rows: Sequence[SecretListEntry | TreeRow], now: datetime) -> dict[str, set[str]]:
    """Returns the different texts of the columns that may be the same in all rows, by the id of the column."""
    return {id: {columns.COLUMNS[id].cell(entry, now) for entry in _list_entries(rows)}
            for id in columns.MAY_BE_THE_SAME}


def _list_entries(rows: Sequence[SecretListEntry | TreeRow]) -> Iterator[SecretListEntry]:
    return (entry for row in rows if (entry := row.entry if isinstance(row, TreeRow) else row) is not None)


def get_cell_style(column: columns.ListColumn, entry: SecretListEntry, now: datetime) -> str:
    """Returns the suffix of the component class that colors a cell: of its column, unless it calls for attention."""
    if column.id == "state" and entry_state.is_alarming(entry):
        return "alert"
    if column.id == "rotation" and entry_state.is_overdue(entry, now):
        return "state"
    return column.style


def pad_cell(text: str, width: int, *, gap: int = columns.GAP) -> str:
    """Pads or truncates `text` to `width` terminal cells, plus `gap` spaces. Truncated text ends with an ellipsis."""
    if text.isascii():
        return (text if len(text) <= width else text[:width - 1].rstrip() + "…").ljust(width + gap)
    if cell_len(text) > width:
        text = set_cell_size(text, width - 1).rstrip() + "…"
    return set_cell_size(text, width) + " " * gap
