"""Who could get in: whether any stranger's request is allowed, and if so, which.

A stranger is nobody, or a user or role of an account that is neither the secret's own nor named in the policy, from
an organization, a network and a source that it does not name either. Of all requests a few stand for the rest: for
each key the values at which a condition of this policy changes its mind. What is measured of addresses is the whole
set from which the request is allowed, so that ranges that were split count as one.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import product

from smtui.policy import keys, samples
from smtui.policy.conditions import network_of
from smtui.policy.decide import Identity, Request, action_fits, decide
from smtui.policy.representatives import ABSENT, Representatives, Value
from smtui.policy.statements import Policy, Statement
from smtui.policy.strangers import UNSIGNED, identities, of_identity

WORK = 60_000
"""Requests that are tried before the question is given up."""
BROAD = {4: 8, 6: 32}
"""A range of addresses wider than this is no fixed network."""
Context = Mapping[str, str | list[str]]


@dataclass(frozen=True, slots=True)
class Witness:
    """A stranger's request that is allowed; in `context` only what the policy looks at. `undecided`: not known."""

    request: Request | None
    statement: Statement | None
    spared_by: Statement | None = None
    undecided: bool = False

    def __str__(self) -> str:
        from smtui.policy.wording import sentence

        return sentence(self)


def exposure(policy: Policy, *, resource: str, owner: str, now: datetime) -> Witness | None:
    """The witness that the policy is public, or None. The secret's tags may be whatever suits the stranger."""
    try:
        return _Search(policy, resource, owner, now).run()
    except (samples.TooMany, _TooLong):
        return Witness(None, None, undecided=True)


class _TooLong(Exception):
    """The work limit is reached."""


class _Search:
    def __init__(self, policy: Policy, resource: str, owner: str, now: datetime) -> None:
        self._policy = policy
        self._resource = resource
        self._owner = owner
        self._known = Representatives(policy, resource, now)
        self._of_interest = self._known.mentioned | {"aws:principalaccount", "aws:principalorgid", keys.ADDRESS}
        self._left = WORK

    def run(self) -> Witness | None:
        for statement in self._policy.statements:
            if statement.effect == "Allow":
                for identity in identities(self._policy, self._owner, self._known):
                    if found := self._through(statement, identity):
                        return self._minimal(found)
        return None

    # What, and how.

    def _through(self, statement: Statement, identity: Identity) -> Witness | None:
        for action in self._actions(statement):
            for context in self._contexts(identity):
                self._left -= 1
                if self._left < 0:
                    raise _TooLong
                request = Request(identity, action, self._resource, context)
                if found := self._allowed(request):
                    return found
        return None

    def _actions(self, statement: Statement) -> Iterator[str]:
        """One for each way in which the statements tell actions apart."""
        seen = set()
        for action in keys.ACTIONS:
            told = tuple(action_fits(each, action) for each in self._policy.statements)
            if action_fits(statement, action) and told not in seen:
                seen.add(told)
                yield action

    def _allowed(self, request: Request) -> Witness | None:
        """Whether the request is allowed; from an address, whether it is from a broad range of them."""
        if keys.ADDRESS not in request.context or keys.ADDRESS not in self._known.mentioned:
            decision = decide(self._policy, request)
            return Witness(request, decision.statement) if decision.verdict == "allow" else None
        return self._from_a_broad_range(request)

    def _from_a_broad_range(self, request: Request) -> Witness | None:
        for version, widest in BROAD.items():
            allowed = []
            for first, last in self._ranges(version):
                at = replace(request, context={**request.context, keys.ADDRESS: str(first)})
                decision = decide(self._policy, at)
                if decision.verdict == "allow":
                    allowed.append((first, last, at, decision.statement))
            blocks = [block for first, last, *_ in allowed
                      for block in ipaddress.summarize_address_range(first, last)]
            for block in ipaddress.collapse_addresses(blocks):
                if block.prefixlen < widest:
                    at, by = next((at, by) for first, _, at, by in allowed if first in block)
                    return Witness(replace(at, context={**at.context, keys.ADDRESS: str(block)}), by)
        return None

    def _ranges(self, version: int) -> list[tuple[ipaddress.IPv4Address, ipaddress.IPv4Address]]:
        """The whole space, cut where some condition changes its mind."""
        make = ipaddress.IPv4Address if version == 4 else ipaddress.IPv6Address
        top = 2 ** (32 if version == 4 else 128) - 1
        networks = [network_of(text) for statement in self._policy.statements for each in statement.conditions
                    if each.key == keys.ADDRESS and each.operator != "Null" for text in each.values]
        cuts = {0} | {cut for each in networks if each and each.version == version
                      for cut in (int(each.network_address), int(each.broadcast_address) + 1) if cut <= top}
        starts = sorted(cuts)
        ends = [*(start - 1 for start in starts[1:]), top]
        return [(make(start), make(end)) for start, end in zip(starts, ends, strict=True)]  # type: ignore[misc]

    # The contexts of an identity: one choice for each key, as far as keys go together.

    def _contexts(self, identity: Identity) -> Iterator[Context]:
        fixed = of_identity(identity, self._resource)
        if identity == UNSIGNED:
            fixed |= {key: ABSENT for key in self._known.order
                      if key in keys.SIGNED or key.startswith(keys.PRINCIPAL_TAG)}
        for way in self._ways():
            for found in self._completed({**fixed, **way}, self._known.order):
                yield {key: value for key, value in found.items() if value is not ABSENT and key in self._of_interest}

    def _ways(self) -> Iterator[dict[str, Value]]:
        """From an address, or through an endpoint that the policy does not name."""
        yield {keys.ADDRESS: "203.0.113.7", **dict.fromkeys(keys.ENDPOINT, ABSENT)}
        if not keys.ENDPOINT & self._known.mentioned and keys.ADDRESS not in self._known.mentioned:
            return
        named = [[value for value in self._known.choices(key, {}) if value is not ABSENT] for key in keys.ENDPOINT]
        for chosen in product(*named):
            yield {keys.ADDRESS: ABSENT, **dict(zip(keys.ENDPOINT, chosen, strict=True))}

    def _completed(self, chosen: dict[str, Value], order: Sequence[str]) -> Iterator[dict[str, Value]]:
        """Every way to go on with the keys that are left."""
        if not order:
            yield chosen
        elif order[0] in chosen:
            yield from self._completed(chosen, order[1:])
        else:
            for value in self._known.choices(order[0], chosen):
                yield from self._completed({**chosen, order[0]: value}, order[1:])

    # The smallest witness.

    def _minimal(self, witness: Witness) -> Witness:
        """Without what makes no difference: a key that can be left out, or hold what the policy never looked at."""
        assert witness.request is not None
        context = dict(witness.request.context)
        for key in sorted(context):
            if key in self._known.mentioned - keys.ALWAYS - {keys.ADDRESS, "aws:principalarn"}:
                left_out = keys.ORGANIZATION if key in keys.ORGANIZATION else {key}
                without = {name: value for name, value in context.items() if name not in left_out}
                if self._allowed(replace(witness.request, context=without)):
                    context = without
        looked_at = {key: value for key, value in context.items() if key in self._known.mentioned}
        deny = next((each for each in self._policy.statements if each.effect == "Deny"), None)
        return Witness(replace(witness.request, context=looked_at), witness.statement, deny)

