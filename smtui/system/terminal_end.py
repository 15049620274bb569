"""Ends the process when its terminal is gone, whatever became of the signal, and whatever else is under way.

SIGHUP can be ignored, blocked or lost, and the event loop can be busy: a thread of its own waits for the hangup, asks
the program to lock and leave, and ends the process where that takes too long. Imports nothing of Textual, so that it
watches from the start on.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable

LIMIT = 4.0
"""Seconds from the hangup, or the request to leave, until the process is ended in any case."""
HUNG_UP = 128 + getattr(signal, "SIGHUP", 1)
_LEAVE_SCREEN = b"\x1b[?2004l\x1b[?1000l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1004l"


class TerminalEnd:
    """One per process; `on_lost` is called once, in another thread, and has to bring about an orderly end."""

    def __init__(self) -> None:
        self.on_lost: Callable[[], None] | None = None
        self._once = threading.Lock()
        self._lost = self._watches = False
        self._ending: threading.Timer | None = None

    def watch(self, descriptor: int) -> None:
        """From now on, in a thread that nothing waits for. Where the system has no `poll`, reading finds the end."""
        self._watches = True
        if sys.platform != "win32":
            threading.Thread(target=self._watch, args=(descriptor,), name="smtui-terminal", daemon=True).start()

    def _watch(self, descriptor: int) -> None:
        import select

        poller = select.poll()
        poller.register(descriptor, 0)  # of a hangup and of an error `poll` tells unasked
        while True:
            states = [state for _, state in poller.poll()]
            if any(state & select.POLLNVAL for state in states):
                return
            if any(state & (select.POLLHUP | select.POLLERR) for state in states):
                self.handle_hangup()
                return

    def handle_hangup(self) -> None:
        """The terminal is gone: lock and leave. From any thread, any number of times."""
        with self._once:
            if self._lost:
                return
            self._lost = True
        self.end_within(HUNG_UP, gone=True)
        if self.on_lost is not None:
            self.on_lost()

    def end_within(self, code: int, *, seconds: float = LIMIT, gone: bool = False) -> None:
        """The process ends after `seconds`, with `code`, if it has not by then. `gone`: there is no terminal.

        Only where the process is a program that was started with a terminal to watch.
        """
        with self._once:
            if self._ending is not None or not self._watches:
                return
            self._ending = threading.Timer(seconds, _exit_process, (code, gone))
            self._ending.daemon = True
        self._ending.start()


def _exit_process(code: int, gone: bool) -> None:
    """Keys and values go with the process's memory; the system lets go of its locks on the vault."""
    if not gone:
        try:
            os.set_blocking(2, False)
            os.write(2, _LEAVE_SCREEN)
        except OSError:
            pass
    os._exit(code)


TERMINAL = TerminalEnd()
