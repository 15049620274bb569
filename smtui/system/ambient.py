"""Clock, ids and randomness: the only module that reads them from the system.

Other modules receive an `Ambient`, so that a test can replace each source. A lint rule bans the system's functions in
other modules.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime

from smtui.api.record import record

Clock = Callable[[], datetime]


def read_system_clock() -> datetime:
    """Returns the current time as an aware UTC datetime."""
    return datetime.now(UTC)


def read_monotonic_clock() -> float:
    """Returns seconds on a clock that cannot be set. With CLOCK_BOOTTIME it includes the time in suspend."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


def _draw_below(bound: int) -> int:
    import secrets  # it imports random and hmac, which most commands do not need

    return secrets.randbelow(bound)


@record
class Ambient:
    """The sources of time and randomness.

    Args:
        clock: returns the wall time as an aware datetime.
        monotonic: returns seconds that never decrease.
        random_bytes: returns the given number of bytes; by default from the system's cryptographic generator.
        randbelow: returns a number from 0 to n - 1; by default from the system's cryptographic generator.
    """

    clock: Clock = read_system_clock
    monotonic: Callable[[], float] = read_monotonic_clock
    random_bytes: Callable[[int], bytes] = os.urandom
    randbelow: Callable[[int], int] = _draw_below

    @classmethod
    def with_clock(cls, clock: Clock | None) -> Ambient:
        """Creates an `Ambient` with the system's sources. With a `clock`, both times come from that clock."""
        return cls() if clock is None else cls(clock=clock, monotonic=lambda: clock().timestamp())

    def now(self) -> datetime:
        """Returns the current time in UTC, truncated to milliseconds."""
        moment = self.clock().astimezone(UTC)
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)

    def create_uuid(self) -> str:
        """Returns a random UUID (version 4) in lower case with hyphens."""
        drawn = bytearray(self.random_bytes(16))
        drawn[6] = drawn[6] & 0x0F | 0x40  # the version
        drawn[8] = drawn[8] & 0x3F | 0x80  # the variant of RFC 9562
        text = drawn.hex()
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

    def pick_characters(self, alphabet: str, length: int) -> str:
        """Returns `length` independent characters, each uniformly distributed over `alphabet`."""
        return "".join(alphabet[self.randbelow(len(alphabet))] for _ in range(length))
