"""The parsed policy: frozen statements with their positions in the text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from smtui.api.arn import format_principal_arn, is_arn
from smtui.policy.document import Position

Effect = Literal["Allow", "Deny"]
SYNTAX = "This resource policy contains a syntax error."
PRINCIPAL = "This resource policy contains an unsupported principal."
SERVICE = "This resource policy contains an invalid service principal."
UNUSUAL = "This is allowed, but probably not intended."


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault or warning: the general sentence, the detail and the position."""

    sentence: str
    what: str
    position: Position

    def __str__(self) -> str:
        return f"{self.sentence.rstrip('.')}: {self.what} (line {self.position.line}, column {self.position.column})"


class MalformedPolicyError(ValueError):
    """The text is not a policy; `findings` holds every fault."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(str(findings[0]))
        self.findings = findings


@dataclass(frozen=True, slots=True)
class Condition:
    """One operator on one condition key.

    Attributes:
        operator: the name without set operator and `IfExists`.
        over: the set operator, ForAllValues or ForAnyValue, or an empty text.
        key: the condition key in lower case.
        values: the alternatives, of which one has to match.
        original_key: the condition key as the policy writes it.
    """

    operator: str
    over: str
    if_exists: bool
    key: str
    values: tuple[str, ...]
    position: Position
    original_key: str


@dataclass(frozen=True, slots=True)
class Principals:
    """The principals of a statement: everyone, account ids, ARNs, names of services."""

    everyone: bool = False
    accounts: frozenset[str] = frozenset()
    arns: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement; `number` counts from 1.

    The `negates_` flags say whether the policy uses NotPrincipal, NotAction or NotResource.
    """

    number: int
    sid: str
    effect: Effect
    principals: Principals
    negates_principals: bool
    actions: tuple[str, ...]
    negates_actions: bool
    resources: tuple[str, ...]
    negates_resources: bool
    conditions: tuple[Condition, ...]
    position: Position

    @property
    def name(self) -> str:
        """The number and the Sid, for messages."""
        return f'statement {self.number} "{self.sid}"' if self.sid else f"statement {self.number}"


@dataclass(frozen=True, slots=True)
class Policy:
    """The statements of a policy.

    Attributes:
        variables: whether `${...}` is a policy variable, which only version 2012-10-17 has.
    """

    statements: tuple[Statement, ...]
    variables: bool

    def list_named_principals(self) -> dict[str, str]:
        """The ARNs and services that the statements name, sorted, each as shown: an account as its number."""
        principals = [each.principals for each in self.statements]
        named = {arn: arn for each in principals for arn in each.arns if is_arn(arn)}
        named |= {service: service for each in principals for service in each.services}
        named |= {format_principal_arn(account): account for each in principals for account in each.accounts}
        return dict(sorted(named.items()))
