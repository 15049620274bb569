"""A process of its own that clears the clipboard after us: at the deadline, or when we are gone, even by SIGKILL.

It is told by lines of JSON on its standard input which way to look and the seal of what was copied, never the value;
a new line replaces the one before. When the pipe closes, whoever copied has ended: it clears at once, or, where the
line says `linger` (a command that ends right after copying), at the deadline.
"""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import IO

from smtui.ambient import seconds_awake
from smtui.children import start_module
from smtui.clipboard.seal import Seal, clear_if_ours
from smtui.clipboard.ways import find

LOOK = 1.0
GONE = ""


@dataclass(frozen=True)
class Watch:
    """What to look after: `seconds` from now, or without a limit where that is 0."""

    spec: list[str]
    seal: Seal
    seconds: float
    linger: bool = False

    def to_line(self) -> str:
        return json.dumps({
            "spec": self.spec, "key": self.seal.key.hex(), "digest": self.seal.digest.hex(),
            "seconds": self.seconds, "linger": self.linger,
        }) + "\n"  # fmt: skip

    @classmethod
    def from_line(cls, line: str) -> Watch:
        told = json.loads(line)
        seal = Seal(bytes.fromhex(told["key"]), bytes.fromhex(told["digest"]))
        return cls(told["spec"], seal, told["seconds"], told["linger"])


class Guard:
    """Our end of the pipe to that process."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def look_after(self, watch: Watch) -> None:
        try:
            self._tell(watch.to_line())
        except OSError:
            self._process = None
            self._tell(watch.to_line())

    def _tell(self, line: str) -> None:
        if self._process is None:
            self._process = _start()
        pipe = self._pipe()
        pipe.write(line.encode())
        pipe.flush()

    def leave(self) -> None:
        """Closes the pipe; the guard does the rest and ends by itself."""
        if self._process is not None:
            self._pipe().close()
            self._process = None

    def _pipe(self) -> IO[bytes]:
        assert self._process is not None and self._process.stdin is not None
        return self._process.stdin


def _start() -> subprocess.Popen[bytes]:
    """In a session of its own, so that what ends our terminal does not end it; from /, so that nothing else is run."""
    return start_module("smtui.clipboard.guard")


def keep(lines: Iterable[str]) -> None:
    """Waits for the deadline of the newest watch or the end of `lines`, then clears what is still ours."""
    arriving: queue.Queue[str] = queue.Queue()
    threading.Thread(target=_listen, args=(lines, arriving), daemon=True).start()
    line = arriving.get()
    while line != GONE:
        watch = Watch.from_line(line)
        line = _wait(watch, arriving)
        if line == GONE:
            clear_if_ours(find(watch.spec), watch.seal)


def _listen(lines: Iterable[str], arriving: queue.Queue[str]) -> None:
    for line in lines:
        arriving.put(line)
    arriving.put(GONE)


def _wait(watch: Watch, arriving: queue.Queue[str]) -> str:
    """The next line, or GONE when it is time. Looks at the clock again and again: waiting stands still in suspend."""
    if not watch.seconds:
        return arriving.get()
    deadline, alone = seconds_awake() + watch.seconds, False
    while (left := deadline - seconds_awake()) > 0:
        try:
            line = arriving.get(timeout=min(LOOK, left))
        except queue.Empty:
            continue
        if line != GONE or not watch.linger or alone:
            return line
        alone = True
    return GONE


if __name__ == "__main__":
    keep(sys.stdin)
