"""A value's fingerprint: enough to know it again on the clipboard, not enough to learn it."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from smtui.ambient import Ambient
from smtui.clipboard.ways import Way, WayFailed


@dataclass(frozen=True)
class Seal:
    """A digest under a key of its own."""

    key: bytes
    digest: bytes

    @classmethod
    def of(cls, data: bytes) -> Seal:
        key = Ambient().entropy(32)
        return cls(key, hmac.digest(key, data, "sha256"))

    def fits(self, data: bytes) -> bool:
        return hmac.compare_digest(hmac.digest(self.key, data, "sha256"), self.digest)


def clear_if_ours(way: Way, seal: Seal) -> bool:
    """Empties the clipboard where it still holds what was sealed; another's copy stays."""
    try:
        held = way.read()
        if held is None or not seal.fits(held):
            return False
        way.clear()
    except WayFailed:
        return False
    return True
