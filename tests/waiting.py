"""Functions that wait for an observable state instead of a fixed time.

The limits only end tests that hang. They are minutes long, because the machine may be busy.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import current_thread, enumerate, get_native_id

LIMIT = 300.0
"""Seconds after which a test stops waiting and fails."""
PROC = Path("/proc")
HAS_PROC = (PROC / "self" / "task").is_dir()
ASLEEP = frozenset("StTZXI")
"""States of a thread that neither runs nor waits for a processor or a disk (proc_pid_stat(5))."""
THREAD_CLOCK = 6
"""Combined with a thread's id, the number of its clock on Linux.

See clock_gettime(2): CPUCLOCK_PERTHREAD_MASK | CPUCLOCK_SCHED.
"""
LOOKS = 4
BETWEEN_LOOKS = 0.03


def wait_until(is_true: Callable[[], object], what: str) -> None:
    """Waits until `is_true` returns a true value.

    Raises:
        AssertionError: `is_true` returned no true value within LIMIT seconds.
    """
    end = time.monotonic() + LIMIT
    while not is_true():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.01)


def list_process_tree(pid: int) -> Iterator[int]:
    """Yields the process ids of `pid` and of all its descendants; nothing on systems without /proc."""
    if not (PROC / str(pid)).is_dir():
        return
    yield pid
    for task in _list_tasks(str(pid)):
        try:
            children = (task / "children").read_text().split()
        except OSError:
            continue
        for child in children:
            yield from list_process_tree(int(child))


def is_asleep(pid: int) -> bool:
    """Returns whether all threads of this process and of its descendants sleep."""
    return all(_state(str(task)) in ASLEEP for each in list_process_tree(pid) for task in _list_tasks(str(each)))


def wait_until_asleep(pid: int, has_news: Callable[[], bool]) -> None:
    """Waits until a program waits for input: it sleeps in several checks in a row and `has_news` returns False in each.

    On a busy machine, a program without processor time produces no output, but the state of its threads is "runnable".
    On systems without /proc, only `has_news` counts.
    """
    looks, end = 0, time.monotonic() + LIMIT
    while looks < LOOKS and time.monotonic() < end:
        looks = looks + 1 if is_asleep(pid) and not has_news() else 0
        time.sleep(BETWEEN_LOOKS)


async def wait_for_idle(min_sleep: float = 0, max_sleep: float = 10) -> None:
    """Waits until the event loop has nothing to run and all other threads and all child processes sleep.

    Replaces Textual's function of the same name, which considers a program idle that uses little processor time. On a
    busy machine, every program does.

    Args:
        min_sleep: Seconds to wait before the first check.
        max_sleep: Seconds after which the function returns in any case.
    """
    end, before = time.monotonic() + max_sleep, -1.0
    await asyncio.sleep(min_sleep)
    while time.monotonic() < end:
        await asyncio.sleep(0.01)
        used = _seconds_used_by_others()
        if used == before and is_idle() and _children_are_asleep():
            return
        before = used


def is_idle() -> bool:
    """Returns whether the event loop has nothing to run and all other threads sleep at this moment."""
    loop = asyncio.get_running_loop()
    return HAS_PROC and not loop._ready and _others_are_asleep()  # type: ignore[attr-defined]


def _list_tasks(pid: str) -> list[Path]:
    try:
        return list((PROC / pid / "task").iterdir())
    except OSError:
        return []


def _state(task: str) -> str:
    """Returns the state of a thread. A screen test asks for it hundreds of times, so this reads without buffers."""
    try:
        with open(f"{task}/stat", "rb", buffering=0) as file:  # noqa: PTH123
            return file.read(512).rpartition(b")")[2].split()[0].decode()
    except OSError:
        return "X"


def _others_are_asleep() -> bool:
    own, tasks = str(get_native_id()), "/proc/self/task"
    return all(_state(f"{tasks}/{task}") in ASLEEP for task in os.listdir(tasks) if task != own)  # noqa: PTH208


def _children_are_asleep() -> bool:
    own = os.getpid()
    return all(_state(f"/proc/{child}") in ASLEEP for child in list_process_tree(own) if child != own)


def _seconds_used_by_others() -> float:
    """Returns the processor time of all other threads.

    This detects threads that wait for the global interpreter lock, whose state is "asleep".
    """
    used = 0.0
    for thread in enumerate():
        if thread is not current_thread() and thread.native_id is not None:
            with suppress(OSError):
                used += time.clock_gettime(~thread.native_id << 3 | THREAD_CLOCK)
    return used
