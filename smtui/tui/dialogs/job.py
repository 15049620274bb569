"""The dialog that shows the progress of a job. The job continues when the user leaves the dialog; Esc stops it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import getters
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from smtui.tui import keys
from smtui.tui.widgets.bar import Bar
from smtui.tui.widgets.button import Button
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.panel import Card, CardTitle
from smtui.tui.workarounds import ClosableModalScreen

if TYPE_CHECKING:
    from smtui.tui.jobs.job import Job
    from smtui.tui.shell import Shell


class JobDialog(ClosableModalScreen[None]):
    """Shows the progress of `job` and closes when the job is over, as soon as no other screen covers it."""

    BINDINGS = keys.list_bindings("job")
    CSS_PATH = "job.tcss"
    AUTO_FOCUS = "#leave"

    app: getters.app[Shell]
    bar = getters.query_one(Bar)
    words = getters.query_one("#words", Static)

    def __init__(self, job: Job[object]) -> None:
        super().__init__()
        self._job = job

    def compose(self) -> ComposeResult:
        with Card():
            yield CardTitle(Content(self._job.status.title))
            yield Bar()
            yield Static(id="words", classes="-muted")
            with Horizontal(id="answers"):
                yield Button("Run in background", id="leave")
                yield Button("Cancel", id="stop")
        yield Footer()

    def on_mount(self) -> None:
        self.watch(self.app, "job_status", self._refresh)

    def on_screen_resume(self) -> None:
        self._refresh()

    def _refresh(self) -> None:
        if self._job.is_over:
            self.close_if_over()
            return
        self.bar.share = self._job.status.fraction
        self.words.update(Content("Cancelling…" if self._job.is_stopping else self._job.status.text))

    def close_if_over(self) -> None:
        """Closes the dialog of a job that is over. A dialog that another screen covers closes once that is gone."""
        if self._job.is_over:
            self.dismiss()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "stop":
            self.action_stop()
        else:
            self.dismiss()

    def action_stop(self) -> None:
        self._job.stop()
        self._refresh()
