"""Clock, ids and randomness: the only module that reads them from the system.

Other modules get an `Ambient`, so that a test can set each source. A lint rule bans the system's functions elsewhere.
"""

from __future__ import annotations

import os
import secrets
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def read_system_clock() -> datetime:
    """The current time as an aware UTC datetime."""
    return datetime.now(UTC)


def read_monotonic_clock() -> float:
    """Seconds on a clock that nobody can set. Where the system can tell, it also counts time in suspend."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


@dataclass(frozen=True, slots=True)
class Ambient:
    """The sources of time and randomness.

    `clock` gives wall time. `monotonic` gives seconds that never decrease. `random_bytes(n)` gives n bytes and
    `randbelow(n)` a number from 0 to n - 1, both from the system's cryptographic generator.
    """

    clock: Clock = read_system_clock
    monotonic: Callable[[], float] = read_monotonic_clock
    random_bytes: Callable[[int], bytes] = os.urandom
    randbelow: Callable[[int], int] = secrets.randbelow

    @classmethod
    def with_clock(cls, clock: Clock | None) -> Ambient:
        """The system's sources; with a `clock`, that clock and seconds that follow it."""
        return cls() if clock is None else cls(clock=clock, monotonic=lambda: clock().timestamp())

    def now(self) -> datetime:
        """The current time in UTC, truncated to milliseconds as the service returns it."""
        moment = self.clock().astimezone(UTC)
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)

    def create_uuid(self) -> str:
        """A random UUID (version 4) in lower case with hyphens."""
        return str(uuid.UUID(bytes=self.random_bytes(16), version=4))

    def pick_characters(self, alphabet: str, length: int) -> str:
        """`length` characters, each uniformly distributed over `alphabet` and independent of the others."""
        return "".join(alphabet[self.randbelow(len(alphabet))] for _ in range(length))
