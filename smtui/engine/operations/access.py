"""Our own operations about policies: ExplainAccess, ListAccess."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from smtui.engine import kms, policies
from smtui.engine.call import Call, Caller
from smtui.engine.declaration import Request, Response, operation
from smtui.policy import keys
from smtui.vault.secrets import Secret

VALUE_ACTIONS = ("GetSecretValue", "PutSecretValue")
REFUSED_BY_KEY = "the policy allows it, but other accounts cannot use the default key of the secret"


@operation("ExplainAccess")
def explain_access(call: Call, secret: Secret, request: Request) -> Response:
    """Whether a caller may use an action on a secret, and the statement or missing permission that decides.

    Policy, identity and key decide together: with `RefusedByKey` the statement allows what the key refuses.
    `ContextEntries` are condition keys of the request; they replace those that every request has.
    """
    action = keys.parse_action(request["Action"])
    entries = {each["ContextKeyName"]: each["ContextKeyValues"] for each in request.get("ContextEntries", ())}
    who = Caller(request["CallerArn"], "admin" if request.get("IdentityAllows", True) else "none",
                 {**call.caller.context, **{key: _unwrap_single(values) for key, values in entries.items()}})
    asked = replace(call, caller=who)
    outcome = policies.decide_access(asked, action, secret)
    by = {"Statement": outcome.statement.name} if outcome.statement else {}
    if outcome.allowed and _is_refused_by_key(asked, action, secret):
        return {**call.format_identity(secret), "Allowed": False, **by, "Reason": REFUSED_BY_KEY, "RefusedByKey": True}
    why = {"Reason": outcome.why} if outcome.why else {}
    return {**call.format_identity(secret), "Allowed": outcome.allowed, **by, **why}


def _is_refused_by_key(call: Call, action: str, secret: Secret) -> bool:
    """Whether a caller who is allowed an action cannot use it, because the default key refuses other accounts."""
    return call.is_from_other_account and action in VALUE_ACTIONS and kms.uses_default_key(secret)


@operation("ListAccess", reads_metadata=True)
def list_access(call: Call, secret: Secret, request: Request) -> Response:
    """Which principals named in the policy may use an action, if their own account allows it, and who else.

    `RefusedPrincipals` are those whom the policy allows, and the default key refuses; `KeyNote` says so, also for the
    stranger of `Witness`.
    """
    action = keys.parse_action(request["Action"])
    policy = policies.find_policy(call, secret)
    if policy is None:
        return {**call.format_identity(secret), "Principals": []}
    named = policy.list_named_principals()
    allowed = [arn for arn in named
               if policies.decide_access(replace(call, caller=Caller(arn)), action, secret).allowed]
    sometimes = [arn for arn in named
                 if arn not in allowed and policies.is_conditionally_allowed(call, secret, policy, arn, action)]
    refused = [arn for arn in named if arn in (*allowed, *sometimes)
               and _is_refused_by_key(replace(call, caller=Caller(arn)), action, secret)]
    witness = policies.find_broad_access(call, secret, policy)
    members: dict[str, Any] = {
        "AccountDenial": policies.find_account_denial(call, secret, policy, action),
        "ConditionalPrincipals": [named[arn] for arn in sometimes if arn not in refused],
        "RefusedPrincipals": [named[arn] for arn in refused],
        "Witness": str(witness) if witness else "",
        "KeyNote": REFUSED_BY_KEY if refused or (
            witness and action in VALUE_ACTIONS and kms.uses_default_key(secret)) else "",
    }
    return {**call.format_identity(secret),
            "Principals": [named[arn] for arn in allowed if arn not in refused],
            **{name: value for name, value in members.items() if value}}


def _unwrap_single(values: list[str]) -> str | list[str]:
    """A single value instead of a list of one."""
    return values[0] if len(values) == 1 else values
