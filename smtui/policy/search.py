"""How one stranger might get in: which values make some statements apply and keep every Deny from applying.

Value after value is chosen, only for keys that still matter, and given up as soon as something that had to be so is
not, or a Deny holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from smtui.policy import keys
from smtui.policy.budget import BudgetExceededError
from smtui.policy.candidate_values import ABSENT, Representatives, Value
from smtui.policy.decide import Identity, Request
from smtui.policy.evaluator import Judge, Part
from smtui.policy.fixed_values import PATHS
from smtui.policy.statements import Statement
from smtui.policy.strangers import UNSIGNED, of_identity

DEEPEST = 400
"""So many keys are chosen for one request; a policy that wants more is unreasonable."""
GOAL = -1
AN_ADDRESS = "203.0.113.7"
Chosen = dict[str, Value]


class Attempt:
    """By one identity with one action, through the statements of `goal`."""

    def __init__(
        self, judge: Judge, known: Representatives, goal: Sequence[Statement], denies: Sequence[Statement],
        identity: Identity, action: str,
    ) -> None:
        self.judge = judge
        self.known = known
        self.goal = [part for each in goal for part in judge.parts(each)]
        self.denies = [judge.parts(each) for each in denies]
        self.identity = identity
        self.action = action

    def requests(self) -> Iterator[Request]:
        """Those that the goal allows and no Deny stops, unless it is for where they come from."""
        for way in self._ways():
            yield from _Way(self, {**self._fixed(), **way}).requests(0, {}, frozenset())

    def _fixed(self) -> Chosen:
        fixed = of_identity(self.identity, self.judge.resource)
        if self.identity == UNSIGNED:
            fixed |= {key: ABSENT for key in self.known.order
                      if key in keys.SIGNED or key.startswith(keys.PRINCIPAL_TAG)}
        return fixed

    def _ways(self) -> Iterator[Chosen]:
        """From an address, or through an endpoint."""
        yield {keys.ADDRESS: AN_ADDRESS, **dict.fromkeys(keys.ENDPOINT, ABSENT)}
        if ({keys.ADDRESS} | keys.ENDPOINT) & set(self.known.order):
            yield {keys.ADDRESS: ABSENT}


class _Way:
    """With some keys fixed, and the others chosen in their order.

    `ready` says after how many choices which parts of the goal and of each Deny can be judged.
    """

    def __init__(self, attempt: Attempt, fixed: Chosen) -> None:
        self._of = attempt
        self._fixed = fixed
        self._order = [key for key in attempt.known.order if key not in fixed]
        place = {key: number for number, key in enumerate(self._order, 1)}
        self._ready: dict[int, list[tuple[int, Part]]] = {}
        self._last = dict.fromkeys(range(len(attempt.denies)), 0)
        for number, parts in enumerate([attempt.goal, *attempt.denies], GOAL):
            for part in parts:
                when = max((place.get(key, 0) for key in part.keys), default=0)
                self._ready.setdefault(when, []).append((number, part))
                if number != GOAL:
                    self._last[number] = max(self._last[number], when)
        from_an_address = fixed[keys.ADDRESS] is not ABSENT
        self._partial = {number for number, parts in enumerate(attempt.denies)
                         if from_an_address and any(part.of_address for part in parts)}
        """Denies that are about some addresses only."""

    def requests(self, at: int, chosen: Chosen, dead: frozenset[int]) -> Iterator[Request]:
        """After `at` choices; `dead` are the Denies that do not apply any more."""
        self._of.judge.work.spend(3 + (len(chosen) + len(self._order)) // 8)
        request = self._request(chosen)
        for number, part in self._ready.get(at, ()):
            if number not in dead and not self._of.judge.is_so(part, request):
                if number == GOAL:
                    return
                dead |= {number}
        if any(when == at and number not in dead | self._partial for number, when in self._last.items()):
            return
        place = self._next(at, dead)
        if place is None:
            yield request
            return
        if len(chosen) > DEEPEST:
            raise BudgetExceededError
        key = self._order[place]
        for value in self._of.known.choices(key, {**self._fixed, **chosen}):
            if value is not ABSENT or key not in keys.ENDPOINT:
                yield from self.requests(place + 1, {**chosen, key: value}, dead)

    def _next(self, at: int, dead: frozenset[int]) -> int | None:
        """The place of the next key that something depends on which is not settled."""
        alive = [self._of.goal, *(parts for number, parts in enumerate(self._of.denies) if number not in dead)]
        needed = {key for parts in alive for part in parts for key in part.keys}
        needed |= {organization for organization, paths in PATHS.items() if paths in needed}
        return next((place for place in range(at, len(self._order)) if self._order[place] in needed), None)

    def _request(self, chosen: Chosen) -> Request:
        context = {key: value for key, value in (self._fixed | chosen).items() if value is not ABSENT}
        return Request(self._of.identity, self._of.action, self._of.judge.resource, context)
