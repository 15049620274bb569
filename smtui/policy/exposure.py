"""The search for broad access: a request of a stranger that a policy allows.

A stranger is an unsigned caller, or a user or role of an account that is not the secret's own and not in the policy,
from an organization, a network and a source that the policy does not contain either. For each Allow the search picks
a stranger, then assigns condition keys one by one, and backtracks when the Allow no longer applies or a Deny does.
The set of all source addresses is measured as a whole, so split ranges count as one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from itertools import combinations

from smtui.policy import keys, variables
from smtui.policy.addresses import NOWHERE
from smtui.policy.budget import Budget, BudgetExceededError
from smtui.policy.candidate_values import CandidateValues
from smtui.policy.decide import Request, has_matching_principal
from smtui.policy.evaluator import Evaluator
from smtui.policy.explain import Witness
from smtui.policy.humanize import humanize_request
from smtui.policy.search import StrangerSearch
from smtui.policy.statements import Policy, Statement
from smtui.policy.strangers import Strangers

ALWAYS_SHOWN = frozenset({keys.ADDRESS, "aws:principalarn"})
STEPS = 40_000
"""The default budget of one search."""


UNDECIDED = Witness(None, None, undecided=True)


def find_broad_access(
    policy: Policy, *, resource: str, owner: str, now: datetime, budget: Budget | None = None
) -> Witness | None:
    """Returns a witness that the policy allows strangers, or None. The secret may have any tags.

    Args:
        resource: the ARN of the secret.
        owner: the account id of the secret.
        now: the earliest time of a request.
        budget: the steps for this search; several searches can share one budget.
    """
    try:
        return _ExposureSearch(policy, resource, owner, now, budget or Budget(STEPS)).run()
    except BudgetExceededError:
        return UNDECIDED


class _ExposureSearch:
    def __init__(self, policy: Policy, resource: str, owner: str, now: datetime, budget: Budget) -> None:
        self._policy = policy
        self._owner = owner
        self._now = now
        self._budget = budget
        self._evaluator = Evaluator(policy, resource, self._budget)
        self._mentioned_keys = frozenset(
            key for each in policy.statements for part in self._evaluator.list_requirements(each) for key in part.keys
        )
        self._reached_statements: set[int] = set()

    def run(self) -> Witness | None:
        for goal in self._list_goals():
            if found := self._search_goal(goal):
                return found
        return None

    def _list_goals(self) -> Iterator[Sequence[Statement]]:
        """Yields each Allow; then sets of them that together may allow a broad block of addresses."""
        allows = [each for each in self._policy.statements if each.effect == "Allow"]
        yield from ((each,) for each in allows)
        few = [each for each in allows if each.number in self._reached_statements]
        together = NOWHERE
        for each in few:
            together |= self._evaluator.find_addresses(each)
        if together.find_broad_block():
            for size in range(len(few), 1, -1):
                yield from combinations(few, size)

    def _search_goal(self, goal: Sequence[Statement]) -> Witness | None:
        for action, against in self._list_actions(goal):
            known = CandidateValues(self._policy, goal, against, self._evaluator.resource, self._now, self._budget)
            for identity in Strangers(self._policy, self._owner, known, self._budget):
                if all(has_matching_principal(each, identity) for each in goal):
                    denies = [each for each in against if has_matching_principal(each, identity)]
                    search = StrangerSearch(self._evaluator, known, goal, denies, identity, action)
                    for request in search.find_requests():
                        self._reached_statements |= {each.number for each in goal}
                        if allowed := self._evaluator.find_allowed_request(request):
                            return self._minimize(*allowed)
        return None

    def _list_actions(self, goal: Sequence[Statement]) -> Iterator[tuple[str, list[Statement]]]:
        """Yields one action for each set of Denies that match it."""
        seen = set()
        for action in keys.ACTIONS:
            if all(self._evaluator.is_about(each, action) for each in goal):
                against = [each for each in self._policy.statements
                           if each.effect == "Deny" and self._evaluator.is_about(each, action)]
                if (numbers := tuple(each.number for each in against)) not in seen:
                    seen.add(numbers)
                    yield action, against

    def _minimize(self, request: Request, by: Statement) -> Witness:
        """Returns a witness without condition keys that make no difference."""
        self._evaluator.budget = Budget(STEPS)

        def is_equivalent(other: Request) -> bool:
            """Whether the same statement allows the other request from the same addresses."""
            found = self._evaluator.find_allowed_request(other)
            return found is not None and found[1] is by and \
                found[0].context.get(keys.ADDRESS) == request.context.get(keys.ADDRESS)

        with suppress(BudgetExceededError):
            for key in sorted(self._mentioned_keys & set(request.context) - keys.ALWAYS - ALWAYS_SHOWN):
                left_out = keys.ORGANIZATION if key in keys.ORGANIZATION else {key}
                without = {name: value for name, value in request.context.items() if name not in left_out}
                if is_equivalent(replace(request, context=without)):
                    request = replace(request, context=without)
            request = humanize_request(self._policy, request, is_equivalent)
        looked_at = {key: value for key, value in request.context.items() if key in self._mentioned_keys}
        deny = next((each for each in self._policy.statements if each.effect == "Deny"
                     and self._evaluator.is_about(each, request.action)), None)
        return Witness(replace(request, context=looked_at), by, deny, original_keys=_find_spellings(self._policy))


def _find_spellings(policy: Policy) -> dict[str, str]:
    """Returns condition keys as the policy writes them, by their lower case."""
    found: dict[str, str] = {}
    for statement in policy.statements:
        for condition in statement.conditions:
            found[condition.key] = condition.original_key
            for text in condition.values:
                found |= variables.find_spellings(text)
        for text in statement.resources:
            found |= variables.find_spellings(text)
    return found
