"""A policy as it is understood: frozen statements, each with its place in the text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from smtui.policy.document import Place

Effect = Literal["Allow", "Deny"]
SYNTAX = "This resource policy contains a syntax error."
PRINCIPAL = "This resource policy contains an unsupported principal."
SERVICE = "This resource policy contains an invalid service principal."


@dataclass(frozen=True, slots=True)
class Finding:
    """The service's sentence, what exactly is wrong, and where."""

    sentence: str
    what: str
    place: Place

    def __str__(self) -> str:
        return f"{self.sentence.rstrip('.')}: {self.what} (line {self.place.line}, column {self.place.column})"


class MalformedPolicyError(ValueError):
    """This text is no policy: all that is wrong with it."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(str(findings[0]))
        self.findings = findings


@dataclass(frozen=True, slots=True)
class Condition:
    """One operator on one key with its values, of which one has to fit. `over` is ForAllValues or ForAnyValue.

    `key` is in lower case; `spelled` is as the policy has it.
    """

    operator: str
    over: str
    if_exists: bool
    key: str
    values: tuple[str, ...]
    place: Place
    spelled: str


@dataclass(frozen=True, slots=True)
class Principals:
    """Who is meant: everyone, accounts, identities by ARN, services."""

    everyone: bool = False
    accounts: frozenset[str] = frozenset()
    arns: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Statement:
    """`but_principals` and so on turn their list around: NotPrincipal, NotAction, NotResource."""

    number: int
    sid: str
    effect: Effect
    principals: Principals
    but_principals: bool
    actions: tuple[str, ...]
    but_actions: bool
    resources: tuple[str, ...]
    but_resources: bool
    conditions: tuple[Condition, ...]
    place: Place

    @property
    def name(self) -> str:
        return f'statement {self.number} "{self.sid}"' if self.sid else f"statement {self.number}"


@dataclass(frozen=True, slots=True)
class Policy:
    """`variables` says whether `${...}` is more than text: only since the newer of the two versions."""

    statements: tuple[Statement, ...]
    variables: bool
