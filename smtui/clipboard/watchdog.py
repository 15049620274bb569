"""A separate process that clears the clipboard at the deadline, or when smtui has ended, even by SIGKILL.

It reads lines of JSON from its standard input: the backend and the fingerprint of the copy, never the value. A new line
replaces the earlier one of the same backend. Each accepted line is answered with an empty line, so that none is lost to
a process that is just ending. When the pipe closes, it clears at once, or, with `linger` (a command that ends after
copying), at the deadline. SIGTERM, as at the end of a desktop session, clears everything.
"""

from __future__ import annotations

import json
import math
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import IO

from smtui.clipboard.backends import find_backend
from smtui.clipboard.fingerprint import Clearing, Fingerprint, clear_if_unchanged
from smtui.system.ambient import read_monotonic_clock
from smtui.system.subprocesses import start_module

POLL_SECONDS = 1.0
MAX_ATTEMPTS = 5
MAX_STARTS = 2
PIPE_CLOSED, END_NOW = "", "end"


@dataclass(frozen=True)
class Watch:
    """A copy to clear `seconds` from now; 0 = when smtui ends."""

    spec: list[str]
    fingerprint: Fingerprint
    seconds: float
    linger: bool = False
    forget: bool = False
    """The copy was already cleared."""

    def to_line(self) -> str:
        """The line of JSON for the process."""
        return json.dumps({
            "spec": self.spec, "key": self.fingerprint.key.hex(), "digest": self.fingerprint.digest.hex(),
            "seconds": self.seconds, "linger": self.linger, "forget": self.forget,
        }) + "\n"  # fmt: skip

    @classmethod
    def from_line(cls, line: str) -> Watch:
        """Parses a line of `to_line`."""
        fields = json.loads(line)
        fingerprint = Fingerprint(bytes.fromhex(fields["key"]), bytes.fromhex(fields["digest"]))
        return cls(fields["spec"], fingerprint, fields["seconds"], fields["linger"], fields["forget"])


class Watchdog:
    """This process's end of the pipe to the watchdog."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._unanswered = 0

    def watch(self, watch: Watch) -> None:
        """Sends a copy to the watchdog, which is started if needed. Raises OSError if it cannot be started."""
        for _ in range(MAX_STARTS):
            if self._send(watch.to_line()):
                return
            self.leave()
        raise OSError("the clipboard watchdog does not start")

    def forget(self, watch: Watch) -> None:
        """Tells the watchdog that the copy of this backend was cleared."""
        if self._process is not None:
            self._send(replace(watch, forget=True).to_line())

    def _send(self, line: str) -> bool:
        """Whether the process accepted the line. A new process surely does, so its answer is not awaited."""
        is_new = self._process is None
        if is_new:
            self._process, self._unanswered = start_module("smtui.clipboard.watchdog", stdout=subprocess.PIPE), 0
        try:
            self._get_input().write(line.encode())
            self._get_input().flush()
        except OSError:
            return False
        self._unanswered += 1
        return is_new or self._has_answered()

    def _has_answered(self) -> bool:
        assert self._process is not None and self._process.stdout is not None
        while self._unanswered and self._process.stdout.readline():
            self._unanswered -= 1
        return not self._unanswered

    def leave(self) -> None:
        """Closes the pipe. The watchdog clears what is left and ends."""
        if self._process is not None:
            for pipe in (self._get_input(), self._process.stdout):
                with suppress(OSError):
                    assert pipe is not None
                    pipe.close()
            self._process = None

    def _get_input(self) -> IO[bytes]:
        assert self._process is not None and self._process.stdin is not None
        return self._process.stdin


# The code below runs in the watchdog process.


@dataclass
class _Held:
    """A copy, its deadline, and the number of failed attempts to clear it."""

    watch: Watch
    deadline: float
    attempts: int = 0


class Watcher:
    """Clears the copies that `lines` describe. Ends when there is none left and no new line."""

    def __init__(self, lines: Iterable[str], answer: Callable[[], None]) -> None:
        self._lines = lines
        self._answer = answer
        self._held: dict[str, _Held] = {}
        self._arriving: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._ending = threading.Lock()
        self._ended = False

    def run(self) -> None:
        """Runs until there is nothing left to clear."""
        threading.Thread(target=self._listen, daemon=True).start()
        self._take(self._arriving.get())
        while not self._has_ended():
            with suppress(queue.Empty):
                self._take(self._arriving.get(timeout=self._wait()))
            for held in [held for held in self._held.values() if held.deadline <= read_monotonic_clock()]:
                self._clear(held)

    def end(self) -> None:
        """Clears everything now. Safe to call from a signal handler."""
        self._arriving.put(END_NOW)

    def _listen(self) -> None:
        for line in self._lines:
            with self._ending:
                if self._ended:
                    return
                self._arriving.put(line)
            self._answer()
        self._arriving.put(PIPE_CLOSED)

    def _has_ended(self) -> bool:
        """Whether to end. A later line gets no answer, so its sender starts another watchdog."""
        with self._ending:
            self._ended = not self._held and self._arriving.empty()
            return self._ended

    def _take(self, line: str) -> None:
        if line in (PIPE_CLOSED, END_NOW):
            for held in self._held.values():
                if line == END_NOW or not held.watch.linger:
                    held.deadline = 0
            return
        watch = Watch.from_line(line)
        self._held.pop(watch.spec[0], None)
        if not watch.forget:
            deadline = read_monotonic_clock() + watch.seconds if watch.seconds else math.inf
            self._held[watch.spec[0]] = _Held(watch, deadline)

    def _wait(self) -> float | None:
        """Seconds to wait for a line. They are few, because a wait does not count time in suspend."""
        nearest = min((held.deadline for held in self._held.values()), default=math.inf)
        return None if nearest == math.inf else max(min(POLL_SECONDS, nearest - read_monotonic_clock()), 0)

    def _clear(self, held: _Held) -> None:
        """Clears a copy. If its tool does not answer, it is retried a few times."""
        held.attempts += 1
        outcome = clear_if_unchanged(find_backend(held.watch.spec), held.watch.fingerprint)
        if outcome is Clearing.FAILED and held.attempts < MAX_ATTEMPTS:
            held.deadline = read_monotonic_clock() + POLL_SECONDS
            return
        if self._held.get(held.watch.spec[0]) is held:
            del self._held[held.watch.spec[0]]


def _acknowledge() -> None:
    """Answers a line. A command that has ended does not read it."""
    with suppress(OSError):
        os.write(1, b"\n")


def _main() -> None:
    watcher = Watcher(sys.stdin, _acknowledge)
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: watcher.end())
    watcher.run()
    os._exit(0)  # the interpreter would wait for the thread that reads


if __name__ == "__main__":
    _main()
