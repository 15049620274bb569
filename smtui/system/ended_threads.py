"""Ends threads that used keys and frees their stacks, which contain remains of keys.

glibc caches the stack of an ended thread until the next thread ends, even if its cache size is 0. Therefore one more
thread ends after them. Its stack has another size, so it does not reuse one of theirs.
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
    """Ends the threads of `executor` once their calls are done. Returns without waiting."""
    numbers = [thread.native_id for thread in executor._threads]
    try:
        usual = threading.stack_size(STACK)
    except ValueError:  # this system does not support the size
        executor.shutdown(wait=False)
        return
    try:
        threading.Thread(target=_wait_for_threads, args=(executor, numbers), daemon=True).start()
    finally:
        threading.stack_size(usual)


def _wait_for_threads(executor: ThreadPoolExecutor, numbers: list[int | None]) -> None:
    """Waits for the calls of `executor`, then up to `PATIENCE` seconds for the end of its threads, and ends last."""
    executor.shutdown()
    end = read_monotonic_clock() + PATIENCE
    while any(Path(f"/proc/self/task/{number}").exists() for number in numbers):
        if read_monotonic_clock() > end:
            return
        time.sleep(LOOK)
