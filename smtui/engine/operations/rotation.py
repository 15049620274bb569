"""RotateSecret, CancelRotateSecret."""

from __future__ import annotations

from dataclasses import replace

from smtui.api.errors import InvalidRequestException
from smtui.engine import rotation
from smtui.engine.call import Call, require_token
from smtui.engine.declaration import Request, Response, operation
from smtui.vault import rotations, secrets, versions
from smtui.vault.rotations import Rotation
from smtui.vault.secrets import Secret


def _check_token(request: Request) -> None:
    require_token(request)


@operation("RotateSecret", changes=True, owner_only=True, check=_check_token)
def rotate_secret(call: Call, secret: Secret, request: Request) -> Response:
    """Source: page RotateSecret. Begins a run, whose steps are calls of their own, see `runs`."""
    token = require_token(request)
    answer = {**call.format_identity(secret), "VersionId": token}
    wanted = _parse_rotation(call, secret, request)
    rotation.get_function(call, wanted.function)
    begun_before = _is_begun(call, secret, token)
    rotations.save_rotation(call.database, rotation.schedule_next(call, wanted))
    if not begun_before:
        rotation.begin_run(call, secret, token, "rotation" if request.get("RotateImmediately", True) else "test")
    secrets.touch_changed(call.database, secret, call.now)
    return answer


def _parse_rotation(call: Call, secret: Secret, request: Request) -> Rotation:
    """The rotation settings of the request, completed by those the secret has."""
    before = rotations.find_rotation(call.database, secret.id)
    function = request.get("RotationLambdaARN") or (before.function if before else None)
    if function is None:
        raise InvalidRequestException("No Lambda rotation function ARN is associated with this secret.")
    present = before or Rotation(secret.id, True, function, None, None, None, rotated_at=None, counts_from=call.now,
                                 opens_at=None, due_by=None)
    wanted = replace(present, enabled=True, function=function)
    return rotation.replace_rules(wanted, request["RotationRules"], call.now) if "RotationRules" in request else wanted


def _is_begun(call: Call, secret: Secret, token: str) -> bool:
    """Whether this very request was served before. Raises InvalidRequestException if another rotation is in the way."""
    run = rotations.find_run(call.database, secret.id)
    if run is not None and run.token == token:
        return True
    if rotation.find_pending_version_id(call, secret) is not None:
        raise InvalidRequestException("A previous rotation isn't complete. That rotation will be reattempted.")
    if versions.find_by_id(call.database, secret.id, token):
        raise InvalidRequestException(
            f"You can't use ClientRequestToken {token} because that value is already in use for a version of secret "
            f"{call.format_arn(secret)}."
        )
    return False


@operation("CancelRotateSecret", changes=True, owner_only=True)
def cancel_rotate_secret(call: Call, secret: Secret, request: Request) -> Response:
    """Source: page CancelRotateSecret. Labels stay where an incomplete rotation has left them."""
    before = rotations.find_rotation(call.database, secret.id)
    if before is None:
        raise InvalidRequestException("No Lambda rotation function ARN is associated with this secret.")
    rotations.save_rotation(call.database, rotation.schedule_next(call, replace(before, enabled=False)))
    secrets.touch_changed(call.database, secret, call.now)
    run = rotations.find_run(call.database, secret.id)
    if run is None or run.state != "waiting":
        return call.format_identity(secret)
    rotations.remove_run(call.database, secret.id)
    rotation.add_event(call, secret, "Abandoned", run.kind)
    return {**call.format_identity(secret), "VersionId": run.token}
