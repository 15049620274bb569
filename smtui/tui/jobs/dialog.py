"""How far a long work is. It goes on when this is left; Esc stops it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import getters
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from smtui.tui import keys
from smtui.tui.widgets.bar import Bar
from smtui.tui.widgets.button import Button
from smtui.tui.widgets.chrome import KeyBar

if TYPE_CHECKING:
    from smtui.tui.jobs.job import LongWork
    from smtui.tui.shell import Shell


class WorkDialog(ModalScreen[None]):
    """Goes away by itself when the work is over."""

    BINDINGS = keys.of("work")
    CSS_PATH = "dialog.tcss"
    AUTO_FOCUS = "#leave"

    app: getters.app[Shell]
    bar = getters.query_one(Bar)
    words = getters.query_one("#words", Static)

    def __init__(self, work: LongWork[object]) -> None:
        super().__init__()
        self._work = work

    def compose(self) -> ComposeResult:
        with Vertical(classes="card"):
            yield Static(Content(self._work.progress.title), classes="title")
            yield Bar()
            yield Static(id="words", classes="-muted")
            with Horizontal(id="answers"):
                yield Button("Go on beside", id="leave")
                yield Button("Stop", id="stop")
        yield KeyBar()

    def on_mount(self) -> None:
        self.watch(self.app, "working", self._show)

    def on_screen_resume(self) -> None:
        self._show()

    def _show(self) -> None:
        work = self._work
        if work.over:
            if self.is_current:
                self.dismiss()
            return
        self.bar.share = work.progress.share
        self.words.update(Content("Stopping…" if work.stopping else work.progress.words))

    def on_button_pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "stop":
            self.action_stop()
        else:
            self.dismiss()

    def action_stop(self) -> None:
        self._work.stop()
        self._show()
