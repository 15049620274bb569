"""A process of its own that clears the clipboard after us: at the deadline, or when we are gone, even by SIGKILL.

It is told by lines of JSON on its standard input which way to look and the seal of what was copied, never the value.
Each way is looked after by itself: a new line about it takes the place of the one before, and leaves the others. It
answers each line that it took with an empty one, so that a line is not lost to a guard that is just ending. When the
pipe closes, whoever copied has ended: it clears at once, or, where the line says `linger` (a command that ends right
after copying), at the deadline. SIGTERM, as at the end of the desktop's session, clears everything.
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

from smtui.ambient import seconds_awake
from smtui.children import start_module
from smtui.clipboard.seal import Clearing, Seal, clear_if_ours
from smtui.clipboard.ways import find

LOOK = 1.0
MOST_TRIES = 5
STARTS = 2
PIPE_CLOSED, END_NOW = "", "end"


@dataclass(frozen=True)
class Watch:
    """What to look after: `seconds` from now, or without a limit where that is 0."""

    spec: list[str]
    seal: Seal
    seconds: float
    linger: bool = False
    forget: bool = False
    """Whoever copied has cleared it."""

    def to_line(self) -> str:
        return json.dumps({
            "spec": self.spec, "key": self.seal.key.hex(), "digest": self.seal.digest.hex(),
            "seconds": self.seconds, "linger": self.linger, "forget": self.forget,
        }) + "\n"  # fmt: skip

    @classmethod
    def from_line(cls, line: str) -> Watch:
        told = json.loads(line)
        seal = Seal(bytes.fromhex(told["key"]), bytes.fromhex(told["digest"]))
        return cls(told["spec"], seal, told["seconds"], told["linger"], told["forget"])


class Guard:
    """Our end of the pipe to that process."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._unanswered = 0

    def look_after(self, watch: Watch) -> None:
        """Raises OSError where no such process can be started."""
        for _ in range(STARTS):
            if self._takes(watch.to_line()):
                return
            self.leave()
        raise OSError("the guard of the clipboard does not start")

    def forget(self, watch: Watch) -> None:
        """What is looked after by the same way was cleared already."""
        if self._process is not None:
            self._takes(replace(watch, forget=True).to_line())

    def _takes(self, line: str) -> bool:
        """Whether it is there and has it. One just started has nothing else to do and is not waited for."""
        is_new = self._process is None
        if is_new:
            self._process, self._unanswered = start_module("smtui.clipboard.guard", stdout=subprocess.PIPE), 0
        try:
            self._pipe().write(line.encode())
            self._pipe().flush()
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
        """Closes the pipe; the guard does the rest and ends by itself."""
        if self._process is not None:
            for pipe in (self._pipe(), self._process.stdout):
                with suppress(OSError):
                    assert pipe is not None
                    pipe.close()
            self._process = None

    def _pipe(self) -> IO[bytes]:
        assert self._process is not None and self._process.stdin is not None
        return self._process.stdin


# The process itself.


@dataclass
class _Held:
    """A copy that is looked after, until when, and how often clearing it failed."""

    watch: Watch
    deadline: float
    tries: int = 0


class Keeper:
    """Looks after what `lines` say, until each copy is cleared or was somebody else's, and nothing new came."""

    def __init__(self, lines: Iterable[str], answer: Callable[[], None]) -> None:
        self._lines = lines
        self._answer = answer
        self._held: dict[str, _Held] = {}
        self._arriving: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._ending = threading.Lock()
        self._ended = False

    def keep(self) -> None:
        threading.Thread(target=self._listen, daemon=True).start()
        self._take(self._arriving.get())
        while not self._has_ended():
            with suppress(queue.Empty):
                self._take(self._arriving.get(timeout=self._wait()))
            for held in [held for held in self._held.values() if held.deadline <= seconds_awake()]:
                self._clear(held)

    def end(self) -> None:
        """All is to be cleared now. May be called while a signal is handled."""
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
        """A line that comes later is not answered, so whoever wrote it starts another guard."""
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
            deadline = seconds_awake() + watch.seconds if watch.seconds else math.inf
            self._held[watch.spec[0]] = _Held(watch, deadline)

    def _wait(self) -> float | None:
        """Looks at the clock again and again: waiting stands still in suspend."""
        nearest = min((held.deadline for held in self._held.values()), default=math.inf)
        return None if nearest == math.inf else max(min(LOOK, nearest - seconds_awake()), 0)

    def _clear(self, held: _Held) -> None:
        """Tries again a few times where a tool does not answer."""
        held.tries += 1
        if clear_if_ours(find(held.watch.spec), held.watch.seal) is Clearing.FAILED and held.tries < MOST_TRIES:
            held.deadline = seconds_awake() + LOOK
            return
        if self._held.get(held.watch.spec[0]) is held:
            del self._held[held.watch.spec[0]]


def _answer() -> None:
    """Nobody reads it any more where a command has ended."""
    with suppress(OSError):
        os.write(1, b"\n")


def _main() -> None:
    keeper = Keeper(sys.stdin, _answer)
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: keeper.end())
    keeper.keep()
    os._exit(0)  # the thread that listens is in the middle of reading, which the interpreter would wait for


if __name__ == "__main__":
    _main()
