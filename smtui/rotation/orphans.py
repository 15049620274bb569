"""Kills processes that a rotation function started and that left its process group.

They are found by their initial environment, which only Linux shows. One that has replaced its environment is not found.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

MAX_ROUNDS = 20


def kill(mark: str) -> None:
    """Kills every process with `mark` (`NAME=value`) in its environment, repeatedly until there is none."""
    for _ in range(MAX_ROUNDS):
        if not sum(_kill_if_marked(process, mark.encode()) for process in _list_processes()):
            return


def _list_processes() -> Iterator[int]:
    if sys.platform == "linux":
        with suppress(OSError):
            yield from (int(name) for name in os.listdir("/proc") if name.isdecimal())  # noqa: PTH208


def _kill_if_marked(process: int, mark: bytes) -> bool:
    """Whether the process was killed. It is opened before it is checked, because its id may be reused."""
    try:
        held = os.pidfd_open(process)
    except OSError:
        return False
    try:
        if mark not in Path(f"/proc/{process}/environ").read_bytes().split(b"\0"):
            return False
        signal.pidfd_send_signal(held, signal.SIGKILL)
    except OSError:
        return False
    finally:
        os.close(held)
    return True
