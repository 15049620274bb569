"""Our own operations for running rotations: ClaimRotation, ReleaseRotation, ReportRotation, DescribeRotation.

A run has one holder at a time, until the holder reports or `HOLD_TIME` passes, so two processes never rotate one
secret at once. The end of every step is stored, so after a crash another holder continues there. A run that rests ends
when AWSPENDING is taken away from its version: it is not retried, and another one may begin.

A rotation whose command is not allowed on this machine is neither begun nor claimed here: it waits.
"""

from __future__ import annotations

from dataclasses import replace

from smtui.api.errors import ClientError, InvalidRequestException
from smtui.engine import rotation
from smtui.engine.call import Call, to_datetime
from smtui.engine.declaration import Request, Response, operation
from smtui.engine.functions import describe_function, waits_for_permission
from smtui.engine.rotation import MINUTE
from smtui.vault import rotations, secrets
from smtui.vault.rotations import Rotation, Run
from smtui.vault.secrets import Secret

# Longer than any step may take, and shorter than a person would wait for a machine that died.
HOLD_TIME = 16 * MINUTE


@operation("ClaimRotation", changes=True, secret=False)
def claim_rotation(call: Call, _: None, request: Request) -> Response:
    """Claims the next run for this holder, if there is one, after beginning those whose window is open."""
    wanted = request.get("SecretARN")
    _end_abandoned(call)
    if wanted is None:
        _begin_due(call)
    for run in rotations.list_waiting_runs(call.database):
        secret = _get_secret(call, run.secret)
        if secret.region != call.region or wanted not in (None, call.format_arn(secret)):
            continue
        if not secrets.is_intact(call.database, secret):
            continue
        if run.held_until > call.now or (run.not_before > call.now and not request.get("AtOnce", False)):
            continue
        if task := _claim(call, secret, run, request["Holder"]):
            call.subject = secret
            return {"Rotation": task}
    return {}


def _end_abandoned(call: Call) -> None:
    """Ends the runs of this Region whose versions have lost AWSPENDING."""
    for run in rotations.list_waiting_runs(call.database):
        secret = _get_secret(call, run.secret)
        if secret.region == call.region and secrets.is_intact(call.database, secret):
            rotation.end_abandoned_run(call, secret, run)


def _begin_due(call: Call) -> None:
    """Begins what is due and reschedules what missed its window."""
    for due in rotations.list_open(call.database, call.now):
        secret = _get_secret(call, due.secret)
        present = rotation.schedule_next(call, due)
        run = rotations.find_run(call.database, secret.id)
        at_work = run is not None and run.state == "waiting"
        if not secrets.is_intact(call.database, secret):
            continue
        if secret.region != call.region or secret.is_scheduled or at_work or _is_waiting(call, due):
            continue
        is_open = present.opens_at is not None and present.opens_at <= call.now
        if not is_open or rotation.find_pending_version_id(call, secret) is not None:
            rotations.save_rotation(call.database, present)
        else:
            rotations.save_rotation(call.database, replace(present, opens_at=_begin(call, secret)))


def _begin(call: Call, secret: Secret) -> int | None:
    """Begins a rotation.

    If it is refused, for example because of a disabled key, returns when to retry (milliseconds).
    """
    try:
        with call.database.transaction():
            rotation.begin_run(call, secret, call.ambient.create_uuid(), "rotation")
    except ClientError:
        return call.now + rotation.MAX_PAUSE
    return None


def _claim(call: Call, secret: Secret, run: Run, holder: str) -> Response | None:
    set_up = rotations.find_rotation(call.database, secret.id)
    assert set_up is not None, "a run belongs to a rotation"
    if _is_waiting(call, set_up):
        return None
    try:
        function = rotation.get_function(call, set_up.function)
    except ClientError as error:
        rotation.fail_run(call, secret, run, error.message)
        return None
    described = describe_function(call.account, function, call.permissions)
    if "Unreadable" in described:
        rotation.fail_run(call, secret, run, f"The settings of the function {function.name} cannot be read.")
        return None
    rotations.save_run(call.database, replace(run, held_by=holder, held_until=call.now + HOLD_TIME))
    return {
        "SecretARN": call.format_arn(secret), "SecretName": secret.name, "Kind": run.kind, "Step": run.step,
        "ClientRequestToken": run.token, "RotationToken": call.ambient.create_uuid(), "Attempts": run.attempts,
        "Function": described,
    }


def _is_waiting(call: Call, rotation: Rotation) -> bool:
    return waits_for_permission(call.database, call.permissions, call.account, call.region, rotation.function)


@operation("ReleaseRotation", changes=True)
def release_rotation(call: Call, secret: Secret, request: Request) -> Response:
    """Gives a run back untried, for example because its permission was revoked meanwhile."""
    rotation.release_run(call, _get_held_run(call, secret, request))
    return {}


@operation("ReportRotation", changes=True)
def report_rotation(call: Call, secret: Secret, request: Request) -> Response:
    """Reports the end of a step; returns the next step, or none if the holder is done."""
    run = _get_held_run(call, secret, request)
    if not request["Succeeded"]:
        rotation.fail_run(call, secret, run, request.get("Message", ""))
        return {}
    after = rotation.complete_step(call, secret, replace(run, held_until=call.now + HOLD_TIME))
    if after.state == "waiting":
        return {"Step": after.step} if after.held_by else {"Problem": after.message}
    return {}


def _get_held_run(call: Call, secret: Secret, request: Request) -> Run:
    """The run, if the request comes from its holder. Raises InvalidRequestException."""
    run = rotations.find_run(call.database, secret.id)
    given = (request["ClientRequestToken"], request["Step"], request["Holder"], "waiting")
    if run is None or (run.token, run.step, run.held_by, run.state) != given:
        raise InvalidRequestException("This rotation was cancelled, or another process is running it.")
    return run


@operation("DescribeRotation", allow_scheduled=True, reads_metadata=True)
def describe_rotation(call: Call, secret: Secret, request: Request) -> Response:
    """Describes the last run of a secret: step, state, whether a process works on it, and why it failed.

    The windows of the schedule follow `CountsFromDate`. `WaitsForPermission` says that the command is not allowed on
    this machine.
    """
    set_up = rotations.find_rotation(call.database, secret.id)
    run = rotations.find_run(call.database, secret.id)
    run = rotation.judge_run(call, secret, run) if run else None
    is_on = set_up is not None and (set_up.enabled or (run is not None and run.state == "waiting"))
    return {
        **call.format_identity(secret),
        **({"CountsFromDate": to_datetime(set_up.counts_from)} if set_up else {}),
        **({"Rotation": _format_run(call, run)} if run else {}),
        **({"WaitsForPermission": True} if set_up and is_on and _is_waiting(call, set_up) else {}),
    }


def _format_run(call: Call, run: Run) -> Response:
    response = {"Kind": run.kind, "State": run.state, "Step": run.step, "ClientRequestToken": run.token,
            "Attempts": run.attempts, "Message": run.message, "ChangedDate": to_datetime(run.changed_at),
            "AtWork": run.state == "waiting" and run.held_until > call.now}
    if response["AtWork"]:
        response["HeldUntilDate"] = to_datetime(run.held_until)
    if run.state == "waiting" and run.attempts:
        response["RetryDate"] = to_datetime(run.not_before)
    return response


def _get_secret(call: Call, row: int) -> Secret:
    secret = secrets.find_by_row(call.database, row)
    assert secret is not None, "rows of rotation go with their secret"
    return secret
