"""What resource policies mean for calls: who may do what, who would lock themselves out, whom a policy lets in."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from smtui.api.errors import AccessDeniedException, MalformedPolicyDocumentException
from smtui.api.shapes import Operation
from smtui.engine import names
from smtui.engine.call import Call, moment
from smtui.engine.declaration import Request
from smtui.policy import exposure, grammar, samples, variables, wildcards
from smtui.policy.decide import Identity, Outcome, allowed
from smtui.policy.decide import Request as Question
from smtui.policy.exposure import Witness
from smtui.policy.keys import canonical
from smtui.policy.statements import Malformed, Policy
from smtui.vault import policies, rotations, secrets
from smtui.vault.secrets import Secret

MANAGE = "PutResourcePolicy"
LOCKED_OUT = "Your requested changes will not allow you to manage this secret in the future."
# Members of requests that are condition keys under their own names.
PARAMETERS = (
    "Name", "Description", "KmsKeyId", "VersionId", "VersionStage", "RotationLambdaARN", "RotateImmediately",
    "RecoveryWindowInDays", "ForceDeleteWithoutRecovery", "ForceOverwriteReplicaSecret", "BlockPublicPolicy",
)  # fmt: skip
parsed = lru_cache(maxsize=256)(grammar.parse)
"""Policies by their text."""


def read(text: str) -> Policy:
    """Raises MalformedPolicyDocumentException, which says all that is wrong."""
    try:
        return parsed(text)
    except Malformed as error:
        raise MalformedPolicyDocumentException("\n".join(map(str, error.findings))) from None


def attached(call: Call, secret: Secret | None) -> Policy | None:
    text = policies.of_secret(call.database, secret.id) if secret else None
    return parsed(text) if text is not None else None


def authorize(call: Call, operation: Operation, secret: Secret | None, request: Request) -> None:
    """Raises AccessDeniedException in the service's words."""
    policy = attached(call, secret) if operation.service == "secretsmanager" else None
    if policy is None and call.caller.identity == "admin" and call.caller.account == call.account:
        return
    asked = request.get("SecretId", "*")
    resource = call.arn(secret) if secret else asked
    question = _question(call, operation.name, secret, resource, request)
    outcome = allowed(policy, question, identity_allows=call.caller.identity == "admin", owner=call.account)
    if not outcome.allowed:
        raise denied(call, operation.action, resource, outcome)


def judged(call: Call, action: str, secret: Secret) -> Outcome:
    """What the caller would be answered for an action on a secret."""
    question = _question(call, action, secret, call.arn(secret), {})
    return allowed(attached(call, secret), question, identity_allows=call.caller.identity == "admin",
                   owner=call.account)


def denied(call: Call, action: str, resource: str, outcome: Outcome) -> AccessDeniedException:
    why = ("with an explicit deny in a resource-based policy" if outcome.why == "explicit deny"
           else f"because {outcome.why} allows the {action} action")
    return AccessDeniedException(
        f"User: {call.caller.arn} is not authorized to perform: {action} on resource: {resource} {why}"
    )


def _question(
    call: Call, action: str, secret: Secret | None, resource: str, request: Request,
    tags: Mapping[str, str] | None = None,
) -> Question:
    if tags is None:
        tags = secrets.tags(call.database, secret) if secret else {}
    identity = Identity(call.caller.arn)
    context = {**_surroundings(call, identity), **_of_secret(call, secret, tags), **_of_request(request),
               **{canonical(key): value for key, value in call.caller.context.items()}}
    return Question(identity, action, resource, context)


