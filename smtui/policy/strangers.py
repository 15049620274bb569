"""Who a stranger can be: nobody, or a user or role of an account that is neither the secret's own nor named."""

from __future__ import annotations

import re
from collections.abc import Iterator

from smtui.api.arn import format_principal_arn, get_account
from smtui.policy import wildcards
from smtui.policy.budget import Work
from smtui.policy.candidate_values import ABSENT, Representatives, Value
from smtui.policy.decide import Identity
from smtui.policy.samples import Group, Samples
from smtui.policy.statements import Policy
from smtui.policy.wildcards import ANY, STARS, Pattern

UNSIGNED = Identity()
ACCOUNT = wildcards.pattern("?" * 12)
DIGITS = "5678901234"
FEW = 100
"""So many named accounts are told apart from those a pattern means; with more, one that is not named is tried."""
PRINCIPAL = frozenset({"aws:principalarn", "aws:principalaccount"})


class Strangers:
    """One for each way in which the conditions of `known` tell accounts and names apart."""

    def __init__(self, policy: Policy, owner: str, known: Representatives, work: Work) -> None:
        self._named = {owner, *_named_accounts(policy)}
        self._known = known
        self._work = work

    def __iter__(self) -> Iterator[Identity]:
        yield UNSIGNED
        for account in self._accounts():
            for kind in ("user", "role"):
                prefix = format_principal_arn(account, f"{kind}/")
                for arn in Samples(self._groups(kind, prefix), self._work, prefix=prefix):
                    if not arn.endswith("/"):
                        yield Identity(arn)
            if self._known.groups("aws:principalarn", {}):
                yield Identity(format_principal_arn(account))

    def _accounts(self) -> Iterator[str]:
        unnamed = next(text for text in (f"{number:012}" for number in range(555555555555, 10**12))
                       if text not in self._named)
        yield unnamed
        told_apart = [*self._known.groups("aws:principalaccount", {}), *self._of_arns()]
        if asked := [left for group in told_apart if (left := self._unnamed(group))]:
            few = [tuple(map(wildcards.literal, self._named))] if len(self._named) <= FEW else []
            for text in Samples([(ACCOUNT,), *asked, *few], self._work, within=DIGITS):
                if len(text) == len(ACCOUNT) and text not in self._named and text != unnamed:
                    yield text

    def _unnamed(self, group: Group) -> Group:
        """Without the accounts it spells out: no stranger is of one of those."""
        return tuple(found for found in group if wildcards.plain(found) not in self._named)

    def _of_arns(self) -> list[Group]:
        """What patterns of ARNs ask of the account in them; in one of text a star may reach beyond it."""
        fields = [[wildcards.fields(found) for found in group] for group in self._known.groups("aws:principalarn", {})]
        found = [tuple(each[4] for each in group if len(each) >= 5 and len(each[4]) <= 12) for group in fields]
        return [group for group in dict.fromkeys(found) if any(part not in STARS for each in group for part in each)]

    def _groups(self, kind: str, prefix: str) -> list[Group]:
        a_name: Group = ((*wildcards.literal(prefix), ANY, "[^/]"),)
        found = [a_name, *self._known.groups("aws:principalarn", {})]
        if kind == "user":
            names = self._known.groups("aws:username", {})
            found += [tuple(arn for name in group for arn in _arns_of(name, prefix)) for group in names]
        return found


def _arns_of(name: Pattern, prefix: str) -> Iterator[Pattern]:
    """A user's name is what stands behind the last slash."""
    bare = wildcards.within(name, "/")
    yield (*wildcards.literal(prefix), *bare)
    yield (*wildcards.literal(prefix), ANY, "/", *bare)


def of_identity(identity: Identity, resource: str) -> dict[str, Value]:
    """What a request has for the keys that follow from who asks, and from which secret it is about."""
    always: dict[str, Value] = {"aws:resourceaccount": get_account(resource), "aws:principalservicename": ABSENT,
                                "secretsmanager:secretid": resource}
    if identity == UNSIGNED:
        return always | {"aws:principalaccount": "anonymous", "aws:principaltype": "Anonymous",
                         "aws:principalisawsservice": ABSENT, "aws:principalarn": ABSENT, "aws:username": ABSENT}
    kind, name = identity.kind_and_name
    types = {"user": "User", "role": "AssumedRole", "root": "Account"}
    return always | {
        "aws:principalaccount": identity.account,
        "aws:principaltype": types[kind],
        "aws:principalisawsservice": "false",
        "aws:principalarn": identity.arn,
        "aws:username": name.rpartition("/")[2] if kind == "user" else ABSENT,
    }


def _named_accounts(policy: Policy) -> set[str]:
    """Every account that stands in full in a principal, or in the value of a condition on who asks."""
    found: set[str] = set()
    for statement in policy.statements:
        texts = [*statement.principals.arns,
                 *(text for each in statement.conditions if each.key in PRINCIPAL for text in each.values)]
        found |= statement.principals.accounts | set(re.findall(r"(?<!\d)\d{12}(?!\d)", " ".join(texts)))
    return found
