"""Full collections of garbage while the user rests, so that no key waits for one.

By default Python looks at all objects each time that enough were made. With a list of 100,000 secrets this takes 20 to
60 ms, in the middle of a key. Objects that stay are frozen (`freeze_all`): collections leave them alone until the user
rests for long, or until the lock.
"""

from __future__ import annotations

import gc

RARELY = 100
"""Collections of the middle generation after which Python makes a full one by itself, if the user never rests."""
DUE = 10
"""Collections of the middle generation after which a full one is due; Python's own number."""
SHORT_REST = 1.0
"""Seconds without input after which a full collection runs."""
LONG_REST = 30.0
"""Seconds without input after which frozen objects are looked at too, which takes a second with 100,000 secrets."""


class CollectionAtRest:
    """Whether and when full collections run. There is one for the process, `COLLECTION`."""

    def __init__(self) -> None:
        self._is_put_off = False
        self._has_frozen = False

    def put_off(self) -> None:
        """Leaves full collections to `collect` from now on. Called once, when the program starts."""
        young, middle, _ = gc.get_threshold()
        gc.set_threshold(young, middle, RARELY)
        self._is_put_off = True

    def freeze_all(self) -> None:
        """Exempts all present objects from collections; what is garbage already, as far as it is young, goes before."""
        gc.collect(1)
        gc.freeze()
        self._has_frozen = True

    def collect(self, rest: float) -> None:
        """Runs the collection that is due, if any.

        Args:
            rest: seconds since the last input.
        """
        if not self._is_put_off or rest < SHORT_REST:
            return
        if rest >= LONG_REST and self._has_frozen:
            gc.unfreeze()
            gc.collect()
            gc.freeze()
            self._has_frozen = False
        elif gc.get_count()[2] >= DUE:
            gc.collect()


COLLECTION = CollectionAtRest()
