"""Completion with Tab as in a shell: first the common prefix of all candidates, then one candidate after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from os.path import commonprefix


class TabCompletion:
    """Finds what Tab inserts.

    Args:
        list_candidates: lists the texts that complete a text.
    """

    def __init__(self, list_candidates: Callable[[str], Sequence[str]]) -> None:
        self._list_candidates = list_candidates
        self._offered: Sequence[str] = ()

    def reset(self) -> None:
        """Forgets the candidates, because another key was pressed."""
        self._offered = ()

    def find_next(self, typed: str) -> str | None:
        """Finds the text that Tab inserts; None if there is nothing left to complete."""
        if typed in self._offered:
            left = self._offered[self._offered.index(typed) + 1 :]
            return left[0] if left else None
        candidates = self._list_candidates(typed)
        common = commonprefix(candidates)  # noqa: RUF071  # completes characters, not whole path components
        if len(common) > len(typed) and common.startswith(typed):
            return common
        self._offered = candidates if len(candidates) > 1 else ()
        return next((each for each in candidates if each != typed), None)
