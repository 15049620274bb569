"""What a policy decides of a request, and what that means for a caller. The one meaning of the language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from smtui.api.arn import get_account, get_role_arn
from smtui.policy import wildcards
from smtui.policy.conditions import arn_matches, holds
from smtui.policy.statements import Policy, Principals, Statement
from smtui.policy.variables import pattern

Verdict = Literal["deny", "allow", "none"]


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks: an ARN and its account, or a service by its name, or nobody known, without either."""

    arn: str = ""
    service: str = ""

    @property
    def account(self) -> str:
        return get_account(self.arn)

    @property
    def kind_and_name(self) -> tuple[str, str]:
        """Like `user` and `team/alice`: the path is in the name, and may have colons in it."""
        kind, _, name = self.arn.split(":", 5)[-1].partition("/")
        return kind, name

    @property
    def role(self) -> str:
        """The ARN of the role, as far as a session's own ARN tells it; the path of the role is not in that."""
        return get_role_arn(self.arn)

    @property
    def principal_arn(self) -> str:
        """aws:PrincipalArn: the role's for a session of it."""
        return self.role or self.arn


@dataclass(frozen=True, slots=True)
class Request:
    """`action` without its service; `context` with keys in lower case."""

    identity: Identity
    action: str
    resource: str
    context: Mapping[str, str | list[str]]


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict, and the statement it comes from."""

    verdict: Verdict
    statement: Statement | None = None


SERVICE = "secretsmanager:"
NOTHING_DECIDED = Decision("none")


def decide(policy: Policy, request: Request) -> Decision:
    """Any Deny that applies denies; else any Allow that applies allows."""
    allowed = NOTHING_DECIDED
    for statement in policy.statements:
        if (statement.effect == "Deny" or allowed is NOTHING_DECIDED) and applies(policy, statement, request):
            if statement.effect == "Deny":
                return Decision("deny", statement)
            allowed = Decision("allow", statement)
    return allowed


def applies(policy: Policy, statement: Statement, request: Request) -> bool:
    return (
        action_fits(statement, request.action)
        and principal_fits(statement, request.identity)
        and resource_fits(policy, statement, request)
        and all(holds(condition, request.context, variables=policy.variables) for condition in statement.conditions)
    )


def action_fits(statement: Statement, action: str) -> bool:
    name = (SERVICE + action).lower()
    found = any(wildcards.matches(wildcards.pattern(each.lower()), name) for each in statement.actions)
    return found != statement.but_actions


def resource_fits(policy: Policy, statement: Statement, request: Request) -> bool:
    found = any(_is_resource(policy, each, request) for each in statement.resources)
    return found != statement.but_resources


def _is_resource(policy: Policy, asked: str, request: Request) -> bool:
    if asked == "*":
        return True
    found = pattern(asked, request.context, variables=policy.variables, like=True)
    return found is not None and arn_matches(found, request.resource)


def principal_fits(statement: Statement, identity: Identity) -> bool:
    return covers(statement.principals, identity) != statement.but_principals


def covers(principals: Principals, identity: Identity) -> bool:
    """Whether an identity is among them, by itself, by its role, or by its account."""
    if principals.everyone:
        return True
    if identity.service:
        return identity.service in principals.services
    return bool(identity.arn) and (identity.account in principals.accounts or names(principals, identity))


def names(principals: Principals, identity: Identity) -> bool:
    """Whether an identity is named by itself or by its role, whatever path the role has."""
    if identity.arn in principals.arns:
        return True
    role = identity.role
    return bool(role) and any(_without_path(arn) == role for arn in principals.arns)


def _without_path(arn: str) -> str:
    head, role, name = arn.partition(":role/")
    return f"{head}{role}{name.rpartition('/')[2]}" if role else arn


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether a caller may, and why not."""

    allowed: bool
    why: Literal["", "explicit deny", "no identity-based policy", "no resource-based policy"] = ""
    statement: Statement | None = None


def allowed(policy: Policy | None, request: Request, *, identity_allows: bool, owner: str) -> Outcome:
    """The final decision. `owner` is the account of the resource; `identity_allows`, what the caller's own says.

    Services, and who did not sign, have no account of their own that could say anything.
    """
    decision = decide(policy, request) if policy else NOTHING_DECIDED
    if decision.verdict == "deny":
        return Outcome(False, "explicit deny", decision.statement)
    if request.identity.account == owner:
        if identity_allows or (policy is not None and _names_caller(policy, request)):
            return Outcome(True, "", decision.statement)
        return Outcome(False, "no identity-based policy")
    if not identity_allows and request.identity.account:
        return Outcome(False, "no identity-based policy")
    if decision.verdict == "allow":
        return Outcome(True, "", decision.statement)
    return Outcome(False, "no resource-based policy")


def _names_caller(policy: Policy, request: Request) -> bool:
    """Whether an Allow that applies names the caller or everyone; to be covered by one's account is not enough."""
    for statement in policy.statements:
        principals = statement.principals
        named = principals.everyone or names(principals, request.identity) or statement.but_principals
        if statement.effect == "Allow" and named and applies(policy, statement, request):
            return True
    return False
