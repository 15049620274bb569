"""A value's fingerprint: enough to know it again on the clipboard, not enough to learn it."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from enum import Enum

from smtui.ambient import Ambient
from smtui.clipboard.ways import ClipboardBackendError, ClipboardUnresponsiveError, Way


@dataclass(frozen=True)
class Seal:
    """A digest under a key of its own."""

    key: bytes
    digest: bytes

    @classmethod
    def of(cls, data: bytes) -> Seal:
        key = Ambient().random_bytes(32)
        return cls(key, hmac.digest(key, data, "sha256"))

    def fits(self, data: bytes) -> bool:
        return hmac.compare_digest(hmac.digest(self.key, data, "sha256"), self.digest)


class Clearing(Enum):
    """What became of a copy that was to be cleared."""

    GONE = "it was not there any more, or something else was"
    CLEARED = "it was there, and is not any more"
    REQUESTED = "the terminal was asked to forget it, and does not answer"
    FAILED = "it may be there still"


def clear_if_ours(way: Way, seal: Seal) -> Clearing:
    """Empties the clipboard where it still holds what was sealed; another's copy stays."""
    try:
        held = way.read()
        if held is None:
            way.clear()
            return Clearing.REQUESTED
        if not seal.fits(held):
            return Clearing.GONE
        way.clear()
    except ClipboardUnresponsiveError:
        return Clearing.FAILED
    except ClipboardBackendError:  # a tool's answer where nothing is held
        return Clearing.GONE
    return Clearing.FAILED if _holds(way, seal) else Clearing.CLEARED


def _holds(way: Way, seal: Seal) -> bool:
    """Also where nobody can tell."""
    try:
        held = way.read()
    except ClipboardUnresponsiveError:
        return True
    except ClipboardBackendError:
        return False
    return held is None or seal.fits(held)
