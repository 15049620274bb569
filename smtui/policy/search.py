"""The backtracking search for values with which some statements apply to a stranger and no Deny does.

The search assigns one key after the other, and only keys that still matter. It backtracks when a requirement of the
goal is not met or a Deny applies.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from smtui.policy import keys
from smtui.policy.budget import BudgetExceededError
from smtui.policy.candidate_values import ABSENT, CandidateValues, Value
from smtui.policy.decide import Identity, Request
from smtui.policy.evaluator import Evaluator, Requirement
from smtui.policy.fixed_values import PATHS
from smtui.policy.statements import Statement
from smtui.policy.strangers import UNSIGNED, describe_identity

MAX_KEYS = 400
"""Limit on the keys that the search assigns for one request."""
GOAL = -1
EXAMPLE_ADDRESS = "203.0.113.7"
Assignment = dict[str, Value]


class StrangerSearch:
    """The search for one identity and one action.

    Args:
        known: the candidate values of condition keys.
        goal: the statements that have to apply.
        denies: the statements that must not apply.
    """

    def __init__(
        self, evaluator: Evaluator, known: CandidateValues, goal: Sequence[Statement], denies: Sequence[Statement],
        identity: Identity, action: str,
    ) -> None:
        self.evaluator = evaluator
        self.known = known
        self.goal = [part for each in goal for part in evaluator.list_requirements(each)]
        self.denies = [evaluator.list_requirements(each) for each in denies]
        self.identity = identity
        self.action = action

    def find_requests(self) -> Iterator[Request]:
        """Yields requests that the goal allows and no Deny refuses, whatever the source address."""
        for origin in self._list_origins():
            yield from _Branch(self, {**self._list_fixed_values(), **origin}).find_requests(0, {}, frozenset())

    def _list_fixed_values(self) -> Assignment:
        """Returns the values that follow from the identity and the secret."""
        fixed = describe_identity(self.identity, self.evaluator.resource)
        if self.identity == UNSIGNED:
            fixed |= {key: ABSENT for key in self.known.order
                      if key in keys.SIGNED or key.startswith(keys.PRINCIPAL_TAG)}
        return fixed

    def _list_origins(self) -> Iterator[Assignment]:
        """Yields the two origins of a request: an address, or a VPC endpoint."""
        yield {keys.ADDRESS: EXAMPLE_ADDRESS, **dict.fromkeys(keys.ENDPOINT, ABSENT)}
        if ({keys.ADDRESS} | keys.ENDPOINT) & set(self.known.order):
            yield {keys.ADDRESS: ABSENT}


class _Branch:
    """The search with some keys fixed; the others are assigned in their order.

    `_checks` maps a number of assigned keys to the requirements that can be evaluated then.
    """

    def __init__(self, search: StrangerSearch, fixed: Assignment) -> None:
        self._search = search
        self._fixed = fixed
        self._order = [key for key in search.known.order if key not in fixed]
        place = {key: number for number, key in enumerate(self._order, 1)}
        self._checks: dict[int, list[tuple[int, Requirement]]] = {}
        self._last_check = dict.fromkeys(range(len(search.denies)), 0)
        for number, parts in enumerate([search.goal, *search.denies], GOAL):
            for part in parts:
                when = max((place.get(key, 0) for key in part.keys), default=0)
                self._checks.setdefault(when, []).append((number, part))
                if number != GOAL:
                    self._last_check[number] = max(self._last_check[number], when)
        from_an_address = fixed[keys.ADDRESS] is not ABSENT
        self._partial = {number for number, parts in enumerate(search.denies)
                         if from_an_address and any(part.is_about_address for part in parts)}
        """The numbers of Denies that apply to some addresses only."""

    def find_requests(self, at: int, chosen: Assignment, dead: frozenset[int]) -> Iterator[Request]:
        """Yields requests that extend an assignment.

        Args:
            at: how many keys of the order are assigned or skipped.
            chosen: the values so far.
            dead: the numbers of Denies that cannot apply any more.

        Raises:
            BudgetExceededError: the search needs too many keys or steps.
        """
        self._search.evaluator.budget.spend(3 + (len(chosen) + len(self._order)) // 8)
        request = self._make_request(chosen)
        for number, part in self._checks.get(at, ()):
            if number not in dead and not self._search.evaluator.is_met(part, request):
                if number == GOAL:
                    return
                dead |= {number}
        if any(when == at and number not in dead | self._partial for number, when in self._last_check.items()):
            return
        place = self._find_next_key(at, dead)
        if place is None:
            yield request
            return
        if len(chosen) > MAX_KEYS:
            raise BudgetExceededError
        key = self._order[place]
        for value in self._search.known.generate_choices(key, {**self._fixed, **chosen}):
            if value is not ABSENT or key not in keys.ENDPOINT:
                yield from self.find_requests(place + 1, {**chosen, key: value}, dead)

    def _find_next_key(self, at: int, dead: frozenset[int]) -> int | None:
        """Returns the index of the next key that the goal or a live Deny depends on, or None."""
        alive = [self._search.goal, *(parts for number, parts in enumerate(self._search.denies) if number not in dead)]
        needed = {key for parts in alive for part in parts for key in part.keys}
        needed |= {organization for organization, paths in PATHS.items() if paths in needed}
        return next((place for place in range(at, len(self._order)) if self._order[place] in needed), None)

    def _make_request(self, chosen: Assignment) -> Request:
        context = {key: value for key, value in (self._fixed | chosen).items() if value is not ABSENT}
        return Request(self._search.identity, self._search.action, self._search.evaluator.resource, context)
