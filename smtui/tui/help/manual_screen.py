"""The screen of the manual."""

from __future__ import annotations

from itertools import groupby

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from smtui.text.sanitize import sanitize
from smtui.tui import keys
from smtui.tui.base_screen import SessionScreen
from smtui.tui.help import places
from smtui.tui.help.manual import list_manual_rows
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.find_line import FindLine, show_found_rows
from smtui.tui.widgets.scroll_pane import ScrollPane


class ManualScreen(SessionScreen[None]):
    """Shows the rows of `manual`, grouped by chapter, in a pane that scrolls like a list."""

    place = places.MANUAL
    BINDINGS = keys.list_bindings("manual")
    CSS_PATH = "manual_screen.tcss"
    AUTO_FOCUS = "ScrollPane"

    def compose(self) -> ComposeResult:
        self._rows = list(list_manual_rows(self.app, self.session))
        yield self.create_header()
        yield FindLine()
        with ScrollPane(title="Manual"):
            for chapter, rows in groupby(self._rows, key=lambda row: row[0]):
                yield Static(chapter, classes="chapter")
                for _, word, sentence in rows:
                    with Horizontal(classes="row"):
                        yield Static(Content(sanitize(word)), classes="word")
                        yield Static(Content(sanitize(sentence)), classes="sentence")
        yield Footer()

    def action_filter(self) -> None:
        self.query_one(FindLine).open()

    @on(Input.Changed)
    def _show_found(self) -> None:
        texts = (" ".join(row) for row in self._rows)
        show_found_rows(self.query_one(ScrollPane), "chapter", texts, self.query_one(FindLine))

    @on(Input.Submitted)
    def _leave_filter(self) -> None:
        self.query_one(ScrollPane).focus()

    def action_back(self) -> None:
        """Ends the filter if there is one, else leaves."""
        if not self.query_one(FindLine).close(self.query_one(ScrollPane)):
            super().action_back()

    async def load(self) -> None:
        """Does nothing: the content of the vault does not affect the manual."""
