"""Tells a call that runs in a thread that nobody waits for its result any more.

What can end early, such as a request to AWS before its next attempt, asks `is_unwanted()`.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, local
from typing import TypeVar

Result = TypeVar("Result")
_thread = local()


def run_wanted(unwanted: Event, function: Callable[[], Result]) -> Result:
    """Runs `function` in this thread, and lets `is_unwanted()` tell meanwhile whether `unwanted` is set."""
    _thread.unwanted = unwanted
    try:
        return function()
    finally:
        _thread.unwanted = None


def is_unwanted() -> bool:
    """Whether nobody waits any more for what this thread does."""
    unwanted: Event | None = getattr(_thread, "unwanted", None)
    return unwanted is not None and unwanted.is_set()
