"""The dialog in which the user chooses the columns of the list and their order."""

from __future__ import annotations

from collections.abc import Sequence

from textual import getters, on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import OptionList, Static

from smtui.tui import keys
from smtui.tui.dialogs.dialog import Dialog
from smtui.tui.secret_list.columns import COLUMNS, FORMER_IDS, ListColumn, Needs, fit_columns
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.panel import Card, CardTitle
from smtui.tui.widgets.pick_list import PickList

CHECKED, UNCHECKED = "✓", " "


class ColumnsForm(Dialog[Sequence[str]]):
    """Returns the ids of the chosen columns from left to right; empty means that the width decides.

    Args:
        shown: ids of the columns that are chosen at first.
        width: available width of the list in terminal cells.
        needs: the widths of its cells (see `fit_columns`).
        problem: why the choice was refused, if the dialog opens again with it.
    """

    BINDINGS = keys.list_bindings("dialog") + keys.list_bindings("columns")
    CSS_PATH = "columns_dialog.tcss"
    AUTO_FOCUS = "PickList"

    rows = getters.query_one(PickList)

    def __init__(self, shown: Sequence[str], width: int, needs: Needs | None, problem: str = "") -> None:
        super().__init__()
        self.problem, self.is_refilled = problem, bool(problem)
        self._needs = needs
        shown = [FORMER_IDS.get(id, id) for id in shown]
        self._shown = set(shown)
        self._order = [*shown, *(id for id in COLUMNS if id not in shown)]
        self._width = width

    def compose(self) -> ComposeResult:
        with Card():
            yield CardTitle("Columns")
            yield PickList()
            yield Static(id="said", classes="-muted")
        yield Footer()

    def on_mount(self) -> None:
        self._refresh_rows(0)

    def _refresh_rows(self, cursor: int) -> None:
        self.rows.put([_format_row(COLUMNS[id], id in self._shown) for id in self._order], cursor)
        said = self.query_one("#said", Static)
        said.set_class(False, "-error")
        said.update(Content(self._describe_room()))

    def _describe_room(self) -> str:
        if not self.chosen:
            return "Automatic: as many columns as fit."
        needs = self._needs and {id: max(1, width) for id, width in self._needs.items()}
        there = len(fit_columns(self._width, self.chosen, needs=needs))
        return "" if there == len(self.chosen) else f"{there} of {len(self.chosen)} columns fit now."

    def get_state(self) -> object:
        """The columns and their order."""
        return tuple(self._order), frozenset(self._shown)

    @property
    def chosen(self) -> list[str]:
        """The ids of the chosen columns, from left to right."""
        return [id for id in self._order if id in self._shown]

    @on(OptionList.OptionSelected)
    def action_toggle_column(self) -> None:
        at = self.rows.cursor
        self._shown ^= {self._order[at]}
        self._refresh_rows(at)

    def action_shift(self, by: int) -> None:
        at, to = self.rows.cursor, self.rows.cursor + by
        if 0 <= to < len(self._order):
            self._order[at], self._order[to] = self._order[to], self._order[at]
            self._refresh_rows(to)

    def action_by_width(self) -> None:
        self.dismiss(())

    def action_save(self) -> None:
        self.dismiss(self.chosen)


def _format_row(column: ListColumn, is_shown: bool) -> Content:
    return Content.assemble(
        (f"▐{CHECKED if is_shown else UNCHECKED}▌ ", "bold"), f"{column.title:<13}",
        (column.description, "$text-muted"),
    )  # fmt: skip
