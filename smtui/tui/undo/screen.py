"""The screen "Undo": the changes of this session, newest first."""

from __future__ import annotations

from textual import getters, on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import OptionList, Static

from smtui.text.dates import format_time
from smtui.text.sanitize import SafeText
from smtui.tui import keys
from smtui.tui.base_screen import SessionScreen
from smtui.tui.help import places
from smtui.tui.undo_history import UndoEntry
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.read_pane import ReadPane
from smtui.tui.widgets.row_list import RowList

NOTHING = SafeText("No changes in this session, or all were undone.")


class UndoScreen(SessionScreen[None]):
    """Enter on a row shows the requests that undo the change, and asks for confirmation."""

    place = places.UNDO
    BINDINGS = keys.list_bindings("undo")
    CSS_PATH = "screen.tcss"

    entries = getters.query_one(RowList)

    def compose(self) -> ComposeResult:
        yield self.create_header()
        with ReadPane(title="Changes of this session, newest first"):
            yield Static(Content(NOTHING), id="nothing", classes="-muted")
            yield RowList()
        yield Footer()

    @property
    def _newest_first(self) -> list[UndoEntry]:
        return self.session.undo.done[::-1]

    async def load(self) -> None:
        done = self._newest_first
        self.entries.put([self._format_row(each) for each in done], self.entries.cursor)
        self.entries.display = bool(done)
        self.query_one("#nothing").display = not done

    def _format_row(self, done: UndoEntry) -> Content:
        where = f"  {done.region}" if done.region != self.session.region else ""
        conflict = "" if done.can_undo else f"\n{'':7}✗ cannot be undone: {done.note}"
        time = f"{format_time(done.when)[-5:]}  "
        return Content.assemble((time, "$text-muted"), Content(done.words), (f"{where}{conflict}", "$text-muted"))

    @on(OptionList.OptionSelected)
    def _choose(self) -> None:
        if done := self._newest_first[self.entries.cursor : self.entries.cursor + 1]:
            self.undo_change(done[0])
