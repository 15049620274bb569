"""PutResourcePolicy, GetResourcePolicy, DeleteResourcePolicy, ValidateResourcePolicy."""

from __future__ import annotations

from smtui.api.errors import PublicPolicyException
from smtui.engine import policies
from smtui.engine.call import Call
from smtui.engine.declaration import CONTRACT, Request, Response, operation
from smtui.vault import policies as rows
from smtui.vault import secrets
from smtui.vault.secrets import Secret

BROAD = "This resource policy grants broad access to your secret."


@operation("PutResourcePolicy", changes=True)
def put_resource_policy(call: Call, secret: Secret, request: Request) -> Response:
    """Source: page PutResourcePolicy. A policy that locks its writer out is attached, as in the service."""
    policy = policies.read_policy(request["ResourcePolicy"])
    if request.get("BlockPublicPolicy", False) and (witness := policies.find_broad_access(call, secret, policy)):
        raise PublicPolicyException(
            f"You can't attach a resource-based policy that allows broad access to the secret. {witness}"
        )
    rows.store_policy(call.database, secret.id, request["ResourcePolicy"])
    secrets.touch_changed(call.database, secret, call.now)
    return call.format_identity(secret)


@operation("GetResourcePolicy", reads_metadata=True)
def get_resource_policy(call: Call, secret: Secret, request: Request) -> Response:
    """Source: page GetResourcePolicy."""
    text = rows.read_policy(call.database, secret)
    return {**call.format_identity(secret), **({} if text is None else {"ResourcePolicy": text})}


@operation("DeleteResourcePolicy", changes=True)
def delete_resource_policy(call: Call, secret: Secret, request: Request) -> Response:
    """Source: page DeleteResourcePolicy."""
    if rows.read_policy(call.database, secret) is not None:
        rows.remove_policy(call.database, secret.id)
        secrets.touch_changed(call.database, secret, call.now)
    return call.format_identity(secret)


@operation("ValidateResourcePolicy", reads_metadata=True)
def validate_resource_policy(call: Call, secret: Secret | None, request: Request) -> Response:
    """Page ValidateResourcePolicy: reports every failed check and attaches nothing."""
    policies.authorize(call, CONTRACT["PutResourcePolicy"], secret, request)
    policy = policies.read_policy(request["ResourcePolicy"])
    failed = []
    if witness := policies.find_broad_access(call, secret, policy):
        failed.append({"CheckName": "BlockPublicPolicy", "ErrorMessage": f"{BROAD} {witness}"})
    if found := policies.find_lock_out(call, secret, policy):
        failed.append({"CheckName": "LockOut", "ErrorMessage": f"{policies.LOCKED_OUT} {found}"})
    return {"PolicyValidationPassed": not failed, "ValidationErrors": failed}
