"""Threads that used keys end with the session, and their stacks go with them: remains of keys lie there.

glibc keeps the stack of a thread that ends until the next one ends, although it is told to keep none. So another thread
follows them, whose stack is of another size and takes the place of none of theirs.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from smtui.system.ambient import read_monotonic_clock

STACK = 16 * 1024 * 1024
PATIENCE, LOOK = 5.0, 0.002


def end_threads(executor: ThreadPoolExecutor) -> None:
    """Ends the threads once they have nothing more to do; waits for nothing."""
    numbers = [thread.native_id for thread in executor._threads]
    try:
        usual = threading.stack_size(STACK)
    except ValueError:  # a size that cannot be had here
        executor.shutdown(wait=False)
        return
    try:
        threading.Thread(target=_follow, args=(executor, numbers), daemon=True).start()
    finally:
        threading.stack_size(usual)


def _follow(executor: ThreadPoolExecutor, numbers: list[int | None]) -> None:
    executor.shutdown()
    end = read_monotonic_clock() + PATIENCE
    while any(Path(f"/proc/self/task/{number}").exists() for number in numbers):
        if read_monotonic_clock() > end:
            return
        time.sleep(LOOK)
