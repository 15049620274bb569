"""The evaluation of requests during the search, over all source addresses at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from smtui.policy import addresses, keys, variables
from smtui.policy.addresses import EVERYWHERE, NOWHERE, Addresses
from smtui.policy.budget import Budget
from smtui.policy.conditions import is_met
from smtui.policy.decide import Identity, Request, has_matching_action, has_matching_principal, has_matching_resource
from smtui.policy.statements import Condition, Policy, Statement


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement of a statement: a condition, or, with `condition` None, its resource.

    Attributes:
        keys: the condition keys that the requirement depends on.
    """

    statement: Statement
    condition: Condition | None
    keys: frozenset[str]

    @property
    def is_about_address(self) -> bool:
        return self.condition is not None and self.condition.key == keys.ADDRESS


class Evaluator:
    """Evaluates the statements of one policy for one resource, with cached results."""

    def __init__(self, policy: Policy, resource: str, budget: Budget) -> None:
        self.policy = policy
        self.resource = resource
        self.budget = budget
        self._requirements = {each.number: list(self._find_requirements(each)) for each in policy.statements}
        self._addresses: dict[int, Addresses] = {}
        self._about: dict[tuple[int, str], bool] = {}

    def _find_requirements(self, statement: Statement) -> Iterator[Requirement]:
        if used_keys := self._find_variables(statement.resources):
            yield Requirement(statement, None, used_keys)
        for each in statement.conditions:
            yield Requirement(statement, each, self._find_variables(each.values) | {each.key})

    def _find_variables(self, texts: Sequence[str]) -> frozenset[str]:
        return frozenset(key for text in texts for key in variables.find_keys(text) if self.policy.variables)

    def list_requirements(self, statement: Statement) -> list[Requirement]:
        """Returns the conditions of a statement, and its resource if that contains variables."""
        return self._requirements[statement.number]

    def is_about(self, statement: Statement, action: str) -> bool:
        """Whether a statement matches an action and, if it contains no variables, the resource."""
        known = self._about.get((statement.number, action))
        if known is None:
            self.budget.spend(len(statement.actions) + len(statement.resources))
            known = has_matching_action(statement, action) and (
                any(part.condition is None for part in self.list_requirements(statement))
                or has_matching_resource(self.policy, statement, Request(Identity(), action, self.resource, {}))
            )
            self._about[statement.number, action] = known
        return known

    def is_met(self, part: Requirement, request: Request) -> bool:
        """Whether a request meets a requirement.

        A condition on the source address is met by every request with an address; `find_addresses` evaluates it.
        """
        if part.condition is None:
            self.budget.spend(10 * len(part.statement.resources))
            return has_matching_resource(self.policy, part.statement, request)
        if part.is_about_address and keys.ADDRESS in request.context:
            return True
        self.budget.spend(2 + 2 * len(part.condition.values))
        return is_met(part.condition, request.context, variables=self.policy.variables)

    def find_addresses(self, statement: Statement) -> Addresses:
        """Returns the source addresses for which a statement applies."""
        if statement.number not in self._addresses:
            found = EVERYWHERE
            for part in self.list_requirements(statement):
                if part.is_about_address and part.condition is not None:
                    self.budget.spend(5 * len(part.condition.values))
                    found &= addresses.find_addresses(part.condition)
            self._addresses[statement.number] = found
        return self._addresses[statement.number]

    def find_allowed_request(self, request: Request) -> tuple[Request, Statement] | None:
        """Returns the request and the statement that allows it, or None.

        A request with an address has to be allowed from a broad block, which then replaces its address.
        """
        if keys.ADDRESS not in request.context:
            allow = next(self._find_applicable("Allow", request), None)
            return (request, allow) if allow and not any(self._find_applicable("Deny", request)) else None
        allowing = list(self._find_applicable("Allow", request))
        block = self._compute_addresses(request, allowing).find_broad_block()
        if not block:
            return None
        first = block.partition("/")[0]
        by = next(each for each in allowing if first in self.find_addresses(each))
        return replace(request, context={**request.context, keys.ADDRESS: block}), by

    def _compute_addresses(self, request: Request, allowing: Sequence[Statement]) -> Addresses:
        found = NOWHERE
        for each in allowing:
            found |= self.find_addresses(each)
        for each in self._find_applicable("Deny", request):
            found &= ~self.find_addresses(each)
        return found

    def _find_applicable(self, effect: str, request: Request) -> Iterator[Statement]:
        for each in self.policy.statements:
            if each.effect == effect and self.is_about(each, request.action) and \
                    has_matching_principal(each, request.identity) and \
                    all(self.is_met(part, request) for part in self.list_requirements(each)):
                yield each
