"""A limit on the steps that one policy analysis may take."""

from __future__ import annotations


class BudgetExceededError(Exception):
    """The analysis needs more steps than its budget."""


class Budget:
    """The steps that are left; one step takes about a microsecond."""

    def __init__(self, steps: int) -> None:
        self._left = steps

    def spend(self, steps: int = 1) -> None:
        """Subtracts steps.

        Raises:
            BudgetExceededError: fewer steps are left.
        """
        self._left -= steps
        if self._left < 0:
            raise BudgetExceededError
