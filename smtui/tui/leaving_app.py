"""The ways out: the lock, quitting, the shell's turn, and signals that end the program."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from smtui.system.terminal_end import HUNG_UP, TERMINAL
from smtui.tui import keys
from smtui.tui.session_app import LEAVING_GROUP, SessionApp

if TYPE_CHECKING:

    pass

LEAVING = ("SIGTERM", "SIGHUP", "SIGQUIT")
ENDING_GROUP = "ending"


class LeavingApp(SessionApp):
    """Locks before it is left."""

    _is_ending = _asks_to_quit = False

    async def action_lock(self) -> None:
        key = keys.key_of("everywhere.lock", self.settings.keys)
        await self.lock(f"Locked by {keys.spell(key)}." if key else "Locked.")

    async def action_quit(self) -> None:
        self.run_worker(self._quit(), group=LEAVING_GROUP)

    async def _quit(self) -> None:
        """Asks first where something entered is not stored yet."""
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
        await self.lock()
        self.exit()

    def _leave_in_order(self) -> None:
        """A signal to end locks, clears and gives the terminal back as it was."""
        loop = asyncio.get_running_loop()
        TERMINAL.on_lost = partial(_call_in, loop, partial(self._on_leaving, HUNG_UP))
        for name in LEAVING:
            with suppress(AttributeError, NotImplementedError, RuntimeError, ValueError):
                number = getattr(signal, name)
                loop.add_signal_handler(number, self._on_leaving, 128 + number)

    def action_put_aside(self) -> None:
        self.run_worker(self._put_aside(), group=LEAVING_GROUP, exclusive=True)

    async def _put_aside(self) -> None:
        """Nothing that was open waits behind the shell, where nobody sees it and no clock of ours runs."""
        await self.lock("Locked before it was put aside.")
        self.action_suspend_process()

    def _on_leaving(self, code: int) -> None:
        """Once: what comes after the first signal cancels nothing, and nothing keeps the process for long."""
        if not self._is_ending:
            self._is_ending = True
            TERMINAL.end_within(code)
            self.run_worker(self._leave(code), group=ENDING_GROUP)

    async def _leave(self, code: int) -> None:
        try:
            await self.lock()
        finally:
            self.exit(return_code=code)


def _call_in(loop: asyncio.AbstractEventLoop, function: Callable[[], None]) -> None:
    """From another thread; a loop that has ended has nothing more to do."""
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(function)
