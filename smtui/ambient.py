"""Clock, ids and entropy: the one door through which time and chance come in.

Everything else is handed an `Ambient`; a lint rule keeps other modules from asking the system.
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


def system_clock() -> datetime:
    """Now, as an aware UTC datetime."""
    return datetime.now(UTC)


def seconds_awake() -> float:
    """Seconds on a clock nobody can set, which also counts the time spent suspended where the system tells."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


@dataclass(frozen=True, slots=True)
class Ambient:
    """`clock` gives wall time; `steady` gives seconds that only move forward; the rest draws from the CSPRNG."""

    clock: Clock = system_clock
    steady: Callable[[], float] = seconds_awake
    entropy: Callable[[int], bytes] = os.urandom
    below: Callable[[int], int] = secrets.randbelow

    @classmethod
    def with_clock(cls, clock: Clock | None) -> Ambient:
        """The system's own, or, for a given clock, one whose steady seconds follow that clock."""
        return cls() if clock is None else cls(clock=clock, steady=lambda: clock().timestamp())

    def now(self) -> datetime:
        """Now, in UTC, cut to milliseconds as the service answers it."""
        moment = self.clock().astimezone(UTC)
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)

    def new_uuid(self) -> str:
        return str(uuid.UUID(bytes=self.entropy(16), version=4))

    def pick(self, alphabet: str, length: int) -> str:
        """`length` characters, each uniform over `alphabet` and independent of the others."""
        return "".join(alphabet[self.below(len(alphabet))] for _ in range(length))
