"""Processes that a function started and that left its group: they are known by the environment they were born with.

Only Linux lets one look. One that has put off that environment as well is not found.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

MOST_ROUNDS = 20


def end(mark: str) -> None:
    """Ends every process whose environment holds `mark`, which is `NAME=value`; again, until there are none."""
    for _ in range(MOST_ROUNDS):
        if not sum(_ended(process, mark.encode()) for process in _processes()):
            return


def _processes() -> Iterator[int]:
    if sys.platform == "linux":
        with suppress(OSError):
            yield from (int(name) for name in os.listdir("/proc") if name.isdecimal())  # noqa: PTH208


def _ended(process: int, mark: bytes) -> bool:
    """Held first and looked at then, so that no other process of the same number is meant."""
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
