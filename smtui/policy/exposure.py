"""Who could get in: whether any stranger's request is allowed, and if so, which.

A stranger is nobody, or a user or role of an account that is neither the secret's own nor named in the policy, from
an organization, a network and a source that it does not name either. For each Allow the search chooses a stranger and
then value after value, and turns back as soon as that Allow no longer holds or some Deny does. What is measured of
addresses is the whole set from which the request is allowed, so that ranges that were split count as one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import combinations

from smtui.policy import keys, variables
from smtui.policy.addresses import NOWHERE
from smtui.policy.budget import BudgetExceededError, Work
from smtui.policy.candidate_values import Representatives
from smtui.policy.decide import Request, principal_fits
from smtui.policy.evaluator import Judge
from smtui.policy.humanize import natural
from smtui.policy.search import Attempt
from smtui.policy.statements import Policy, Statement
from smtui.policy.strangers import Strangers

TELLING = frozenset({keys.ADDRESS, "aws:principalarn"})
STEPS = 40_000
"""What the question may cost before it is given up."""


@dataclass(frozen=True, slots=True)
class Witness:
    """A stranger's request that is allowed; in `context` only what the policy looks at. `undecided`: not known.

    `spared_by` is a Deny about the same action that does not stop it; `spelled`, keys as the policy writes them.
    """

    request: Request | None
    statement: Statement | None
    spared_by: Statement | None = None
    undecided: bool = False
    spelled: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        from smtui.policy.explain import sentence

        return sentence(self)


UNDECIDED = Witness(None, None, undecided=True)


def exposure(
    policy: Policy, *, resource: str, owner: str, now: datetime, work: Work | None = None
) -> Witness | None:
    """The witness that the policy is public, or None. The secret's tags may be whatever suits the stranger.

    Several questions may be asked for the `work` of one.
    """
    try:
        return _Search(policy, resource, owner, now, work or Work(STEPS)).run()
    except BudgetExceededError:
        return UNDECIDED


class _Search:
    def __init__(self, policy: Policy, resource: str, owner: str, now: datetime, work: Work) -> None:
        self._policy = policy
        self._owner = owner
        self._now = now
        self._work = work
        self._judge = Judge(policy, resource, self._work)
        self._mentioned = frozenset(
            key for each in policy.statements for part in self._judge.parts(each) for key in part.keys
        )
        self._reached: set[int] = set()

    def run(self) -> Witness | None:
        for goal in self._goals():
            if found := self._through(goal):
                return found
        return None

    def _goals(self) -> Iterator[Sequence[Statement]]:
        """Each Allow; then those together that a stranger gets through from a few addresses, if those are many."""
        allows = [each for each in self._policy.statements if each.effect == "Allow"]
        yield from ((each,) for each in allows)
        few = [each for each in allows if each.number in self._reached]
        together = NOWHERE
        for each in few:
            together |= self._judge.addresses(each)
        if together.broad_block():
            for size in range(len(few), 1, -1):
                yield from combinations(few, size)

    def _through(self, goal: Sequence[Statement]) -> Witness | None:
        for action, against in self._actions(goal):
            known = Representatives(self._policy, goal, against, self._judge.resource, self._now, self._work)
            for identity in Strangers(self._policy, self._owner, known, self._work):
                if all(principal_fits(each, identity) for each in goal):
                    denies = [each for each in against if principal_fits(each, identity)]
                    for request in Attempt(self._judge, known, goal, denies, identity, action).requests():
                        self._reached |= {each.number for each in goal}
                        if allowed := self._judge.allows(request):
                            return self._told(*allowed)
        return None

    def _actions(self, goal: Sequence[Statement]) -> Iterator[tuple[str, list[Statement]]]:
        """One action for each set of Denies that speak of it."""
        seen = set()
        for action in keys.ACTIONS:
            if all(self._judge.speaks_of(each, action) for each in goal):
                against = [each for each in self._policy.statements
                           if each.effect == "Deny" and self._judge.speaks_of(each, action)]
                if (numbers := tuple(each.number for each in against)) not in seen:
                    seen.add(numbers)
                    yield action, against

    def _told(self, request: Request, by: Statement) -> Witness:
        """Without what makes no difference: a key that can be left out, or that the policy never looked at."""
        self._judge.work = Work(STEPS)

        def still(other: Request) -> bool:
            """Whether it is allowed by the same statement, from the same addresses."""
            found = self._judge.allows(other)
            return found is not None and found[1] is by and \
                found[0].context.get(keys.ADDRESS) == request.context.get(keys.ADDRESS)

        with suppress(BudgetExceededError):
            for key in sorted(self._mentioned & set(request.context) - keys.ALWAYS - TELLING):
                left_out = keys.ORGANIZATION if key in keys.ORGANIZATION else {key}
                without = {name: value for name, value in request.context.items() if name not in left_out}
                if still(replace(request, context=without)):
                    request = replace(request, context=without)
            request = natural(self._policy, request, still)
        looked_at = {key: value for key, value in request.context.items() if key in self._mentioned}
        deny = next((each for each in self._policy.statements if each.effect == "Deny"
                     and self._judge.speaks_of(each, request.action)), None)
        return Witness(replace(request, context=looked_at), by, deny, spelled=_spelled(self._policy))


def _spelled(policy: Policy) -> dict[str, str]:
    """Keys as the policy writes them."""
    found: dict[str, str] = {}
    for statement in policy.statements:
        for condition in statement.conditions:
            found[condition.key] = condition.spelled
            for text in condition.values:
                found |= variables.spelled_in(text)
        for text in statement.resources:
            found |= variables.spelled_in(text)
    return found
