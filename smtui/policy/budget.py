"""How much thinking a question may cost before it is given up."""

from __future__ import annotations


class BudgetExceededError(Exception):
    """The question has cost what it may."""


class Work:
    """What is left, in steps of about a microsecond."""

    def __init__(self, steps: int) -> None:
        self._left = steps

    def spend(self, steps: int = 1) -> None:
        """Raises BudgetExceededError."""
        self._left -= steps
        if self._left < 0:
            raise BudgetExceededError
