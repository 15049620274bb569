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


def sentence(witness: Witness) -> str:
    if witness.request is None or witness.statement is None:
        return UNDECIDED
    request, by = witness.request, witness.statement
    told = [f"{keys.spelled(key)} is {', '.join(value) if isinstance(value, list) else value or 'empty'}"
            for key, value in sorted(request.context.items()) if key not in SAID_BY_WHO]
    address = request.context.get(keys.ADDRESS)
    source = ""
    if isinstance(address, str):
        source = ", from any address" if address in EVERY_ADDRESS else f", from {address}"
    condition = f" where {' and '.join(told)}" if told else ""
    spared = f", which {witness.spared_by.name} does not deny" if witness.spared_by else ""
    return f"{_who(witness)} can call {request.action}{source}{condition}. ({by.name}{spared})"


def _who(witness: Witness) -> str:
    assert witness.request is not None
    arn = witness.request.identity.arn
    if not arn:
        return "Anyone"
    kind, _, name = arn.rpartition(":")[2].partition("/")
    if "aws:principalarn" in witness.request.context or "aws:username" in witness.request.context:
        return f'Any AWS account\'s {kind} "{name}"'
    return f"Any AWS account's {kind}s"
