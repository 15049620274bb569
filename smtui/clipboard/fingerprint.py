"""Fingerprints: recognize a copied value on the clipboard without keeping the value."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from enum import Enum

from smtui.clipboard.backends import ClipboardBackend, ClipboardBackendError, ClipboardUnresponsiveError
from smtui.system.ambient import Ambient


@dataclass(frozen=True)
class Fingerprint:
    """An HMAC-SHA-256 of the value under a random key."""

    key: bytes
    digest: bytes

    @classmethod
    def make(cls, data: bytes) -> Fingerprint:
        """The fingerprint of `data` under a new key."""
        key = Ambient().random_bytes(32)
        return cls(key, hmac.digest(key, data, "sha256"))

    def matches(self, data: bytes) -> bool:
        """Whether this is the fingerprint of `data`, compared in constant time."""
        return hmac.compare_digest(hmac.digest(self.key, data, "sha256"), self.digest)


class Clearing(Enum):
    """The outcome of clearing a copy."""

    GONE = "the clipboard no longer held it"
    CLEARED = "the clipboard held it and is cleared"
    REQUESTED = "the terminal was asked to clear it, and does not answer"
    FAILED = "the clipboard may still hold it"


def clear_if_unchanged(backend: ClipboardBackend, fingerprint: Fingerprint) -> Clearing:
    """Clears the clipboard if it still holds the copy; any other content stays."""
    try:
        held = backend.read()
        if held is None:
            backend.clear()
            return Clearing.REQUESTED
        if not fingerprint.matches(held):
            return Clearing.GONE
        backend.clear()
    except ClipboardUnresponsiveError:
        return Clearing.FAILED
    except ClipboardBackendError:  # a tool's answer if the clipboard is empty
        return Clearing.GONE
    return Clearing.FAILED if _may_hold(backend, fingerprint) else Clearing.CLEARED


def _may_hold(backend: ClipboardBackend, fingerprint: Fingerprint) -> bool:
    """Whether the clipboard holds the copy, or cannot be read."""
    try:
        held = backend.read()
    except ClipboardUnresponsiveError:
        return True
    except ClipboardBackendError:
        return False
    return held is None or fingerprint.matches(held)
