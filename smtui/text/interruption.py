"""Lets a thread that parses a large file be interrupted. The parsers call `check_interruption` in their loops.

A call into a library that lasts, such as a key derivation, has no loop of ours: `run_interruptible` leaves it behind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Event, Lock, Thread
from typing import TypeVar

R = TypeVar("R")
INTERVAL = 0.05
"""Seconds between two checks while a call is waited for."""
CALLS_PER_CHECK = 500
"""Calls between two checks: a few milliseconds of parsing."""


class _Counter:
    """Calls `check` after every `CALLS_PER_CHECK` calls."""

    def __init__(self, check: Callable[[], object]) -> None:
        self._check = check
        self._calls = 0

    def count(self, calls: int) -> None:
        self._calls += calls
        if self._calls >= CALLS_PER_CHECK:
            self._calls = 0
            self._check()


_counter: ContextVar[_Counter | None] = ContextVar("what interrupts the parsing", default=None)


@contextmanager
def interrupt_with(check: Callable[[], object]) -> Iterator[None]:
    """Calls `check` now and then while the block parses. An exception of `check` ends the parsing."""
    token = _counter.set(_Counter(check))
    try:
        yield
    finally:
        _counter.reset(token)


def check_interruption(calls: int = 1) -> None:
    """Raises what the `check` of `interrupt_with` raises.

    Args:
        calls: how much was parsed since the last call: 1 for an entry, `CALLS_PER_CHECK` for a look at a whole file.
    """
    counter = _counter.get()
    if counter is not None:
        counter.count(calls)


class _LeftCall:
    """A call in a thread of its own, which ends without it if nobody waits for its result."""

    _one_at_a_time = Lock()
    """Calls that were left run to their end. The next one waits for it, so that their memory does not add up."""

    def __init__(self, function: Callable[[], object]) -> None:
        self.is_left = False
        self.ended = Event()
        self.result: object = None
        self.error: BaseException | None = None
        self._function = function

    def run(self) -> None:
        try:
            with self._one_at_a_time:
                self.result = None if self.is_left else self._function()
        except BaseException as error:
            self.error = error
        finally:
            self.ended.set()


def run_interruptible(function: Callable[[], R]) -> R:
    """Calls a function that lasts and checks nothing, in a thread. An interruption leaves the thread to itself.

    Raises:
        Exception: what `function` raises, or the `check` of `interrupt_with`.
    """
    call = _LeftCall(function)
    Thread(target=call.run, daemon=True, name="smtui-left-call").start()
    try:
        while not call.ended.wait(INTERVAL):
            check_interruption(CALLS_PER_CHECK)
    except BaseException:
        call.is_left = True
        raise
    if call.error is not None:
        raise call.error
    return call.result  # type: ignore[return-value]
