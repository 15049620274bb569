"""The decision of a resource policy about a request, and its effect for the caller.

Source: "Policy evaluation logic" in the IAM User Guide.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from smtui.api.arn import get_account, get_role_arn
from smtui.policy import wildcards
from smtui.policy.conditions import is_arn_match, is_met
from smtui.policy.statements import Policy, Principals, Statement
from smtui.policy.variables import resolve_pattern

Verdict = Literal["deny", "allow", "none"]


@dataclass(frozen=True, slots=True)
class Identity:
    """The sender of a request: an ARN, or the name of a service. Both are empty for an unsigned request."""

    arn: str = ""
    service: str = ""

    @property
    def account(self) -> str:
        """The account id in the ARN."""
        return get_account(self.arn)

    @property
    def kind_and_name(self) -> tuple[str, str]:
        """The kind and the name with its path, such as `user` and `team/alice`. A path can contain colons."""
        kind, _, name = self.arn.split(":", 5)[-1].partition("/")
        return kind, name

    @property
    def role(self) -> str:
        """The ARN of a session's role without the role's path, which a session's ARN does not contain."""
        return get_role_arn(self.arn)

    @property
    def principal_arn(self) -> str:
        """The value of aws:PrincipalArn: for a session, the ARN of its role."""
        return self.role or self.arn


@dataclass(frozen=True, slots=True)
class Request:
    """A call: `action` without the prefix `service`, `context` with condition keys in lower case."""

    identity: Identity
    action: str
    resource: str
    context: Mapping[str, str | list[str]]
    service: str = "secretsmanager"


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict and the statement that decides it."""

    verdict: Verdict
    statement: Statement | None = None


NOTHING_DECIDED = Decision("none")


def decide(policy: Policy, request: Request) -> Decision:
    """Decides by a policy alone: an applicable Deny denies, otherwise an applicable Allow allows."""
    allowed = NOTHING_DECIDED
    for statement in policy.statements:
        if (statement.effect == "Deny" or allowed is NOTHING_DECIDED) and is_applicable(policy, statement, request):
            if statement.effect == "Deny":
                return Decision("deny", statement)
            allowed = Decision("allow", statement)
    return allowed


def is_applicable(policy: Policy, statement: Statement, request: Request) -> bool:
    """Whether action, principal, resource and all conditions of a statement match."""
    return (
        has_matching_action(statement, request.action, request.service)
        and has_matching_principal(statement, request.identity)
        and has_matching_resource(policy, statement, request)
        and all(is_met(condition, request.context, variables=policy.variables) for condition in statement.conditions)
    )


def has_matching_action(statement: Statement, action: str, service: str = "secretsmanager") -> bool:
    name = f"{service}:{action}".lower()
    found = any(wildcards.is_match(wildcards.parse_pattern(each.lower()), name) for each in statement.actions)
    return found != statement.negates_actions


def has_matching_resource(policy: Policy, statement: Statement, request: Request) -> bool:
    found = any(_is_resource_match(policy, each, request) for each in statement.resources)
    return found != statement.negates_resources


def _is_resource_match(policy: Policy, pattern: str, request: Request) -> bool:
    if pattern == "*":
        return True
    found = resolve_pattern(pattern, request.context, variables=policy.variables, like=True)
    return found is not None and is_arn_match(found, request.resource)


def has_matching_principal(statement: Statement, identity: Identity) -> bool:
    return includes_identity(statement.principals, identity) != statement.negates_principals


def includes_identity(principals: Principals, identity: Identity) -> bool:
    """Whether the principals contain the identity itself, its role or its account."""
    if principals.everyone:
        return True
    if identity.service:
        return identity.service in principals.services
    return bool(identity.arn) and (identity.account in principals.accounts or names_identity(principals, identity))


def names_identity(principals: Principals, identity: Identity) -> bool:
    """Whether the principals contain the ARN of the identity or of its role, with any path of the role."""
    if identity.arn in principals.arns:
        return True
    role = identity.role
    return bool(role) and any(_remove_role_path(arn) == role for arn in principals.arns)


def _remove_role_path(arn: str) -> str:
    head, role, name = arn.partition(":role/")
    return f"{head}{role}{name.rpartition('/')[2]}" if role else arn


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether a caller is allowed, and the reason if not."""

    allowed: bool
    why: Literal["", "explicit deny", "no identity-based policy", "no resource-based policy"] = ""
    statement: Statement | None = None


def evaluate_access(policy: Policy | None, request: Request, *, identity_allows: bool, owner: str) -> Outcome:
    """Decides by the resource policy and the caller's identity-based policies together.

    Services and unsigned callers have no identity-based policies.

    Args:
        identity_allows: whether the caller's identity-based policies allow the request.
        owner: the account id of the resource.
    """
    decision = decide(policy, request) if policy else NOTHING_DECIDED
    if decision.verdict == "deny":
        return Outcome(False, "explicit deny", decision.statement)
    if request.identity.account == owner:
        if identity_allows or (policy is not None and _is_caller_named(policy, request)):
            return Outcome(True, "", decision.statement)
        return Outcome(False, "no identity-based policy")
    if not identity_allows and request.identity.account:
        return Outcome(False, "no identity-based policy")
    if decision.verdict == "allow":
        return Outcome(True, "", decision.statement)
    return Outcome(False, "no resource-based policy")


def evaluate_key_access(policy: Policy, request: Request, *, identity_allows: bool, owner: str) -> Outcome:
    """Decides by the policy of a KMS key and the caller's identity-based policies together.

    Unlike the policy of a secret, that of a key must allow in its own account too: identity-based policies count only
    where it allows the account. Source: "Key policies in AWS KMS", section "Default key policy".

    Args:
        identity_allows: whether the caller's identity-based policies allow the request.
        owner: the account id of the key.
    """
    decision = decide(policy, request)
    if decision.verdict == "deny":
        return Outcome(False, "explicit deny", decision.statement)
    if decision.verdict == "none":
        return Outcome(False, "no resource-based policy")
    is_named = request.identity.account in (owner, "") and _is_caller_named(policy, request)
    if identity_allows or is_named or not request.identity.account:
        return Outcome(True, "", decision.statement)
    return Outcome(False, "no identity-based policy")


def _is_caller_named(policy: Policy, request: Request) -> bool:
    """Whether an applicable Allow names the caller or everyone. The caller's account alone is not enough."""
    for statement in policy.statements:
        principals = statement.principals
        named = principals.everyone or names_identity(principals, request.identity) or statement.negates_principals
        if statement.effect == "Allow" and named and is_applicable(policy, statement, request):
            return True
    return False
