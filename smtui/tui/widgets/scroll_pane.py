"""A part of a screen that scrolls with the keys of lists."""

from __future__ import annotations

from textual.containers import VerticalScroll

from smtui.tui import keys
from smtui.tui.widgets.panel import show_title


class ScrollPane(VerticalScroll, can_focus=True):
    """A scrollable container that takes the focus so that its keys work."""

    BINDINGS = keys.list_bindings("list")
    DEFAULT_CSS = """
    ScrollPane {
        height: 1fr;
        padding: 0 1;
        scrollbar-size-vertical: 1;
    }
    """

    def __init__(self, *, title: str | None = None, id: str | None = None) -> None:
        """Creates the pane; with a title, it is a panel."""
        super().__init__(id=id, classes=None if title is None else "panel")
        if title is not None:
            show_title(self, title)

    def action_move(self, by: int) -> None:
        self.scroll_relative(y=by, animate=False)

    def action_page(self, by: int) -> None:
        self.scroll_relative(y=by * self.size.height, animate=False)

    def action_first(self) -> None:
        self.scroll_home(animate=False)

    def action_last(self) -> None:
        self.scroll_end(animate=False)
