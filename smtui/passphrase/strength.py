"""Estimates the strength of a passphrase and the time to guess it.

The estimate is the smaller of those of zxcvbn and `smtui.passphrase.phrases`. It runs in a separate process, because
the estimators split the passphrase into many strings, which disappear from memory when that process ends. The process
reads the passphrase from a pipe and writes one number.

The times are for Argon2id with 64 MiB and 3 passes, at 1,667 guesses per second on one graphics card.
"""

from __future__ import annotations

import math
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass

from smtui.system.subprocesses import run_module, start_module

GUESSES_A_SECOND = 1667
MAX_CHARACTERS = 72
"""How many characters of a passphrase are estimated; the rest is ignored."""
MANY = "--many"
TIMEOUT_SECONDS = 5.0


@dataclass(frozen=True)
class StrengthLevel:
    """A strength level that begins at `bits`.

    Args:
        bits: log2 of the number of guesses.
        like: an example of a passphrase of this strength.
        one: the average time to guess it with one graphics card.
        thousand: the average time to guess it with a thousand graphics cards.
    """

    bits: float
    like: str
    one: str
    thousand: str


LEVELS = (
    StrengthLevel(0, "one of the first passphrases an attacker tries", "hours at most", "seconds"),
    StrengthLevel(30, "a phrase from a long list, altered by rules", "3.5 days", "5 minutes"),
    StrengthLevel(38, "8 random lower-case letters", "2 years", "17 hours"),
    StrengthLevel(51.5, "4 random words", "35,000 years", "35 years"),
    StrengthLevel(77, "6 random words", "2 trillion years", "2 billion years"),
)
WEAK_BELOW = 51.5


@dataclass(frozen=True)
class Strength:
    """The strength of a passphrase; `bits` is log2 of the number of guesses."""

    bits: float

    @property
    def level(self) -> StrengthLevel:
        """The highest level that the passphrase reaches."""
        return next(row for row in reversed(LEVELS) if self.bits >= row.bits)

    @property
    def is_weak(self) -> bool:
        """Whether the passphrase has fewer than WEAK_BELOW bits."""
        return self.bits < WEAK_BELOW

    @property
    def sentence(self) -> str:
        """A description of the strength, with the times to guess the passphrase."""
        return (
            f"About {self.bits:.0f} bits, like {self.level.like}. "
            f"One graphics card: {self.level.one}. A thousand: {self.level.thousand}."
        )


def estimate_strength(typed: bytes | bytearray | memoryview) -> Strength | None:
    """Estimates the strength of a passphrase in UTF-8. Returns None if it is empty or the estimate fails."""
    if not typed:
        return None
    try:
        return Strength(float(run_module("smtui.passphrase.strength", typed, seconds=TIMEOUT_SECONDS)))
    except (OSError, subprocess.SubprocessError, ValueError):
        return None


class Estimator:
    """Estimates texts one after the other in one child process, which runs until `close`."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def estimate_bits(self, text: str) -> float:
        """Returns log2 of the number of guesses; infinity if the estimate fails, after which another process begins.
        """
        data = text[:MAX_CHARACTERS].encode("utf-8", "replace")
        try:
            process = self._process = self._process or start_module(
                "smtui.passphrase.strength", MANY, stdout=subprocess.PIPE,
            )
            assert process.stdin is not None and process.stdout is not None
            process.stdin.write(len(data).to_bytes(4, "big") + data)
            process.stdin.flush()
            return float(process.stdout.readline())
        except (OSError, ValueError):
            self._kill()
            return math.inf

    def _kill(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            with suppress(OSError, ValueError):
                process.communicate()

    def close(self) -> None:
        """Ends the child process."""
        if self._process is not None:
            self._process.communicate()
            self._process = None


def _run_worker() -> None:
    """The main function of the child process: estimates the text on standard input.

    With `--many` it estimates several texts, each after its length as 4 bytes in big-endian order.
    """
    pipe = sys.stdin.buffer
    if MANY not in sys.argv:
        print(_estimate_bits(pipe.read()))
        return
    while length := pipe.read(4):
        print(_estimate_bits(pipe.read(int.from_bytes(length, "big"))), flush=True)


def _estimate_bits(data: bytes) -> float:
    """Returns log2 of the number of guesses. It ignores characters after MAX_CHARACTERS to save time."""
    from zxcvbn import zxcvbn  # type: ignore[import-untyped]

    from smtui.passphrase.phrases import estimate_phrase_bits

    text = data.decode("utf-8", "replace")[:MAX_CHARACTERS]
    words = " ".join(text.split())
    if not words:
        return 0.0
    bits = estimate_phrase_bits(text)
    with suppress(ValueError, OverflowError):  # a text that zxcvbn cannot parse ends neither the process nor the check
        bits = min(bits, math.log2(zxcvbn(words)["guesses"]))
    return bits


if __name__ == "__main__":
    _run_worker()
