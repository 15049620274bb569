"""A pane that covers its content until the read is done, and reports running and failed reads."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from smtui.text.sanitize import SafeText
from smtui.tui.widgets.panel import show_title
from smtui.tui.widgets.read_state import READ, READING, ReadState

PATIENCE = 0.2
"""Seconds until a running read is reported. Most reads end earlier, and the report would only flicker."""


class ReadPane(Container):
    """Covers its content with the state of the read until the first read is done. A line below reports later failures.

    Covered content keeps the focus. All panes of a screen show the state of the screen, except panes with `own_state`,
    for which other code calls `show_state`.
    """

    DEFAULT_CSS = """
    ReadPane {
        height: 1fr;
        layers: answer state;

        & > .state {
            layer: state;
            width: 100%;
            height: 100%;
            padding: 1 2;
            background: $background;
            color: $text-muted;
        }
        & > .state.-failed {
            color: $error;
        }
        & > .stale {
            dock: bottom;
            display: none;
            height: auto;
            max-height: 3;
            padding: 0 1;
            color: $warning;
        }
    }
    """

    def __init__(self, *, own_state: bool = False, title: str | Content | None = None, id: str | None = None) -> None:
        """Creates the pane.

        Args:
            own_state: see above.
            title: the title, which makes the pane a panel; None for a pane without a border.
        """
        super().__init__(id=id, classes=None if title is None else "panel")
        if title is not None:
            show_title(self, title)
        self.own_state = own_state
        self.has_read = False
        self._instead = Static(classes="state")
        self._stale = Static(classes="stale")
        self._stale.display = False
        self._patience: Timer | None = None
        self._title: str | Content = ""

    def show_title(self, title: str | Content) -> None:
        """Shows another title, which describes what was read: at once, or when the first read is done."""
        self._title = title
        if self.has_read:
            show_title(self, title)

    def compose(self) -> ComposeResult:
        yield self._stale
        yield self._instead

    def show_state(self, state: ReadState, retry_key: str) -> None:
        """Shows the state of the read.

        Args:
            state: the state.
            retry_key: the key that reads again after a failure.
        """
        if self._patience is not None:
            self._patience.stop()
            self._patience = None
        if state == READ and not self.has_read:
            self.has_read, self._instead.display = True, False
            if self._title:
                show_title(self, self._title)
        if state == READING:
            if not self.has_read:
                self._patience = self.set_timer(PATIENCE, self._mention_reading)
            return
        self._show_words(state.format_text(retry_key, is_repeated=self.has_read), failed=state.has_failed)

    def _mention_reading(self) -> None:
        self._show_words(READING.format_text(""), failed=False)

    def _show_words(self, words: SafeText, *, failed: bool) -> None:
        if self.has_read and not failed and not self._stale.display:
            return
        self._stale.display = self.has_read and failed
        place = self._stale if self.has_read else self._instead
        place.set_class(failed, "-failed")
        place.update(Content(words))
