"""How tests wait: for a state that can be looked at, never for a time that should be enough.

A limit is there only so that a test which hangs fails in the end. It is minutes, since the machine may be busy.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import current_thread, enumerate, get_native_id

LIMIT = 300.0
"""Seconds after which something that never comes is given up."""
PROC = Path("/proc")
HAS_PROC = (PROC / "self" / "task").is_dir()
ASLEEP = frozenset("StTZXI")
"""States of a thread that neither runs nor waits for a processor or a disk (proc_pid_stat(5))."""
THREAD_CLOCK = 6
"""With a thread's id, the number of its clock on Linux (clock_gettime(2), CPUCLOCK_PERTHREAD_MASK | CPUCLOCK_SCHED)."""
LOOKS = 4
BETWEEN_LOOKS = 0.03


def wait_until(is_true: Callable[[], object], what: str) -> None:
    """Waits until another process has brought something about.

    Raises:
        AssertionError: after LIMIT seconds.
    """
    end = time.monotonic() + LIMIT
    while not is_true():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.01)


def list_process_tree(pid: int) -> Iterator[int]:
    """The process ids of `pid` and everything it started; empty where the system does not tell."""
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
    """Whether no thread of this process, nor of those it started, runs or waits for a processor."""
    return all(_state(task) in ASLEEP for each in list_process_tree(pid) for task in _list_tasks(str(each)))


def wait_until_asleep(pid: int, has_news: Callable[[], bool]) -> None:
    """Waits until a program waits for input: it sleeps at several looks in a row, and `has_news` of it never says yes.

    On a busy machine a program that was given no processor for a while looks idle by its output, but its state is
    "runnable". Where the system does not tell states, quiet output has to do.
    """
    looks, end = 0, time.monotonic() + LIMIT
    while looks < LOOKS and time.monotonic() < end:
        looks = looks + 1 if is_asleep(pid) and not has_news() else 0
        time.sleep(BETWEEN_LOOKS)


async def wait_for_idle(min_sleep: float = 0, max_sleep: float = 2) -> None:
    """Waits until this program has handled everything: its event loop has nothing to run, its other threads sleep.

    Takes the place of Textual's function of this name, which calls a program idle that uses little of the processor:
    so is every program on a busy machine. A thread that works longer than `max_sleep` seconds is left to itself.
    """
    loop, end, before = asyncio.get_running_loop(), time.monotonic() + max_sleep, -1.0
    await asyncio.sleep(min_sleep)
    while time.monotonic() < end:
        await asyncio.sleep(0.01)
        used = _seconds_used_by_others()
        if used == before and _others_are_asleep() and not loop._ready:  # type: ignore[attr-defined]
            return
        before = used


def _list_tasks(pid: str) -> list[Path]:
    try:
        return list((PROC / pid / "task").iterdir())
    except OSError:
        return []


def _state(task: Path) -> str:
    try:
        return (task / "stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "X"


def _others_are_asleep() -> bool:
    own = str(get_native_id())
    return all(_state(task) in ASLEEP for task in _list_tasks("self") if task.name != own)


def _seconds_used_by_others() -> float:
    """Processor time of the other threads, so that one that waits for this one to let go of the interpreter is seen."""
    used = 0.0
    for thread in enumerate():
        if thread is not current_thread() and thread.native_id is not None:
            with suppress(OSError):
                used += time.clock_gettime(~thread.native_id << 3 | THREAD_CLOCK)
    return used
