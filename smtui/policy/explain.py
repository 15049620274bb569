"""A witness as one sentence: who gets in, to do what, from where, and by which statement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smtui.policy import keys

if TYPE_CHECKING:
    from smtui.policy.exposure import Witness

UNDECIDED = "It could not be decided who gets in, so this policy is treated as one that lets everyone in."
EVERY_ADDRESS = ("0.0.0.0/0", "::/0")
SAID_BY_WHO = frozenset({"aws:principalarn", "aws:principalaccount", "aws:principaltype", "aws:username",
                         "aws:resourceaccount", "aws:sourceip"})
OF_PRINCIPAL, OF_SECRET = "aws:principaltag/", "aws:resourcetag/"
LONGEST = 60
"""Characters of a value that are told."""


def sentence(witness: Witness) -> str:
    if witness.request is None or witness.statement is None:
        return UNDECIDED
    what = f"{_who(witness)} can call {witness.request.action}{_source(witness)}{_where(witness)}."
    spared = f", which {witness.spared_by.name} does not deny" if witness.spared_by else ""
    return f"{what} ({witness.statement.name}{spared})"


def _who(witness: Witness) -> str:
    assert witness.request is not None
    identity, context = witness.request.identity, witness.request.context
    if not identity.arn:
        return "Anyone"
    kind, name = identity.kind_and_name
    if kind == "root":
        return "Any AWS account's root user"
    tags = ", ".join(f"{_tag(witness, key)}={_value(context[key])}" for key in sorted(context)
                     if key.startswith(OF_PRINCIPAL))
    tagged = f" tagged {tags}" if tags else ""
    if "aws:principalarn" in context or "aws:username" in context:
        return f'Any AWS account\'s {kind} "{name}"{tagged}'
    return f"Any AWS account's {kind}s{tagged}"


def _source(witness: Witness) -> str:
    address = witness.request.context.get(keys.ADDRESS) if witness.request else None
    if address is None:
        return ""
    return ", from any address" if address in EVERY_ADDRESS else f", from {address}"


def _where(witness: Witness) -> str:
    assert witness.request is not None
    context = witness.request.context
    told = [f"{keys.spelled(key, witness.spelled)} is {_value(context[key])}" for key in sorted(context)
            if key not in SAID_BY_WHO and not key.startswith((OF_PRINCIPAL, OF_SECRET))]
    told += [f"the secret is tagged {_tag(witness, key)}={_value(context[key])}" for key in sorted(context)
             if key.startswith(OF_SECRET)]
    return f" where {' and '.join(told)}" if told else ""


def _tag(witness: Witness, key: str) -> str:
    return keys.spelled(key, witness.spelled).partition("/")[2]


def _value(value: str | list[str]) -> str:
    text = ", ".join(value) if isinstance(value, list) else value
    return f"{text[:LONGEST]}…" if len(text) > LONGEST else text or "empty"
