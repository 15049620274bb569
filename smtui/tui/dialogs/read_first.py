"""What a dialog is about is read before it opens; where that takes its time or fails, a card says so in its place."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from textual import getters
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from smtui.api.errors import SmtuiError, VaultBusyError, VaultLockedError
from smtui.text.sanitize import SafeText
from smtui.tui import keys
from smtui.tui.bridge import reading
from smtui.tui.notifications import explain_error
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.read_pane import PATIENCE
from smtui.tui.widgets.read_state import READING, ReadState, make_failed_state

if TYPE_CHECKING:
    from smtui.tui.shell import Shell

Answer = TypeVar("Answer")
READ_AGAIN = "everywhere.read_again"


async def read_for_dialog(app: Shell, title: SafeText, load: Callable[[], Awaitable[Answer]]) -> Answer | None:
    """What `load` answers, once it does; None where the user leaves, which cancels the reading.

    Where the answer is not there at once, or the reading fails, a card shows that under the dialog's `title`, and one
    key reads again. Keys that were typed ahead wait for the dialog.

    Args:
        load: reads, and never answers None. It is called again for each further attempt.

    Raises:
        VaultLockedError: the vault was locked meanwhile.
    """
    task = asyncio.ensure_future(load())
    try:
        await asyncio.wait({task}, timeout=PATIENCE)
        if task.done() and not _can_be_retried(task.exception()):
            return task.result()
        answer = await app.push_screen_wait(ReadingDialog(title, load, task))
    finally:
        task.cancel()
    return cast("Answer", answer[0]) if answer else None


def _can_be_retried(error: BaseException | None) -> bool:
    """A vault that is busy is not locked, though its error is of that kind."""
    is_locked = isinstance(error, VaultLockedError) and not isinstance(error, VaultBusyError)
    return isinstance(error, SmtuiError) and not is_locked


class ReadingDialog(ModalScreen["tuple[Any] | None"]):
    """Answers what was read, in a tuple. `task` is the first attempt, which is under way or has failed."""

    BINDINGS = keys.of("dialog") + keys.select([READ_AGAIN])
    CSS_PATH = Path(__file__).with_name("pick.tcss")

    can_be_left_while_reading = True
    state = getters.query_one("#state", Static)

    def __init__(self, title: SafeText, load: Callable[[], Awaitable[Any]], task: Awaitable[Any]) -> None:
        super().__init__()
        self._title = title
        self._load = load
        self._attempt: Awaitable[Any] | None = task
        self._is_reading = False

    def compose(self) -> ComposeResult:
        with Vertical(classes="card"):
            yield Static(Content(self._title), classes="title")
            yield Static(id="state")
        yield Footer()

    def on_mount(self) -> None:
        self.action_read_again()

    @reading
    async def action_read_again(self) -> None:
        """One attempt at a time; what comes when this is gone goes nowhere."""
        if self._is_reading:
            return
        self._is_reading = True
        self._show(READING)
        attempt, self._attempt = self._attempt, None
        try:
            answer = await (attempt or self._load())
        except SmtuiError as error:
            if not _can_be_retried(error):
                return  # the lock takes this away
            self._show(make_failed_state(explain_error(error)))
        else:
            self.dismiss((answer,))
        finally:
            self._is_reading = False

    def _show(self, state: ReadState) -> None:
        bound = [key for key, active in self.active_bindings.items() if active.binding.id == READ_AGAIN]
        self.state.set_class(state.has_failed, "-error")
        self.state.update(Content(state.format_text(keys.spell(bound[0]) if bound else "")))

    def action_cancel(self) -> None:
        self.dismiss(None)
