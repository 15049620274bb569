"""A real program in a real terminal multiplexer: typed into by tmux, and read back from its screen."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

import smtui
from tests.waiting import LIMIT, wait_until_asleep

ROOT = Path(smtui.__file__).parents[1]
ENDED = "ended with"
_numbers = count()


class Tmux:
    """A server of its own, so that nobody's settings or buffers are met; `end` takes it away."""

    def __init__(self, *arguments: str, home: Path, size: tuple[int, int] = (80, 24), **environ: str) -> None:
        self._socket = f"smtui-test-{os.getpid()}-{next(_numbers)}"
        columns, rows = size
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
        self._environ = {"LC_ALL": "C.UTF-8", **kept, "HOME": str(home), "TERM": "xterm-256color", **environ,
                         "PYTHONPATH": str(ROOT), "TEXTUAL_ANIMATIONS": "none",
                         "SMTUI_CONFIG": str(home / "config.toml")}  # fmt: skip
        # What the program left on the screen, and its exit code, can be read as long as the window is there.
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
        """Keys by tmux's names: `Enter`, `Escape`, `C-l`; anything else as its characters."""
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

    def ended(self) -> int:
        """Waits until the program has ended; its exit code."""
        return int(self.see(ENDED).split(ENDED)[1].split()[0])

    def close(self) -> None:
        self.ask("kill-server")

    def _look(self) -> str:
        """With its colours, for the focus shows in nothing else."""
        return self.ask("capture-pane", "-p", "-e")

    def _until_quiet(self) -> None:
        """Until a key has had its effect, if it has any, and nothing moves any more."""
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
        return self.text


NAMED = frozenset({"Enter", "Escape", "Tab", "BTab", "Space", "Up", "Down", "Left", "Right", "Home", "End", "PageDown",
                   "PageUp", "BSpace", "F1", "F8", "F10"})  # fmt: skip
