"""Ends the process after a hangup of its terminal, even if SIGHUP is ignored or the event loop is busy.

A thread waits for the hangup, asks the application to lock and exit, and ends the process after a time limit. If that
thread does not run either, the system ends the process with SIGALRM. This module does not import Textual, so that the
thread can start before Textual is loaded.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

LIMIT = 3.0
"""Seconds from the hangup or the request to exit until the process is ended."""
ALARM = 1.0
"""Seconds from there until the system ends it with SIGALRM, which needs no thread of this process."""
HUNG_UP = 128 + getattr(signal, "SIGHUP", 1)
_LEAVE_SCREEN = b"\x1b[?2004l\x1b[?1000l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1004l"


class TerminalEnd:
    """Watches the terminal of the process; TERMINAL is the only instance.

    After a hangup it calls `on_lost` once, in the thread that detects the hangup. `on_lost` must start an orderly exit.
    """

    def __init__(self) -> None:
        self.on_lost: Callable[[], None] | None = None
        self._once = threading.Lock()
        self._lost = self._watches = False
        self._ending: threading.Timer | None = None
        self._modes: tuple[int, list[Any]] | None = None

    def watch(self, descriptor: int) -> None:
        """Starts a daemon thread that waits for a hangup of `descriptor`. On Windows there is no such thread.

        Call it in the main thread, before the terminal modes are changed.
        """
        self._watches = True
        if sys.platform != "win32":
            import termios

            with suppress(termios.error):
                self._modes = descriptor, termios.tcgetattr(descriptor)
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM})
            threading.Thread(target=self._watch, args=(descriptor,), name="smtui-terminal", daemon=True).start()

    def _watch(self, descriptor: int) -> None:
        import select

        poller = select.poll()
        poller.register(descriptor, 0)  # `poll` always reports hangups and errors
        while True:
            states = [state for _, state in poller.poll()]
            if any(state & select.POLLNVAL for state in states):
                return
            if any(state & (select.POLLHUP | select.POLLERR) for state in states):
                self.handle_hangup()
                return

    def handle_hangup(self) -> None:
        """Calls `on_lost` and sets the time limit. Callable from any thread; further calls have no effect."""
        with self._once:
            if self._lost:
                return
            self._lost = True
        self.end_within(HUNG_UP, gone=True)
        if self.on_lost is not None:
            self.on_lost()

    def end_within(self, code: int, *, seconds: float = LIMIT, gone: bool = False) -> None:
        """Ends the process after a time limit, if it has not ended by then. Has no effect before `watch`.

        Args:
            code: the exit code.
            seconds: the time limit.
            gone: whether the terminal is gone; otherwise the terminal modes are reset before the exit.
        """
        with self._once:
            if self._ending is not None or not self._watches:
                return
            self._ending = threading.Timer(seconds, self._exit_process, (code, gone))
            self._ending.daemon = True
        self._ending.start()
        if sys.platform != "win32":
            signal.setitimer(signal.ITIMER_REAL, seconds + ALARM)

    def exit_if_ending(self, code: int) -> None:
        """Exits with `code` if a time limit runs, or because the terminal is gone. Call it after the lock.

        It waits for no thread, and for nothing that the interpreter does at its end: on a busy machine that alone can
        take longer than the limit.
        """
        if self._lost:
            os._exit(HUNG_UP)
        if self._ending is not None:
            with suppress(OSError, ValueError):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(code)

    def _exit_process(self, code: int, gone: bool) -> None:
        """Resets the terminal modes unless it is gone, and exits. The system frees the memory and the vault's locks."""
        if not gone:
            with suppress(OSError):
                os.set_blocking(2, False)
                os.write(2, _LEAVE_SCREEN)
            self._restore_modes()
        os._exit(code)

    def _restore_modes(self) -> None:
        """Switches echo and line editing on again, if `watch` has seen them on."""
        if sys.platform != "win32" and self._modes is not None:
            import termios

            with suppress(termios.error):
                termios.tcsetattr(self._modes[0], termios.TCSANOW, self._modes[1])


TERMINAL = TerminalEnd()
