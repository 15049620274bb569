"""The part of the app that locks, quits, suspends to the shell, and handles the signals that end the program."""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress
from functools import partial
from typing import Any

from textual.screen import Screen
from textual.widgets import TextArea

from smtui.system.terminal_end import HUNG_UP, TERMINAL
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui import key_names, keys
from smtui.tui.dialogs.confirm import Confirm
from smtui.tui.dialogs.dialog import NOT_STORED, confirm_discard, list_dirty_forms
from smtui.tui.input_queue import SUSPEND
from smtui.tui.locking_app import LEAVING_GROUP
from smtui.tui.running_work import list_running_work
from smtui.tui.session_app import SessionApp
from smtui.tui.unlock.recover import RecoverScreen
from smtui.tui.unlock.recovery_code import RecoveryScreen
from smtui.tui.unlock.screen import UnlockScreen

CONFIRM_CODE = "This code is shown only once. Write it down, press Tab, then Enter; then lock."
LOCK_AGAIN = "Press the lock key again to discard them too."
LEAVING = ("SIGTERM", "SIGHUP", "SIGQUIT")
ENDING_GROUP = "ending"


class LeavingApp(SessionApp):
    """Locks the vault before the program ends or is suspended."""

    _is_ending = False
    _question: asyncio.Task[bool] | None = None
    """The question whether to discard the input of a form, while it is open."""

    async def action_lock(self) -> None:
        """Locks at once; asks first if a form has unsaved input, and then locks at the next press of the key."""
        if not self.sessions:
            self._lock_without_session()
        elif self._question is not None or not list_dirty_forms(self.screen_stack):
            await self.lock(self._explain_lock())
        else:
            self.run_worker(self._confirm_and_lock(), group=LEAVING_GROUP)

    @property
    def can_lock(self) -> bool:
        """Whether a vault is open, or a code was typed that opens it."""
        return bool(self.sessions) or self._has_screen(RecoverScreen, RecoveryScreen)

    def _has_screen(self, *kinds: type[Screen[Any]]) -> bool:
        return any(isinstance(screen, kinds) for screen in self.screen_stack)

    def _explain_lock(self) -> str:
        key = keys.find_key("everywhere.lock", self.settings.keys)
        return f"Locked by {key_names.spell(key)}." if key else "Locked."

    async def _confirm_and_lock(self) -> None:
        sessions = self.sessions
        if await self._confirm_session_end("lock") and self.sessions == sessions:
            await self.lock(self._explain_lock())

    def _lock_without_session(self) -> None:
        """Leaves a vault that the recovery code has opened; a new recovery code must be confirmed first."""
        if self._has_screen(RecoveryScreen):
            self.warn(CONFIRM_CODE)
        elif self._has_screen(RecoverScreen):
            self.show_only_soon(UnlockScreen(self.path, self._explain_lock()))

    async def _confirm_session_end(self, what: str) -> bool:
        """Asks for confirmation if a form has unsaved input, or work is running and the session ends with the program.

        While it asks, a further call returns False.

        Args:
            what: what to do then: quit, suspend or lock. The lock stops running work without asking.
        """
        if self._question is not None:
            return False
        running = list_running_work(self.sessions, self.screen_stack) if what != "lock" else []
        forms = list_dirty_forms(self.screen_stack)
        if running:
            question = self._confirm_stop(running, forms, what)
        elif forms:
            text = SafeText(f"{NOT_STORED} {LOCK_AGAIN}") if what == "lock" else NOT_STORED
            question = confirm_discard(self, text, f"Discard and {what}")
        else:
            return True
        self._question = asyncio.ensure_future(question)
        try:
            await asyncio.wait([self._question])
            return not self._question.cancelled() and self._question.result()
        finally:
            self._question = None

    async def _confirm_stop(self, running: list[SafeText], forms: list[SafeText], what: str) -> bool:
        """Asks whether to stop what runs. The focus is on the answer that lets it run."""
        lines = [*running, *(sanitize(f"Not stored: {title}.") for title in forms)]
        question = Confirm(SafeText(f"Stop and {what}?"), sanitize("\n".join(lines), lines=True), f"Stop and {what}",
                           cancel="Continue")
        return await self.push_screen_wait(question, always=True)

    async def lock(self, notice: str = "", *, leaving: bool = False) -> None:
        """See `SessionApp.lock`. The question whether to lock is answered by it."""
        if self._question is not None:
            self._question.cancel()
        await super().lock(notice, leaving=leaving)

    async def action_quit(self) -> None:
        self.run_worker(self._quit(), group=LEAVING_GROUP)

    async def _quit(self) -> None:
        """Asks for confirmation if a form has unsaved input or work is running. Then locks and exits."""
        if not await self._confirm_session_end("quit"):
            return
        TERMINAL.end_within(0)
        await self.lock(leaving=True)
        self.exit()

    def _leave_in_order(self) -> None:
        """Makes ending signals and a lost terminal lock the vault, clear the clipboard and restore the terminal."""
        loop = asyncio.get_running_loop()
        TERMINAL.on_lost = partial(self._on_hangup, loop)
        for name in LEAVING:
            with suppress(AttributeError, NotImplementedError, RuntimeError, ValueError):
                number = getattr(signal, name)
                loop.add_signal_handler(number, self._on_leaving, 128 + number)

    def _on_hangup(self, loop: asyncio.AbstractEventLoop) -> None:
        """Stops the background work at once, even if the loop is busy, and starts the exit. Called in any thread."""
        for session in self.sessions:
            session.request_stop()
        with suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(self._on_leaving, HUNG_UP)

    def action_put_aside(self) -> None:
        self.run_worker(self._put_aside(), group=LEAVING_GROUP)

    @property
    def is_undo_key(self) -> bool:
        """Whether the key that suspends undoes typing now: in a text area, Ctrl+Z does."""
        is_shared = "ctrl+z" in self.settings.keys.get(SUSPEND, "ctrl+z").split(",")
        return is_shared and isinstance(self.focused, TextArea) and not self.focused.read_only

    async def _put_aside(self) -> None:
        """Locks and suspends: no vault stays open behind the shell, where the idle lock does not run."""
        if not await self._confirm_session_end("suspend"):
            return
        await self.lock("Locked before suspending.")
        self.action_suspend_process()

    def _on_leaving(self, code: int) -> None:
        """Starts the exit once; later signals do not interrupt it. A time limit ends the process if that hangs."""
        if not self._is_ending:
            self._is_ending = True
            TERMINAL.end_within(code)
            self.run_worker(self._leave(code), group=ENDING_GROUP)

    async def _leave(self, code: int) -> None:
        try:
            await self.lock(leaving=True)
        finally:
            self.exit(return_code=code)
