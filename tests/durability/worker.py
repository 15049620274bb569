"""Worker processes that acknowledge each act, and can be killed.

A fork server that has imported everything starts them, so that starting one is cheap.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path

from smtui.engine import values
from smtui.vault import kdf
from tests.durability.work import KINDS
from tests.vault.conftest import CHEAP

PRELOADED = ["tests.durability.worker", "smtui.backends.opening", "smtui.cli.main", "smtui.cli.commands.import_files"]


def context() -> ForkServerContext:
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(PRELOADED)
    return found


def begin() -> None:
    """Starts the fork server; this is not possible while an app holds the standard streams."""
    context()
    forkserver.ensure_running()


class Worker:
    """A running process. `said` is the last act that it acknowledged."""

    def __init__(self, process: BaseProcess, line: Connection) -> None:
        self.process = process
        self._line = line
        self.said = 0

    def hear(self, seconds: float) -> bool:
        """Waits up to `seconds` for the next acknowledgement.

        Returns:
            False if there is none or the process has ended.
        """
        try:
            if not self._line.poll(seconds):
                return False
            self.said = self._line.recv()
        except (EOFError, OSError):
            return False
        return True

    def listen(self, seconds: float) -> None:
        """Receives all acknowledgements within `seconds`."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0 and self.hear(left):
            pass

    def kill(self) -> int:
        """Kills the process like `kill -9`, and returns the last act that it acknowledged."""
        self.process.kill()
        self.process.join()
        while self.hear(0):
            pass
        return self.said


@contextmanager
def started(task: Callable[..., None], *arguments: object) -> Iterator[Worker]:
    """Runs `task` with a connection and `arguments` in a new process, and kills it at the end of the context."""
    ours, theirs = context().Pipe(duplex=False)
    process = context().Process(target=task, args=(theirs, *arguments))
    process.start()
    theirs.close()
    try:
        yield Worker(process, ours)
    finally:
        process.kill()
        process.join()
        ours.close()


def cheaply() -> None:
    """Sets a cheap key derivation, no settings and no quota of versions, as every worker process needs."""
    kdf.PROFILES.update(CHEAP)
    values.MAX_YOUNG_VERSIONS = 1_000_000
    os.environ["SMTUI_CONFIG"] = "/nowhere/config.toml"


def works(line: Connection, kind: str, folder: Path) -> None:
    """Does this kind of work until the process is killed."""
    cheaply()
    work = KINDS[kind](folder)
    work.begin()
    line.send(0)
    for number in count(1):
        work.act(number)
        line.send(number)
