"""Who could get in: whether any stranger's request is allowed, and if so, which.

A stranger is nobody, or a user or role of an account that is neither the secret's own nor named in the policy, from
an organization, a network and a source that it does not name either. Of all requests a few stand for the rest: for
each key the values at which a condition of this policy changes its mind. What is measured of addresses is the whole
set from which the request is allowed, so that ranges that were split count as one.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import combinations, pairwise, product

from smtui.policy import keys, samples, variables, wildcards
from smtui.policy.conditions import NEGATED, date_of, network_of, number_of
from smtui.policy.decide import Identity, Request, action_fits, decide
from smtui.policy.keys import Stranger
from smtui.policy.statements import Condition, Policy, Statement
from smtui.policy.wildcards import Pattern

WORK = 60_000
"""Requests that are tried before the question is given up."""
BROAD = {4: 8, 6: 32}
"""A range of addresses wider than this is no fixed network."""
ABSENT = None
UNSIGNED = Identity()
Value = str | list[str] | None


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
        self._now = now
        self._conditions = [each for statement in policy.statements for each in statement.conditions]
        self._keys = sorted({each.key for each in self._conditions}
                            | {key for text in _texts(policy) for key in variables.keys_in(text)})
        self._stranger = Stranger(_unnamed_account(policy, owner))
        self._left = WORK

    def run(self) -> Witness | None:
        for statement in self._policy.statements:
            if statement.effect == "Allow":
                for identity in self._identities():
                    if found := self._through(statement, identity):
                        return self._minimal(found)
        return None

    # Who.

    def _identities(self) -> Iterator[Identity]:
        """Nobody, and the users and roles of an unnamed account whose names some condition tells apart."""
        yield UNSIGNED
        account = self._stranger.account
        for kind in ("user", "role"):
            prefix = f"arn:aws:iam::{account}:{kind}/"
            found = [text for text in samples.texts(self._patterns("aws:principalarn"), prefix=prefix)
                     if len(text) > len(prefix)]
            users = [f"{prefix}{text}" for text in self._usernames()] if kind == "user" else []
            for arn in dict.fromkeys([*found, *users, f"{prefix}someone"]):
                yield Identity(arn)

    def _usernames(self) -> list[str]:
        if "aws:username" not in self._keys:
            return []
        return [text for text in samples.texts(self._patterns("aws:username")) if text]

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
        if keys.ADDRESS not in request.context or keys.ADDRESS not in self._keys:
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
        networks = [network_of(text) for text in self._values(keys.ADDRESS)]
        cuts = {0} | {cut for each in networks if each and each.version == version
                      for cut in (int(each.network_address), int(each.broadcast_address) + 1) if cut <= top}
        starts = sorted(cuts)
        ends = [*(start - 1 for start in starts[1:]), top]
        return [(make(start), make(end)) for start, end in zip(starts, ends, strict=True)]  # type: ignore[misc]

    # The contexts of an identity: one choice for each key, as far as keys go together.

    def _contexts(self, identity: Identity) -> Iterator[dict[str, str | list[str]]]:
        fixed = self._fixed(identity)
        free = [key for key in self._keys if key not in fixed and key not in keys.ENDPOINT | {keys.ADDRESS}]
        for way in self._ways():
            choices = [list(self._choices(key, identity)) for key in free]
            for chosen in product(*choices):
                context: dict[str, Value] = {**fixed, **dict(zip(free, chosen, strict=True)), **way}
                if _fit_together(context):
                    yield {key: value for key, value in context.items() if value is not ABSENT}

    def _fixed(self, identity: Identity) -> dict[str, Value]:
        """What follows from who asks, and from what the secret is."""
        known: dict[str, Value] = {
            "aws:principalaccount": identity.account or "anonymous",
            "aws:principaltype": "Anonymous" if identity == UNSIGNED else "User",
            "aws:resourceaccount": self._resource.split(":")[4],
        }
        if identity == UNSIGNED:
            known |= dict.fromkeys(keys.SIGNED)
            known |= {key: ABSENT for key in self._keys if key.startswith("aws:principaltag/")}
        else:
            kind, _, name = identity.arn.rpartition(":")[2].partition("/")
            known |= {"aws:principalarn": identity.arn,
                      "aws:username": name.rpartition("/")[2] if kind == "user" else ABSENT,
                      "aws:principaltype": "User" if kind == "user" else "AssumedRole"}
        return {key: known[key] for key in known if key in self._keys or key == "aws:principalaccount"}

    def _ways(self) -> Iterator[dict[str, Value]]:
        """From an address, or through an endpoint that the policy does not name."""
        yield {keys.ADDRESS: "203.0.113.7", **dict.fromkeys(keys.ENDPOINT, ABSENT)}
        if not keys.ENDPOINT & set(self._keys) and keys.ADDRESS not in self._keys:
            return
        named = [[value for value in self._choices(key, UNSIGNED) if value is not ABSENT] for key in keys.ENDPOINT]
        for chosen in product(*named):
            yield {keys.ADDRESS: ABSENT, **dict(zip(keys.ENDPOINT, chosen, strict=True))}

    def _choices(self, key: str, identity: Identity) -> Iterator[Value]:
        """The values of a key that tell conditions apart and that a stranger may have; and none at all."""
        if key not in keys.ALWAYS:
            yield ABSENT
        found = [value for value in self._all_choices(key) if not self._names(key, value)]
        if key not in keys.SEVERAL:
            yield from found
            return
        yield from ([value] for value in found)
        yield from ([first, second] for first, second in combinations(found, 2))

    def _all_choices(self, key: str) -> list[str]:
        operators = {NEGATED.get(each.operator, each.operator) for each in self._on(key)}
        if any(operator.startswith("Numeric") for operator in operators):
            return [str(number) for number in _around(map(number_of, self._values(key)))]
        if any(operator.startswith("Date") for operator in operators):
            soon = Decimal(int(self._now.timestamp()))
            return [_iso(moment) for moment in _around(map(date_of, self._values(key)), least=soon)]
        if operators and operators <= {"Bool", "Null"}:
            return ["true", "false"]
        prefix = f"{self._stranger.organization}/" if key == "aws:principalorgpaths" else ""
        return [text for text in samples.texts(self._patterns(key), prefix=prefix) if text or not prefix] or ["x"]

    def _names(self, key: str, value: str) -> bool:
        """Whether this is a value by which the policy means somebody it knows."""
        if key not in keys.FIXING:
            return False
        return any(_is_named(key, text, value) for text in self._values(key))

    def _on(self, key: str) -> list[Condition]:
        return [each for each in self._conditions if each.key == key]

    def _values(self, key: str) -> list[str]:
        return [text for each in self._on(key) if each.operator != "Null" for text in each.values]

    def _patterns(self, key: str) -> list[Pattern]:
        """Every pattern the key is held against; a variable stands for any text, and for what its own key says."""
        found: dict[Pattern, None] = {}
        for each in self._on(key):
            if each.operator == "Null":
                continue
            like = "Like" in each.operator or each.operator.startswith("Arn")
            for text in each.values:
                if self._policy.variables and "${" in text:
                    text, like = re.sub(r"\$\{[^}]*\}", "*", text), True
                found[wildcards.pattern(text) if like else wildcards.literal(text)] = None
                if "IgnoreCase" in each.operator:
                    found[wildcards.literal(text.swapcase())] = None
        for each in self._conditions:
            if key in [named for text in each.values for named in variables.keys_in(text)]:
                found |= dict.fromkeys(map(wildcards.literal, self._values(each.key)))
        return list(found)

    # The smallest witness.

    def _minimal(self, witness: Witness) -> Witness:
        """Without what makes no difference: a key that can be left out, or hold what the policy never looked at."""
        assert witness.request is not None
        context = dict(witness.request.context)
        for key in sorted(context):
            if key in self._keys and key != keys.ADDRESS and key not in keys.ALWAYS and key != "aws:principalarn":
                without = {name: value for name, value in context.items() if name != key}
                if _fit_together(without) and self._allowed(replace(witness.request, context=without)):
                    context = without
        looked_at = {key: value for key, value in context.items() if key in self._keys}
        deny = next((each for each in self._policy.statements if each.effect == "Deny"), None)
        return Witness(replace(witness.request, context=looked_at), witness.statement, deny)


def _texts(policy: Policy) -> Iterator[str]:
    for statement in policy.statements:
        yield from statement.resources
        for condition in statement.conditions:
            yield from condition.values


def _unnamed_account(policy: Policy, owner: str) -> str:
    """An account that stands nowhere in the policy."""
    named = {owner}
    for statement in policy.statements:
        principals = statement.principals
        named |= principals.accounts | set(re.findall(r"\d{12}", " ".join(principals.arns)))
        for condition in statement.conditions:
            named |= set(re.findall(r"\d{12}", " ".join(condition.values)))
    return next(account for account in (f"{number:012}" for number in range(555555555555, 10**12))
                if account not in named)


def _is_named(key: str, text: str, value: str) -> bool:
    """Whether the text of a policy fixes this value: it is the same, or of the account or organization it names."""
    if key in ("aws:principalorgpaths", "aws:sourceorgpaths"):
        organization = text.partition("/")[0]
        return not set("*?$") & set(organization) and value.partition("/")[0] == organization
    if key == "aws:sourcearn" and text.count(":") >= 4:
        account = text.split(":")[4]
        if re.fullmatch(r"\d{12}", account):
            return value.split(":")[4:5] == [account]
    return not set("*?$") & set(text) and text == value


def _around(numbers: Iterable[Decimal | None], *, least: Decimal | None = None) -> list[Decimal]:
    """Each number, one below the least, one above the greatest, and one between any two."""
    known = sorted({number for number in numbers if number is not None})
    if not known:
        return [least or Decimal(1)]
    between = [(first + second) / 2 for first, second in pairwise(known)]
    found = [known[0] - 1, *known, *between, known[-1] + 1]
    kept = sorted({number for number in found if least is None or number >= least})
    return [least, *kept] if least is not None else kept


def _iso(seconds: Decimal) -> str:
    try:
        return datetime.fromtimestamp(float(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError):
        return str(seconds)


def _fit_together(context: Mapping[str, Value]) -> bool:
    """An organization's paths begin with its id; without one there is not the other."""
    paths, organization = context.get("aws:principalorgpaths"), context.get("aws:principalorgid")
    if "aws:principalorgpaths" not in context or "aws:principalorgid" not in context:
        return True
    if paths is ABSENT or organization is ABSENT:
        return paths is organization
    return all(path.partition("/")[0] == organization for path in paths)
