"""Who a stranger can be: nobody, or a user or role of an account that is neither the secret's own nor named."""

from __future__ import annotations

import re
from collections.abc import Iterator

from smtui.policy import samples, wildcards
from smtui.policy.decide import Identity
from smtui.policy.representatives import ABSENT, Representatives, Value
from smtui.policy.statements import Policy
from smtui.policy.wildcards import Pattern

UNSIGNED = Identity()
ACCOUNT = wildcards.pattern("?" * 12)
DIGITS = "5678901234"
FEW = 100
"""So many named accounts are told apart from those a pattern means; with more, one that is not named is tried."""


def identities(policy: Policy, owner: str, known: Representatives) -> Iterator[Identity]:
    """One for each way in which conditions tell accounts and names apart."""
    yield UNSIGNED
    for account in _accounts(policy, owner, known):
        for kind in ("user", "role"):
            prefix = f"arn:aws:iam::{account}:{kind}/"
            found = [text for text in samples.texts(known.patterns("aws:principalarn"), prefix=prefix)
                     if len(text) > len(prefix)]
            names = [f"{prefix}{name}" for name in _usernames(known)] if kind == "user" else []
            for arn in dict.fromkeys([*found, *names, f"{prefix}someone"]):
                yield Identity(arn)


def of_identity(identity: Identity, resource: str) -> dict[str, Value]:
    """What a request has for the keys that follow from who asks, and from whose secret it is."""
    always: dict[str, Value] = {"aws:resourceaccount": resource.split(":")[4], "aws:principalservicename": ABSENT}
    if identity == UNSIGNED:
        return always | {"aws:principalaccount": "anonymous", "aws:principaltype": "Anonymous",
                         "aws:principalisawsservice": ABSENT, "aws:principalarn": ABSENT, "aws:username": ABSENT}
    kind, _, name = identity.arn.rpartition(":")[2].partition("/")
    return always | {
        "aws:principalaccount": identity.account,
        "aws:principaltype": "User" if kind == "user" else "AssumedRole",
        "aws:principalisawsservice": "false",
        "aws:principalarn": identity.arn,
        "aws:username": name.rpartition("/")[2] if kind == "user" else ABSENT,
    }


def _accounts(policy: Policy, owner: str, known: Representatives) -> list[str]:
    named = {owner, *_named_accounts(policy)}
    patterns = [ACCOUNT, *known.patterns("aws:principalaccount"), *_of_arns(known)]
    if len(named) <= FEW:
        patterns += map(wildcards.literal, named)
    found = [text for text in samples.texts(patterns, within=DIGITS) if len(text) == len(ACCOUNT)]
    unnamed = next(text for text in (f"{number:012}" for number in range(555555555555, 10**12)) if text not in named)
    return list(dict.fromkeys([unnamed, *(text for text in found if text not in named)]))


def _named_accounts(policy: Policy) -> set[str]:
    """Every account that stands in full in a principal or in the value of a condition."""
    found: set[str] = set()
    for statement in policy.statements:
        texts = [*statement.principals.arns, *(text for each in statement.conditions for text in each.values)]
        found |= statement.principals.accounts | set(re.findall(r"(?<!\d)\d{12}(?!\d)", " ".join(texts)))
    return found


def _of_arns(known: Representatives) -> list[Pattern]:
    """What patterns of ARNs ask of the account in them; in one of text a star may reach beyond it."""
    fields = [wildcards.fields(found) for found in known.patterns("aws:principalarn")]
    return [each[4] for each in fields if len(each) >= 5 and len(each[4]) <= len(ACCOUNT)]


def _usernames(known: Representatives) -> list[str]:
    patterns = known.patterns("aws:username")
    return [name for name in samples.texts(patterns) if name and "/" not in name] if patterns else []
