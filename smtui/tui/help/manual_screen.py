"""The screen of the manual."""

from __future__ import annotations

from itertools import groupby

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from smtui.text.sanitize import sanitize
from smtui.tui import keys
from smtui.tui.base_screen import SessionScreen
from smtui.tui.help import places
from smtui.tui.help.manual import list_manual_rows
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.scroll_pane import ScrollPane


class ManualScreen(SessionScreen[None]):
    """Shows the rows of `manual`, grouped by chapter, in a pane that scrolls like a list."""

    place = places.MANUAL
    BINDINGS = keys.list_bindings("manual")
    CSS_PATH = "manual_screen.tcss"
    AUTO_FOCUS = "ScrollPane"

    def compose(self) -> ComposeResult:
        yield self.create_header()
        with ScrollPane():
            for chapter, rows in groupby(list_manual_rows(self.app, self.session), key=lambda row: row[0]):
                yield Static(chapter, classes="chapter")
                for _, word, sentence in rows:
                    with Horizontal(classes="row"):
                        yield Static(Content(sanitize(word)), classes="word")
                        yield Static(Content(sanitize(sentence)), classes="sentence")
        yield Footer()

    async def load(self) -> None:
        """Does nothing: the content of the vault does not affect the manual."""
