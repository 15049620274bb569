"""Whether a request is allowed, from whichever addresses; and of what parts a statement's applying is made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from smtui.policy import addresses, keys, variables
from smtui.policy.addresses import EVERYWHERE, NOWHERE, Addresses
from smtui.policy.budget import Work
from smtui.policy.conditions import holds
from smtui.policy.decide import Identity, Request, action_fits, principal_fits, resource_fits
from smtui.policy.statements import Condition, Policy, Statement


@dataclass(frozen=True, slots=True)
class Part:
    """One of the things that have to be so for a statement to apply: a condition, or, without one, its resource.

    `keys` are those it depends on.
    """

    statement: Statement
    condition: Condition | None
    keys: frozenset[str]

    @property
    def of_address(self) -> bool:
        return self.condition is not None and self.condition.key == keys.ADDRESS


class Judge:
    """Of one policy on one resource."""

    def __init__(self, policy: Policy, resource: str, work: Work) -> None:
        self.policy = policy
        self.resource = resource
        self.work = work
        self._parts = {each.number: list(self._parts_of(each)) for each in policy.statements}
        self._addresses: dict[int, Addresses] = {}
        self._spoken_of: dict[tuple[int, str], bool] = {}

    def _parts_of(self, statement: Statement) -> Iterator[Part]:
        if spoken_of := self._variables(statement.resources):
            yield Part(statement, None, spoken_of)
        for each in statement.conditions:
            yield Part(statement, each, self._variables(each.values) | {each.key})

    def _variables(self, texts: Sequence[str]) -> frozenset[str]:
        return frozenset(key for text in texts for key in variables.keys_in(text) if self.policy.variables)

    def parts(self, statement: Statement) -> list[Part]:
        return self._parts[statement.number]

    def speaks_of(self, statement: Statement, action: str) -> bool:
        """Whether the action fits, and, where that depends on nothing, the resource."""
        known = self._spoken_of.get((statement.number, action))
        if known is None:
            self.work.spend(len(statement.actions) + len(statement.resources))
            known = action_fits(statement, action) and (
                any(part.condition is None for part in self.parts(statement))
                or resource_fits(self.policy, statement, Request(Identity(), action, self.resource, {}))
            )
            self._spoken_of[statement.number, action] = known
        return known

    def is_so(self, part: Part, request: Request) -> bool:
        """Of a request from an address it is not asked which."""
        if part.condition is None:
            self.work.spend(10 * len(part.statement.resources))
            return resource_fits(self.policy, part.statement, request)
        if part.of_address and keys.ADDRESS in request.context:
            return True
        self.work.spend(2 + 2 * len(part.condition.values))
        return holds(part.condition, request.context, variables=self.policy.variables)

    def addresses(self, statement: Statement) -> Addresses:
        """From where a statement applies."""
        if statement.number not in self._addresses:
            found = EVERYWHERE
            for part in self.parts(statement):
                if part.of_address and part.condition is not None:
                    self.work.spend(5 * len(part.condition.values))
                    found &= addresses.of_condition(part.condition)
            self._addresses[statement.number] = found
        return self._addresses[statement.number]

    def allows(self, request: Request) -> tuple[Request, Statement] | None:
        """And by which statement. From an address: from a broad block of them, which then stands in the request."""
        if keys.ADDRESS not in request.context:
            allow = next(self._applying("Allow", request), None)
            return (request, allow) if allow and not any(self._applying("Deny", request)) else None
        allowing = list(self._applying("Allow", request))
        block = self._open_to(request, allowing).broad_block()
        if not block:
            return None
        first = block.partition("/")[0]
        by = next(each for each in allowing if first in self.addresses(each))
        return replace(request, context={**request.context, keys.ADDRESS: block}), by

    def _open_to(self, request: Request, allowing: Sequence[Statement]) -> Addresses:
        found = NOWHERE
        for each in allowing:
            found |= self.addresses(each)
        for each in self._applying("Deny", request):
            found &= ~self.addresses(each)
        return found

    def _applying(self, effect: str, request: Request) -> Iterator[Statement]:
        for each in self.policy.statements:
            if each.effect == effect and self.speaks_of(each, request.action) and \
                    principal_fits(each, request.identity) and \
                    all(self.is_so(part, request) for part in self.parts(each)):
                yield each
