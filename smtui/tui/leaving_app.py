"""The part of the app that locks, quits, suspends to the shell, and handles the signals that end the program."""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from smtui.system.terminal_end import HUNG_UP, TERMINAL
from smtui.tui import key_names, keys
from smtui.tui.session_app import LEAVING_GROUP, SessionApp

if TYPE_CHECKING:

    pass

LEAVING = ("SIGTERM", "SIGHUP", "SIGQUIT")
ENDING_GROUP = "ending"


class LeavingApp(SessionApp):
    """Locks the vault before the program ends or is suspended."""

    _is_ending = _asks_to_quit = False

    async def action_lock(self) -> None:
        key = keys.find_key("everywhere.lock", self.settings.keys)
        await self.lock(f"Locked by {key_names.spell(key)}." if key else "Locked.")

    async def action_quit(self) -> None:
        self.run_worker(self._quit(), group=LEAVING_GROUP)

    async def _quit(self) -> None:
        """Asks for confirmation if a form has unsaved input. Then locks and exits."""
        from smtui.tui.dialogs.dialog import Editor, confirm_discard

        if self._asks_to_quit:
            return
        if any(isinstance(screen, Editor) and screen.is_dirty for screen in self.screen_stack):
            self._asks_to_quit = True
            try:
                if not await confirm_discard(self):
                    return
            finally:
                self._asks_to_quit = False
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
        if (session := self.session) is not None:
            session.request_stop()
        with suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(self._on_leaving, HUNG_UP)

    def action_put_aside(self) -> None:
        self.run_worker(self._put_aside(), group=LEAVING_GROUP, exclusive=True)

    async def _put_aside(self) -> None:
        """Locks and suspends: no vault stays open behind the shell, where the idle lock does not run."""
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
