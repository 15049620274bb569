"""A real program in a pseudo-terminal: its raw output, and its screen as a terminal emulator draws it."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pexpect
import pyte

from tests.prepared_vault import PYTHONPATH
from tests.waiting import LIMIT, wait_until_asleep


class Terminal:
    """Runs `smtui` in a pseudo-terminal. All waits depend on the screen, not on fixed times.

    It derives keys at the lowest cost, unless `environ` has another PYTHONPATH.

    Args:
        arguments: The arguments of `smtui`.
        home: The home directory.
        size: Columns and rows.
        before: Called in the child process before the program starts.
        program: The arguments of Python that start the program.
        environ: Environment variables.
    """

    def __init__(
        self, *arguments: str, home: Path, size: tuple[int, int] = (80, 24),
        before: Callable[[], None] | None = None, program: tuple[str, ...] = ("-m", "smtui"), **environ: str,
    ) -> None:
        columns, rows = size
        self.raw = b""
        self._text: str | None = None
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
        self.child = pexpect.spawn(
            sys.executable, [*program, *arguments], dimensions=(rows, columns), timeout=LIMIT,
            cwd=str(Path(__file__).parents[2]), preexec_fn=before,
            env={**kept, "PYTHONPATH": PYTHONPATH, "TERM": "xterm-256color", "TEXTUAL_ANIMATIONS": "none",
                 "HOME": str(home), **environ},
        )

    @property
    def text(self) -> str:
        if self._text is None:
            self._text = "\n".join(line.rstrip() for line in self._screen.display)
        return self._text

    def press(self, *keys: str) -> None:
        """Presses keys, and waits after each until the program waits for input."""
        for key in keys:
            self.child.send(key)
            self._until_quiet()

    def see(self, *words: str) -> str:
        """Waits until the screen shows all the words, and returns its text."""
        return self._until(lambda: all(word in self.text for word in words), f"to see {words}")

    def see_no(self, word: str) -> str:
        return self._until(lambda: word not in self.text, f"to see {word!r} no more")

    def put_aside(self) -> None:
        """Waits until the program has restored the terminal and stopped itself, as after Ctrl+Z."""
        self._until(lambda: b"\x1b[?1049l" in self.raw, "it to leave the screen")
        how = os.WSTOPPED | os.WNOHANG | os.WNOWAIT
        self._until(lambda: os.waitid(os.P_PID, self.child.pid, how) is not None, "it to stop")

    def close(self) -> int:
        """Closes the terminal and waits for the program's end.

        Returns:
            The exit code, or the negative number of the signal.
        """
        os.close(self.child.child_fd)
        self.child.closed = True
        deadline = time.monotonic() + LIMIT
        while (ended := os.waitpid(self.child.pid, os.WNOHANG)) == (0, 0):
            if time.monotonic() > deadline:
                os.kill(self.child.pid, signal.SIGKILL)
                os.waitpid(self.child.pid, 0)
                raise AssertionError("the program lives on without its terminal")
            time.sleep(0.05)
        self.child.terminated = True
        return os.waitstatus_to_exitcode(ended[1])

    def end(self) -> int:
        """Waits for the program's end.

        Returns:
            The exit code, or the negative number of the signal.
        """
        deadline = time.monotonic() + LIMIT
        while self._read():
            if time.monotonic() > deadline:
                self.child.close(force=True)
                raise AssertionError(f"waited in vain for the end; the screen was:\n{self.text}")
        self.child.close()
        return self.child.exitstatus if self.child.exitstatus is not None else -self.child.signalstatus

    def _until_quiet(self) -> None:
        wait_until_asleep(self.child.pid, self._has_said_more)

    def _has_said_more(self) -> bool:
        before = len(self.raw)
        return self._read(0) and len(self.raw) != before

    def _until(self, true: Callable[[], bool], what: str) -> str:
        deadline = time.monotonic() + LIMIT
        while not true():
            alive = self._read()
            if not true() and (not alive or time.monotonic() > deadline):
                raise AssertionError(f"waited in vain {what}; the screen was:\n{self.text}")
        return self.text

    def _read(self, seconds: float = 0.1) -> bool:
        try:
            data = self.child.read_nonblocking(65536, timeout=seconds)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.raw += data
        self._stream.feed(data)
        self._text = None
        return True