def _surroundings(call: Call, identity: Identity) -> dict[str, str | list[str]]:
    """What is so of every request, unless its context says otherwise."""
    now = moment(call.now)
    kind, _, name = identity.arn.rpartition(":")[2].partition("/")
    types = {"user": "User", "role": "AssumedRole", "assumed-role": "AssumedRole", "federated-user": "FederatedUser"}
    found: dict[str, str | list[str]] = {
        "aws:currenttime": now.strftime("%Y-%m-%dT%H:%M:%SZ"), "aws:epochtime": str(call.now // 1000),
        "aws:securetransport": "true", "aws:requestedregion": call.region, "aws:useragent": "smtui",
        "aws:viaawsservice": "false", "aws:resourceaccount": call.account, "aws:principalisawsservice": "false",
        "aws:principalaccount": identity.account, "aws:principalarn": identity.principal_arn,
        "aws:principaltype": types.get(kind, "Account"), "aws:userid": name.rpartition("/")[2] or identity.account,
    }
    return found | ({"aws:username": name.rpartition("/")[2]} if kind == "user" else {})


def _of_secret(call: Call, secret: Secret | None, tags: Mapping[str, str]) -> dict[str, str | list[str]]:
    found: dict[str, str | list[str]] = {
        f"aws:resourcetag/{key.lower()}": value for key, value in tags.items()
    }
    if secret is not None:
        found["secretsmanager:secretid"] = call.arn(secret)
        found["secretsmanager:secretprimaryregion"] = secret.primary_region or secret.region
        if rotation := rotations.of_secret(call.database, secret.id):
            found["secretsmanager:resource/allowrotationlambdaarn"] = rotation.function
    return found


def _of_request(request: Request) -> dict[str, str | list[str]]:
    """The parameters the caller sent; one that was not sent is an absent key."""
    found: dict[str, str | list[str]] = {
        f"secretsmanager:{name.lower()}": _text(request[name]) for name in PARAMETERS if request.get(name) is not None
    }
    if "RotationRules" in request:
        found["secretsmanager:modifyrotationrules"] = "true"
    if str(request.get("KmsKeyId", "")).startswith("arn:"):
        found["secretsmanager:kmskeyarn"] = request["KmsKeyId"]
    if regions := [each.get("Region", "") for each in request.get("AddReplicaRegions", ())]:
        found["secretsmanager:addreplicaregions"] = regions
    tags = {each.get("Key", ""): each.get("Value", "") for each in request.get("Tags", ())}
    found |= {f"aws:requesttag/{key.lower()}": value for key, value in tags.items()}
    if named := [*tags, *request.get("TagKeys", ())]:
        found["aws:tagkeys"] = named
    return found


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


# Locking oneself out.


def locked_out(
    call: Call, secret: Secret | None, policy: Policy | None, tags: Mapping[str, str] | None = None
) -> Outcome | None:
    """Why the caller could not change the policy any more, with it and with these tags in force; None if they could."""
    resource = call.arn(secret) if secret else any_secret(call, policy)[0]
    question = _question(call, MANAGE, secret, resource, {}, tags)
    outcome = allowed(policy, question, identity_allows=call.caller.identity == "admin", owner=call.account)
    return None if outcome.allowed else outcome


def must_stay_manageable(call: Call, secret: Secret, tags: Mapping[str, str]) -> None:
    """Raises AccessDeniedException where other tags would lock the caller out."""
    policy = attached(call, secret)
    outcome = locked_out(call, secret, policy, tags) if policy else None
    if outcome is not None:
        raise AccessDeniedException(f"{LOCKED_OUT} {because(outcome, tags)}".strip())


def because(outcome: Outcome, tags: Mapping[str, str] | None = None) -> str:
    """The statement, and the tag in it, that hits the caller."""
    if outcome.statement is None:
        return f"Because {outcome.why} allows it."
    by_key = {key.lower(): f"{key}={value}" for key, value in (tags or {}).items()}
    hit = [by_key[name] for each in outcome.statement.conditions if (name := each.key.partition("/")[2]) in by_key]
    return f"It is denied by {outcome.statement.name}{f', with the tag {hit[0]}' if hit else ''}."


# Letting strangers in.


def broad(call: Call, secret: Secret | None, policy: Policy) -> Witness | None:
    """The stranger a policy lets in, for one secret or for any that it might be put on."""
    resources = [call.arn(secret)] if secret else any_secret(call, policy)
    found = (exposure.exposure(policy, resource=resource, owner=call.account, now=moment(call.now))
             for resource in resources)
    return next(filter(None, found), None)


def any_secret(call: Call, policy: Policy | None) -> list[str]:
    """ARNs of secrets of this account and Region, one for each way in which a policy tells them apart."""
    texts = [text for each in (policy.statements if policy else ()) for text in each.resources]
    if policy and policy.variables:
        texts = [variables.widened(text, variables.keys_in(text)) for text in texts]
    patterns = [wildcards.pattern(text) for text in texts]
    prefix = names.arn(call.region, call.account, "")
    try:
        return samples.texts(patterns, prefix=prefix)
    except samples.TooMany:
        return [names.arn(call.region, call.account, "any", "AbCdEf")]
