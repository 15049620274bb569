"""Lets a thread that parses a large file be interrupted. The parsers call `check_interruption` in their loops."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

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
