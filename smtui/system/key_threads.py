"""Threads that use keys. Remains of keys lie on their stacks, which are freed when the threads end.

glibc keeps the stack of an ended thread until the next thread ends, even if its cache size is 0, and gives it to a new
thread that wants one of this size or a smaller one. Therefore these stacks are smaller than those of other threads and
larger than those of all pools that ended before, and one more thread ends after the threads of a pool.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import ParamSpec, TypeVar

from smtui.system.ambient import read_monotonic_clock

P = ParamSpec("P")
R = TypeVar("R")
SMALLEST, STEP, STEPS = 4 * 1024 * 1024, 16 * 1024, 256
"""Bytes of the first stack, by how many a later one is larger, and after how many ended pools this begins again."""
LARGEST = 16 * 1024 * 1024
"""Bytes of the stack of the thread that ends last."""
PATIENCE, LOOK = 5.0, 0.002
_ended_pools = 0


class KeyThreadPool(ThreadPoolExecutor):
    """A pool whose threads leave no remains of keys.

    Args:
        threads: how many there are at most.
        name: the beginning of their names.
    """

    def __init__(self, threads: int, name: str) -> None:
        super().__init__(threads, thread_name_prefix=name)

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Runs a function in a thread of the pool."""
        with _use_stack_size(SMALLEST + _ended_pools % STEPS * STEP):
            return super().submit(fn, *args, **kwargs)

    def end(self) -> None:
        """Ends the threads once their calls are done. Returns without waiting."""
        global _ended_pools
        _ended_pools += 1
        numbers = [thread.native_id for thread in self._threads]
        with _use_stack_size(LARGEST):
            threading.Thread(target=_wait_for_threads, args=(self, numbers), daemon=True).start()


@contextmanager
def _use_stack_size(size: int) -> Iterator[None]:
    """Threads that are started in the block have stacks of `size` bytes, if the system supports that."""
    try:
        usual = threading.stack_size(size)
    except ValueError:
        yield
        return
    try:
        yield
    finally:
        threading.stack_size(usual)


def _wait_for_threads(pool: ThreadPoolExecutor, numbers: list[int | None]) -> None:
    """Waits for the calls of `pool`, then up to `PATIENCE` seconds for the end of its threads, and ends last."""
    pool.shutdown()
    end = read_monotonic_clock() + PATIENCE
    while any(Path(f"/proc/self/task/{number}").exists() for number in numbers):
        if read_monotonic_clock() > end:
            return
        time.sleep(LOOK)
