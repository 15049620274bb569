"""`UniqueNames`: makes names unique by adding numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable


class UniqueNames:
    """Adds a number to a name that is taken: `name-2`, `name-3`.

    Args:
        taken: names that are taken from the beginning.
        reserved: names that are not made by adding a number, because they are going to be asked for.
    """

    def __init__(self, taken: Iterable[str] = (), reserved: Iterable[str] = ()) -> None:
        self._taken = {*taken}
        self._reserved = {*reserved}
        self._numbers: Counter[str] = Counter()

    def choose(self, name: str) -> str:
        """The name, with a number if it is taken. What is returned is taken from then on."""
        chosen = name
        while chosen in self._taken or (chosen != name and chosen in self._reserved):
            self._numbers[name] = max(self._numbers[name], 1) + 1
            chosen = f"{name}-{self._numbers[name]}"
        self._taken.add(chosen)
        return chosen
