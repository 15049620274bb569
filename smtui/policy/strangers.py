"""Candidate strangers: unsigned callers, and users and roles of accounts that the policy does not contain."""

from __future__ import annotations

import re
from collections.abc import Iterator

from smtui.api.arn import format_principal_arn, get_account
from smtui.policy import wildcards
from smtui.policy.budget import Budget
from smtui.policy.candidate_values import ABSENT, CandidateValues, Value
from smtui.policy.decide import Identity
from smtui.policy.samples import Group, Samples
from smtui.policy.statements import Policy
from smtui.policy.wildcards import ANY, STARS, Pattern

UNSIGNED = Identity()
ACCOUNT = wildcards.parse_pattern("?" * 12)
DIGITS = "5678901234"
MAX_NAMED_ACCOUNTS = 100
"""With more named accounts than this, their numbers do not guide the choice of other accounts."""
PRINCIPAL_KEYS = frozenset({"aws:principalarn", "aws:principalaccount"})


class Strangers:
    """One identity for each combination of conditions in `known` that an account and a name can meet.

    Args:
        owner: the account id of the secret.
    """

    def __init__(self, policy: Policy, owner: str, known: CandidateValues, budget: Budget) -> None:
        self._named_accounts = {owner, *_find_named_accounts(policy)}
        self._known = known
        self._budget = budget

    def __iter__(self) -> Iterator[Identity]:
        yield UNSIGNED
        for account in self._generate_accounts():
            for kind in ("user", "role"):
                prefix = format_principal_arn(account, f"{kind}/")
                for arn in Samples(self._list_name_groups(kind, prefix), self._budget, prefix=prefix):
                    if not arn.endswith("/"):
                        yield Identity(arn)
            if self._known.list_groups("aws:principalarn", {}):
                yield Identity(format_principal_arn(account))

    def _generate_accounts(self) -> Iterator[str]:
        unnamed = next(text for text in (f"{number:012}" for number in range(555555555555, 10**12))
                       if text not in self._named_accounts)
        yield unnamed
        groups = [*self._known.list_groups("aws:principalaccount", {}), *self._list_account_groups()]
        if unnamed_groups := [left for group in groups if (left := self._remove_named(group))]:
            if len(self._named_accounts) <= MAX_NAMED_ACCOUNTS:
                unnamed_groups.append(tuple(map(wildcards.make_literal, self._named_accounts)))
            for text in Samples([(ACCOUNT,), *unnamed_groups], self._budget, within=DIGITS):
                if len(text) == len(ACCOUNT) and text not in self._named_accounts and text != unnamed:
                    yield text

    def _remove_named(self, group: Group) -> Group:
        """Returns the group without literal accounts of the policy, as no stranger belongs to them."""
        return tuple(found for found in group if wildcards.get_literal(found) not in self._named_accounts)

    def _list_account_groups(self) -> list[Group]:
        """Returns the account fields of the patterns for ARNs, if they contain more than stars."""
        groups = self._known.list_groups("aws:principalarn", {})
        fields = [[wildcards.split_fields(found) for found in group] for group in groups]
        found = [tuple(each[4] for each in group if len(each) >= 5 and len(each[4]) <= 12) for group in fields]
        return [group for group in dict.fromkeys(found) if any(part not in STARS for each in group for part in each)]

    def _list_name_groups(self, kind: str, prefix: str) -> list[Group]:
        a_name: Group = ((*wildcards.make_literal(prefix), ANY, "[^/]"),)
        found = [a_name, *self._known.list_groups("aws:principalarn", {})]
        if kind == "user":
            names = self._known.list_groups("aws:username", {})
            found += [tuple(arn for name in group for arn in _make_user_arns(name, prefix)) for group in names]
        return found


def _make_user_arns(name: Pattern, prefix: str) -> Iterator[Pattern]:
    """Yields patterns of ARNs for a pattern of user names; the name follows the last slash."""
    bare = wildcards.limit_wildcards(name, "/")
    yield (*wildcards.make_literal(prefix), *bare)
    yield (*wildcards.make_literal(prefix), ANY, "/", *bare)


def describe_identity(identity: Identity, resource: str) -> dict[str, Value]:
    """Returns the values of the condition keys that follow from the identity and the secret's ARN."""
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


def _find_named_accounts(policy: Policy) -> set[str]:
    """Returns the literal account ids in principals and in conditions on the caller."""
    found: set[str] = set()
    for statement in policy.statements:
        texts = [*statement.principals.arns,
                 *(text for each in statement.conditions if each.key in PRINCIPAL_KEYS for text in each.values)]
        found |= statement.principals.accounts | set(re.findall(r"(?<!\d)\d{12}(?!\d)", " ".join(texts)))
    return found
