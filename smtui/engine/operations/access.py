"""Our own operations about policies: ExplainAccess, ListAccess."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from smtui.api.arn import format_principal_arn
from smtui.engine import key_access, key_policies, kms, policies
from smtui.engine.call import Call, Caller
from smtui.engine.declaration import Request, Response, operation
from smtui.policy import keys
from smtui.vault.secrets import Secret

VALUE_ACTIONS = {"GetSecretValue": key_access.READING, "PutSecretValue": key_access.WRITING}
"""The actions on a value, with those of KMS that each needs."""
REFUSED_BY_DEFAULT_KEY = "the policy allows it, but other accounts cannot use the default key of the secret"
REFUSED_BY_KEY_POLICY = "access to the secret is allowed, but not kms:{} with its KMS key"
STRANGER = "user/anybody"
"""A principal of another account, for the question whether the key is open to any."""
STRANGERS_ACCOUNT = "999999999999"


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
    if outcome.allowed and (refusal := _find_key_refusal(asked, action, secret)):
        return {**call.format_identity(secret), "Allowed": False, **by, "Reason": refusal, "RefusedByKey": True}
    why = {"Reason": outcome.why} if outcome.why else {}
    return {**call.format_identity(secret), "Allowed": outcome.allowed, **by, **why}


def _find_key_refusal(call: Call, action: str, secret: Secret) -> str:
    """Why a caller who is allowed an action cannot use it with the key of the secret; empty if the key allows it."""
    if action not in VALUE_ACTIONS:
        return ""
    if call.is_from_other_account and kms.uses_default_key(secret):
        return REFUSED_BY_DEFAULT_KEY
    key = kms.find_key(call, secret.region, secret.kms_key_id) if secret.kms_key_id else None
    if key is None or key.manager == "AWS":
        return ""
    denied = (each for each in VALUE_ACTIONS[action]
              if not key_policies.decide_use(call, key, each, secret).allowed)
    return next((REFUSED_BY_KEY_POLICY.format(each) for each in denied), "")


@operation("ListAccess", reads_metadata=True)
def list_access(call: Call, secret: Secret, request: Request) -> Response:
    """Which principals named in the policy may use an action, if their own account allows it, and who else.

    `RefusedPrincipals` are those whom the policy allows, and the key of the secret refuses; `KeyNote` says so, also for
    the stranger of `Witness`.
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
    refusals = {arn: _find_key_refusal(replace(call, caller=Caller(arn)), action, secret)
                for arn in named if arn in (*allowed, *sometimes)}
    refused = [arn for arn in named if refusals.get(arn)]
    witness = policies.find_broad_access(call, secret, policy)
    stranger = format_principal_arn(STRANGERS_ACCOUNT, STRANGER)
    members: dict[str, Any] = {
        "AccountDenial": policies.find_account_denial(call, secret, policy, action),
        "ConditionalPrincipals": [named[arn] for arn in sometimes if arn not in refused],
        "RefusedPrincipals": [named[arn] for arn in refused],
        "Witness": str(witness) if witness else "",
        "KeyNote": next(filter(None, refusals.values()), "") or (
            _find_key_refusal(replace(call, caller=Caller(stranger)), action, secret) if witness else ""),
    }
    return {**call.format_identity(secret),
            "Principals": [named[arn] for arn in allowed if arn not in refused],
            **{name: value for name, value in members.items() if value}}


def _unwrap_single(values: list[str]) -> str | list[str]:
    """A single value instead of a list of one."""
    return values[0] if len(values) == 1 else values
