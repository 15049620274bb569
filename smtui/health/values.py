"""Checks of values: how strong they are, and whether one occurs twice.

The checks do not keep values. They keep an HMAC of each value under a random key, and an estimate of its strength:
enough to find equal and weak values.
"""

from __future__ import annotations

import hmac
from collections import defaultdict
from collections.abc import Callable, Iterator

from smtui.health.finding import HealthFinding, Urgency
from smtui.passphrase.strength import Estimator
from smtui.system.ambient import Ambient
from smtui.text.json_object import read_members
from smtui.text.sanitize import SafeText, sanitize

Progress = Callable[[str, int, int], None]
"""Is called with a step in words, the number of items done, and their total number."""
SHORTEST = 4
"""The minimum length, in characters, of a value that is judged. Shorter ones are flags such as `true` or `no`."""
SECRETIVE = ("pass", "secret", "token", "key", "pwd", "credential")
"""Parts of the key of a JSON member whose value should be hard to guess."""


class Values:
    """Keeps a keyed hash (HMAC-SHA-256) and the estimated strength of each value. `close` clears them.

    Args:
        weak_bits: values with a lower estimate are weak. 38 bits are about eight random lower-case letters.
    """

    def __init__(self, weak_bits: int) -> None:
        self._weak_bits = weak_bits
        self._seal = Ambient().random_bytes(32)
        self._where: dict[bytes, list[tuple[str, SafeText, str]]] = defaultdict(list)
        self._bits: dict[bytes, float] = {}
        self._estimator = Estimator()

    def add(self, arn: str, name: SafeText, value: str | None) -> None:
        """Adds the parts of `value` that should be hard to guess. None, as for a binary value, adds nothing."""
        for key, piece in list_guessable_parts(value or ""):
            print_ = hmac.digest(self._seal, piece.encode("utf-8", "surrogatepass"), "sha256")
            if print_ not in self._bits:
                self._bits[print_] = self._estimator.estimate_bits(piece)
            self._where[print_].append((arn, name, key))

    def list_findings(self, progress: Progress) -> Iterator[HealthFinding]:
        """Yields a finding for each weak value and for each value that occurs more than once."""
        for done, (print_, places) in enumerate(self._where.items()):
            progress("comparing values", done, len(self._where))
            weak = self._bits[print_] < self._weak_bits
            by_secret: dict[tuple[str, SafeText], list[str]] = defaultdict(list)
            for arn, name, key in places:
                by_secret[arn, name].append(key)
            for (arn, name), keys in by_secret.items():
                what = _format_keys(keys)
                if weak:
                    words = sanitize(f"{what}about {self._bits[print_]:.0f} bits")
                    yield HealthFinding(Urgency.ALERT, "weak", name, arn, words)
                if same := _describe_repetition(keys, [other for _, other in by_secret if other != name]):
                    yield HealthFinding(Urgency.WARNING, "repeated", name, arn, sanitize(f"{what}{same}"))

    def close(self) -> None:
        """Clears the hashes and closes the estimator."""
        self._estimator.close()
        self._where.clear()
        self._bits.clear()


def _format_keys(keys: list[str]) -> str:
    """Returns the first keys of JSON members and a colon, for the start of a sentence; empty for a whole value."""
    words = ", ".join(key for key in keys[:2] if key)
    return f"{words}{f' and {len(keys) - 2:,} more' if len(keys) > 2 else ''}: " if words else ""


def _describe_repetition(keys: list[str], others: list[SafeText]) -> str:
    """Returns where else the value occurs: in other secrets, or under several keys of this one; empty if nowhere."""
    if others:
        return f"the same as in {others[0]}{f' and {len(others) - 1:,} more' if len(others) > 1 else ''}"
    return "the same value" if len(keys) > 1 else ""


def list_guessable_parts(value: str) -> Iterator[tuple[str, str]]:
    """Yields the parts of a value that should be hard to guess, each as (key, text).

    For a JSON object these are the text members with a matching key (`SECRETIVE`); otherwise the whole value, with an
    empty key. Texts shorter than `SHORTEST` are left out.
    """
    found = read_members(value)
    if not found and len(value) >= SHORTEST:
        yield "", value
    for member in found:
        if member.is_text and len(member.text) >= SHORTEST and any(word in member.key.lower() for word in SECRETIVE):
            yield member.key, member.text
