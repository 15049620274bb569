"""A witness of broad access, and its sentence: who can call which action, from where, by which statement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from smtui.policy import keys
from smtui.policy.decide import Request
from smtui.policy.statements import Statement

UNDECIDED = "Access could not be determined, so this policy is treated as public."
EVERY_ADDRESS = ("0.0.0.0/0", "::/0")
IDENTITY_KEYS = frozenset({"aws:principalarn", "aws:principalaccount", "aws:principaltype", "aws:username",
                           "aws:resourceaccount", "aws:sourceip"})
PRINCIPAL_TAG, SECRET_TAG = "aws:principaltag/", "aws:resourcetag/"
MAX_VALUE_LENGTH = 60
"""Longer values are cut off after this many characters."""


@dataclass(frozen=True, slots=True)
class Witness:
    """A request of a stranger that the policy allows.

    Attributes:
        request: its `context` holds only condition keys that the policy mentions.
        statement: the Allow that applies.
        unmatched_deny: a Deny about the same action that does not apply.
        undecided: whether the search exceeded its budget; then there is no request.
        original_keys: condition keys as the policy writes them, by their lower case.
    """

    request: Request | None
    statement: Statement | None
    unmatched_deny: Statement | None = None
    undecided: bool = False
    original_keys: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return format_witness(self)


def format_witness(witness: Witness) -> str:
    """Returns the sentence for a witness."""
    if witness.request is None or witness.statement is None:
        return UNDECIDED
    who, source, context = _describe_identity(witness), _describe_source(witness), _describe_context(witness)
    unmatched = f", which {witness.unmatched_deny.name} does not deny" if witness.unmatched_deny else ""
    return f"{who} can call {witness.request.action}{source}{context}. ({witness.statement.name}{unmatched})"


def _describe_identity(witness: Witness) -> str:
    assert witness.request is not None
    identity, context = witness.request.identity, witness.request.context
    if not identity.arn:
        return "Anyone"
    kind, name = identity.kind_and_name
    if kind == "root":
        return "Any AWS account's root user"
    tags = ", ".join(f"{_format_tag(witness, key)}={_format_value(context[key])}" for key in sorted(context)
                     if key.startswith(PRINCIPAL_TAG))
    tagged = f" tagged {tags}" if tags else ""
    if "aws:principalarn" in context or "aws:username" in context:
        return f'Any AWS account\'s {kind} "{name}"{tagged}'
    return f"Any AWS account's {kind}s{tagged}"


def _describe_source(witness: Witness) -> str:
    address = witness.request.context.get(keys.ADDRESS) if witness.request else None
    if address is None:
        return ""
    return ", from any address" if address in EVERY_ADDRESS else f", from {address}"


def _describe_context(witness: Witness) -> str:
    assert witness.request is not None
    context = witness.request.context
    left_out = (PRINCIPAL_TAG, SECRET_TAG)
    clauses = [f"{keys.format_key(key, witness.original_keys)} is {_format_value(context[key])}"
               for key in sorted(context) if key not in IDENTITY_KEYS and not key.startswith(left_out)]
    clauses += [f"the secret is tagged {_format_tag(witness, key)}={_format_value(context[key])}"
                for key in sorted(context) if key.startswith(SECRET_TAG)]
    return f" where {' and '.join(clauses)}" if clauses else ""


def _format_tag(witness: Witness, key: str) -> str:
    return keys.format_key(key, witness.original_keys).partition("/")[2]


def _format_value(value: str | list[str]) -> str:
    text = ", ".join(value) if isinstance(value, list) else value
    return f"{text[:MAX_VALUE_LENGTH]}…" if len(text) > MAX_VALUE_LENGTH else text or "empty"
