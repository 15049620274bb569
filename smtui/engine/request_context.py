"""Builds the policy request of a call: identity, action, resource and condition keys."""

from __future__ import annotations

import re
from collections.abc import Mapping

from smtui.api.arn import is_arn
from smtui.engine.call import Call, to_datetime
from smtui.engine.declaration import Request
from smtui.policy.decide import Identity
from smtui.policy.decide import Request as Question
from smtui.policy.keys import canonicalize_key
from smtui.vault import rotations, secrets
from smtui.vault.secrets import Secret

Context = dict[str, str | list[str]]
# Members of requests that are condition keys with the same name.
PARAMETERS = (
    "Name", "Description", "KmsKeyId", "VersionId", "VersionStage", "RotationLambdaARN", "RotateImmediately",
    "RecoveryWindowInDays", "ForceDeleteWithoutRecovery", "ForceOverwriteReplicaSecret", "BlockPublicPolicy",
)  # fmt: skip
_SERVICE = re.compile(r"[a-z0-9.-]+\.amazonaws\.com(\.cn)?")
_TYPES = {"user": "User", "role": "AssumedRole", "assumed-role": "AssumedRole", "federated-user": "FederatedUser"}


def make_policy_request(
    call: Call, action: str, secret: Secret | None, resource: str, request: Request,
    tags: Mapping[str, str] | None = None,
) -> Question:
    """The policy request of a call. `tags` replaces the tags of the secret."""
    if tags is None:
        tags = secrets.read_tags(call.database, secret) if secret else {}
    identity = parse_identity(call.caller.arn)
    own = {canonicalize_key(key): _format_context_value(value) for key, value in call.caller.context.items()}
    context = {**_list_call_keys(call), **_list_identity_keys(identity), **_list_secret_keys(call, secret, tags),
               **_list_request_keys(request), **own}
    return Question(identity, action, resource, context)


def parse_identity(caller: str) -> Identity:
    """The identity of an ARN or a service name; anything else is an anonymous caller."""
    if _SERVICE.fullmatch(caller):
        return Identity(service=caller)
    return Identity(caller if is_arn(caller) else "")


def _format_context_value(value: object) -> str | list[str]:
    """A context value as policies spell it."""
    if isinstance(value, list | tuple | set | frozenset):
        return [_to_text(each) for each in value]
    return _to_text(value)


def _list_call_keys(call: Call) -> Context:
    """Condition keys that every request has, unless its context replaces them."""
    now = to_datetime(call.now)
    return {
        "aws:currenttime": now.strftime("%Y-%m-%dT%H:%M:%SZ"), "aws:epochtime": str(call.now // 1000),
        "aws:securetransport": "true", "aws:requestedregion": call.region, "aws:useragent": "smtui",
        "aws:viaawsservice": "false", "aws:resourceaccount": call.account,
    }  # fmt: skip


def _list_identity_keys(identity: Identity) -> Context:
    if identity.service:
        return {"aws:principalisawsservice": "true", "aws:principalservicename": identity.service}
    if not identity.arn:
        return {"aws:principalaccount": "anonymous", "aws:principaltype": "Anonymous", "aws:userid": "anonymous"}
    kind, name = identity.kind_and_name
    name = name.rpartition("/")[2]
    found: Context = {
        "aws:principalisawsservice": "false", "aws:principalaccount": identity.account,
        "aws:principalarn": identity.principal_arn, "aws:principaltype": _TYPES.get(kind, "Account"),
        "aws:userid": name or identity.account,
    }
    return found | ({"aws:username": name} if kind == "user" else {})


def _list_secret_keys(call: Call, secret: Secret | None, tags: Mapping[str, str]) -> dict[str, str | list[str]]:
    found: dict[str, str | list[str]] = {
        f"aws:resourcetag/{key.lower()}": value for key, value in tags.items()
    }
    if secret is not None:
        found["secretsmanager:secretid"] = call.format_arn(secret)
        found["secretsmanager:secretprimaryregion"] = secret.primary_region or secret.region
        if rotation := rotations.find_rotation(call.database, secret.id):
            found["secretsmanager:resource/allowrotationlambdaarn"] = rotation.function
    return found


def _list_request_keys(request: Request) -> dict[str, str | list[str]]:
    """Condition keys from the parameters of the request; a missing parameter is a missing key."""
    found: dict[str, str | list[str]] = {
        f"secretsmanager:{name.lower()}": _to_text(request[name])
        for name in PARAMETERS if request.get(name) is not None
    }
    if "RotationRules" in request:
        found["secretsmanager:modifyrotationrules"] = "true"
    if is_arn(str(request.get("KmsKeyId", ""))):
        found["secretsmanager:kmskeyarn"] = request["KmsKeyId"]
    if regions := [each.get("Region", "") for each in request.get("AddReplicaRegions", ())]:
        found["secretsmanager:addreplicaregions"] = regions
    tags = {each.get("Key", ""): each.get("Value", "") for each in request.get("Tags", ())}
    found |= {f"aws:requesttag/{key.lower()}": value for key, value in tags.items()}
    if named := [*tags, *request.get("TagKeys", ())]:
        found["aws:tagkeys"] = named
    return found


def _to_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
