"""Reads what a dialog needs before the dialog opens, and shows a card if the read is slow or fails."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from textual import getters
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from smtui.api.errors import SmtuiError, VaultBusyError, VaultLockedError
from smtui.text.sanitize import SafeText
from smtui.tui import key_names, keys
from smtui.tui.bridge import must_be_on_top, reading
from smtui.tui.notifications import explain_error
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.panel import Card, CardTitle
from smtui.tui.widgets.read_pane import PATIENCE
from smtui.tui.widgets.read_state import READING, ReadState, make_failed_state
from smtui.tui.workarounds import ClosableModalScreen

if TYPE_CHECKING:
    from smtui.tui.shell import Shell

Answer = TypeVar("Answer")
READ_AGAIN = "everywhere.read_again"


async def read_for_dialog(app: Shell, title: SafeText, load: Callable[[], Awaitable[Answer]]) -> Answer | None:
    """Returns the result of `load` for an action of the user; None if the user closes the card, which cancels the read.

    If the read takes longer than `PATIENCE` or fails, a card under the title of the dialog shows its state, and a key
    reads again. Keys typed ahead wait for the dialog.

    Args:
        app: the app.
        title: the title of the dialog.
        load: reads, and never returns None. Each further attempt calls it again.

    Raises:
        VaultLockedError: the vault was locked before the card opened.
        ScreenLeftError: the screen of the gesture is no longer on top (see `bridge`).
    """
    task = asyncio.ensure_future(load())
    try:
        await asyncio.wait({task}, timeout=PATIENCE)
        if task.done() and not _can_be_retried(task.exception()):
            found = task.result()
            must_be_on_top()
            return found
        answer = await app.push_screen_wait(ReadingDialog(title, load, task))
        must_be_on_top()
    finally:
        task.cancel()
    return cast("Answer", answer[0]) if answer else None


def _can_be_retried(error: BaseException | None) -> bool:
    """Whether a further attempt can succeed: not after a lock. `VaultBusyError` is a subclass but can be retried."""
    is_locked = isinstance(error, VaultLockedError) and not isinstance(error, VaultBusyError)
    return isinstance(error, SmtuiError) and not is_locked


class ReadingDialog(ClosableModalScreen["tuple[Any] | None"]):
    """A card that reads and returns the result in a tuple, or None if the user closes it.

    Args:
        title: the title of the dialog.
        load: reads again.
        task: the first attempt, which still runs or has failed.
    """

    BINDINGS = keys.list_bindings("dialog") + keys.select([READ_AGAIN])
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
        with Card():
            yield CardTitle(Content(self._title))
            yield Static(id="state")
        yield Footer()

    def on_mount(self) -> None:
        self.action_read_again()

    @reading
    async def action_read_again(self) -> None:
        """Reads, unless an attempt still runs."""
        if self._is_reading:
            return
        self._is_reading = True
        self._show(READING)
        attempt, self._attempt = self._attempt, None
        try:
            answer = await (attempt or self._load())
        except SmtuiError as error:
            if not _can_be_retried(error):
                return  # locking closes this screen
            self._show(make_failed_state(explain_error(error)))
        else:
            self.dismiss((answer,))
        finally:
            self._is_reading = False

    def _show(self, state: ReadState) -> None:
        self.state.set_class(state.has_failed, "-error")
        self.state.update(Content(state.format_text(key_names.find_bound_key(self, READ_AGAIN))))

    def action_cancel(self) -> None:
        self.dismiss(None)
