"""A real program in tmux, which sends the keys and captures the screen."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

from tests.prepared_vault import PYTHONPATH
from tests.waiting import BETWEEN_LOOKS, LIMIT, wait_until_asleep

ENDED = "ended with"
_numbers = count()


class Tmux:
    """Runs `smtui` in its own tmux server, without the user's settings and buffers; `close` ends the server.

    It derives keys at the lowest cost, unless `environ` has another PYTHONPATH.
    """

    def __init__(self, *arguments: str, home: Path, size: tuple[int, int] = (80, 24), **environ: str) -> None:
        self._socket = f"smtui-test-{os.getpid()}-{next(_numbers)}"
        columns, rows = size
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
        self._environ = {"LC_ALL": "C.UTF-8", **kept, "HOME": str(home), "TERM": "xterm-256color",
                         "PYTHONPATH": PYTHONPATH, **environ, "TEXTUAL_ANIMATIONS": "none",
                         "SMTUI_CONFIG": str(home / "config.toml")}  # fmt: skip
        # The window stays open after the program's end, so that the screen and the exit code can be read.
        command = f"{shlex.join([sys.executable, '-m', 'smtui', *arguments])}; echo {ENDED} $?; exec cat"
        self.ask("new-session", "-d", "-x", str(columns), "-y", str(rows), "-c", str(home), command)

    def ask(self, *words: str) -> str:
        done = subprocess.run(["tmux", "-L", self._socket, "-f", os.devnull, *words], env=self._environ, text=True,
                              capture_output=True, timeout=LIMIT, check=False)
        return done.stdout

    @property
    def text(self) -> str:
        return self.ask("capture-pane", "-p")

    def press(self, *keys: str) -> None:
        """Sends keys with tmux's names (`Enter`, `Escape`, `C-l`); sends any other text literally."""
        for key in keys:
            named = key in NAMED or (len(key) == 3 and key.startswith("C-"))
            self.ask("send-keys", *([] if named else ["-l"]), key)
            self._until_quiet()

    def see(self, *words: str) -> str:
        return self._until(lambda: all(word in self.text for word in words), f"to see {words}")

    def see_no(self, word: str) -> str:
        return self._until(lambda: word not in self.text, f"to see {word!r} no more")

    def resize(self, columns: int, rows: int) -> None:
        self.ask("resize-window", "-x", str(columns), "-y", str(rows))

    def wait_for_end(self) -> int:
        """Waits for the program's end, and returns its exit code."""
        return int(self.see(ENDED).split(ENDED)[1].split()[0])

    def close(self) -> None:
        self.ask("kill-server")

    def _look(self) -> str:
        """Returns the screen with its colours, because only colours show the focus."""
        return self.ask("capture-pane", "-p", "-e")

    def _until_quiet(self) -> None:
        """Waits until the program waits for input and the screen no longer changes."""
        looks = [""]

        def moves() -> bool:
            looks.append(self._look())
            return looks[-1] != looks[-2]

        wait_until_asleep(int(self.ask("display-message", "-p", "#{pane_pid}")), moves)

    def _until(self, true: Callable[[], object], what: str) -> str:
        deadline = time.monotonic() + LIMIT
        while not true():
            if time.monotonic() > deadline:
                raise AssertionError(f"waited in vain {what}; the screen was:\n{self.text}")
            time.sleep(BETWEEN_LOOKS)
        return self.text


NAMED = frozenset({"Enter", "Escape", "Tab", "BTab", "Space", "Up", "Down", "Left", "Right", "Home", "End", "PageDown",
                   "PageUp", "BSpace", "F1", "F8", "F10"})  # fmt: skip
