"""Limits and counts the calls to AWS, so that programs that share the account's quota are not throttled by smtui."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable
from threading import Lock

from smtui.api.context import CALLS_PER_SECOND, DOLLARS_PER_CALL

BILLED = "secrets-manager"
"""botocore's name of the service whose calls cost money."""


class RateLimit:
    """Lets at most `per_second` calls begin within any second; further calls wait in the thread that makes them.

    Args:
        per_second: the number of calls.
        monotonic: returns seconds that never decrease.
        sleep: waits for a number of seconds.
    """

    def __init__(
        self, monotonic: Callable[[], float], per_second: int = CALLS_PER_SECOND,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._monotonic = monotonic
        self._sleep = sleep
        self._starts: deque[float] = deque(maxlen=per_second)
        self._lock = Lock()

    def wait(self) -> None:
        """Returns when the next call may begin."""
        delay = self._reserve()
        if delay > 0:
            self._sleep(delay)

    def _reserve(self) -> float:
        """Reserves the next start, and returns the seconds until then."""
        with self._lock:
            now = self._monotonic()
            is_full = len(self._starts) == self._starts.maxlen
            start = max(now, self._starts[0] + 1) if is_full else now
            self._starts.append(start)
            return start - now


class CallMeter:
    """Counts requests by service and operation, each attempt of a repeated call included."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()
        self._lock = Lock()

    def record(self, service: str, operation: str) -> None:
        with self._lock:
            self._counts[service, operation] += 1

    @property
    def counts(self) -> dict[str, int]:
        """The number of requests by operation."""
        counts: Counter[str] = Counter()
        with self._lock:
            for (_, operation), number in self._counts.items():
                counts[operation] += number
        return dict(counts)

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def price(self) -> float:
        """The cost of all requests in dollars."""
        with self._lock:
            return DOLLARS_PER_CALL * sum(number for (service, _), number in self._counts.items() if service == BILLED)
