"""Rotation of a secret: its dates, and how a run begins, advances and ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from smtui.api.errors import AccessDeniedException, InvalidParameterException
from smtui.engine import audit_events, values
from smtui.engine.call import Call, to_datetime
from smtui.engine.declaration import Response
from smtui.engine.functions import find_function
from smtui.rules import labels, schedules
from smtui.rules.schedules import InvalidScheduleError, Rules
from smtui.vault import rotations, secrets, versions
from smtui.vault.rotations import Function, Kind, Rotation, Run
from smtui.vault.secrets import Secret
from smtui.vault.versions import StoredVersion

STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")
FIRST_STEP: dict[Kind, str] = {"rotation": "createSecret", "test": "testSecret"}
LAST_STEP: dict[Kind, str] = {"rotation": "finishSecret", "test": "testSecret"}
MINUTE = 60 * 1000
# The pause after a failed rotation, in milliseconds: 5 minutes, doubled each time, at most a day.
FIRST_PAUSE, MAX_PAUSE = 5 * MINUTE, 24 * 60 * MINUTE
ABANDONED = "AWSPENDING was removed from version {version}, which ended this rotation."


def get_function(call: Call, arn: str) -> Function:
    """The function of an ARN. Raises AccessDeniedException if this vault has none."""
    function = find_function(call.database, call.account, call.region, arn)
    if function is None:
        raise AccessDeniedException(
            "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants "
            "access to the principal secretsmanager.amazonaws.com."
        )
    return function


def make_rules(rotation: Rotation) -> Rules | None:
    """The schedule of a rotation, or None. Raises InvalidScheduleError."""
    return schedules.parse_rules(
        after_days=rotation.after_days, expression=rotation.expression, duration=rotation.duration
    )


def replace_rules(rotation: Rotation, asked: Mapping[str, Any], now: int) -> Rotation:
    """The rotation with other RotationRules; `now` is in milliseconds. Raises InvalidParameterException."""
    changed = replace(rotation, after_days=asked.get("AutomaticallyAfterDays"),
                      expression=asked.get("ScheduleExpression"), duration=asked.get("Duration"))
    try:
        if rules := make_rules(changed):
            schedules.require_window(rules, to_datetime(now))
    except InvalidScheduleError as error:
        raise InvalidParameterException(str(error)) from None
    return changed


def schedule_next(call: Call, rotation: Rotation) -> Rotation:
    """The rotation with the dates of its next window."""
    try:
        rules = make_rules(rotation) if rotation.enabled else None
    except InvalidScheduleError:
        rules = None  # a damaged row, which check reports
    window = rules and schedules.find_next_window(rules, to_datetime(rotation.counts_from), to_datetime(call.now))
    if not window:
        return replace(rotation, opens_at=None, due_by=None)
    return replace(rotation, opens_at=_to_milliseconds(window.start), due_by=_to_milliseconds(window.last))


def record_new_value(call: Call, secret: Secret) -> None:
    """Counts a new current value as a rotation, whoever stored it."""
    rotation = rotations.find_rotation(call.database, secret.id)
    if rotation is not None and rotation.enabled:
        counted = replace(rotation, rotated_at=call.now, counts_from=call.now)
        rotations.save_rotation(call.database, schedule_next(call, counted))


def format_members(rotation: Rotation | None) -> Response:
    """The members of DescribeSecret and ListSecrets; none for a secret without rotation settings."""
    if rotation is None:
        return {}
    try:
        rules = make_rules(rotation)
    except InvalidScheduleError:
        return {"RotationEnabled": rotation.enabled, "RotationLambdaARN": rotation.function}
    rule_members = {
        "AutomaticallyAfterDays": rotation.after_days or (schedules.compute_reported_days(rules) if rules else None),
        "Duration": rotation.duration,
        "ScheduleExpression": rotation.expression,
    }
    dates = {"LastRotatedDate": rotation.rotated_at, "NextRotationDate": rotation.due_by} if rotation.enabled else {}
    return {
        "RotationEnabled": rotation.enabled,
        "RotationLambdaARN": rotation.function,
        **({"RotationRules": {name: value for name, value in rule_members.items() if value}} if rules else {}),
        **{name: to_datetime(at) for name, at in dates.items() if at},
    }


# Runs.


def find_pending_version_id(call: Call, secret: Secret) -> str | None:
    """The VersionId of an incomplete rotation: the version with AWSPENDING, unless it also has AWSCURRENT."""
    by_label = versions.read_labels(call.database, secret.id)
    row = by_label.get(labels.AWSPENDING)
    if row is None or row == by_label.get(labels.AWSCURRENT):
        return None
    return versions.get_by_row(call.database, row).version_id


def begin_run(call: Call, secret: Secret, token: str, kind: Kind) -> None:
    """Begins a rotation with an empty pending version, or a test with a pending copy of the current version.

    The pending version of a test is empty too if the secret has no value.
    """
    current = versions.read_labels(call.database, secret.id).get(labels.AWSCURRENT) if kind == "test" else None
    if current is None:
        values.reserve_version(call, secret, token)
    else:
        value = values.decrypt(call, secret, versions.get_by_row(call.database, current))
        values.store_version(call, secret, token, value, [labels.AWSPENDING])
    rotations.save_run(call.database, Run(
        secret.id, kind, token, FIRST_STEP[kind], "waiting", attempts=0, not_before=call.now, held_by=None,
        held_until=0, message="", changed_at=call.now,
    ))
    add_event(call, secret, "Started", kind)


def complete_step(call: Call, secret: Secret, run: Run) -> Run:
    """The run at its next step, or finished."""
    if run.step != LAST_STEP[run.kind]:
        after = replace(run, step=STEPS[STEPS.index(run.step) + 1], attempts=0, message="", changed_at=call.now)
        rotations.save_run(call.database, after)
        return after
    by_label = versions.read_labels(call.database, secret.id)
    version = versions.find_by_id(call.database, secret.id, run.token)
    if run.kind == "rotation" and (version is None or by_label.get(labels.AWSCURRENT) != version.id):
        return fail_run(call, secret, run, "finishSecret ended, but AWSCURRENT is not on the new version.")
    _remove_pending(call, secret, run)
    if version is not None and run.kind == "rotation" and not _is_counted(call, secret, version):
        record_new_value(call, secret)
    return _end_run(call, secret, run, "done", "Succeeded", "")


def record_promotion(call: Call, secret: Secret, token: str) -> None:
    """Counts the rotation whose version has become current; its function may still be running."""
    run = rotations.find_run(call.database, secret.id)
    if run is not None and (run.kind, run.state, run.token) == ("rotation", "waiting", token):
        record_new_value(call, secret)


def _is_counted(call: Call, secret: Secret, version: StoredVersion) -> bool:
    """Whether the rotation that made the version was counted when the version became current."""
    rotation = rotations.find_rotation(call.database, secret.id)
    return rotation is not None and rotation.rotated_at is not None and rotation.rotated_at >= version.created_at


def fail_run(call: Call, secret: Secret, run: Run, message: str) -> Run:
    """A rotation pauses and is retried at the same step; a failed test ends."""
    if run.kind == "test":
        _remove_pending(call, secret, run)
        return _end_run(call, secret, run, "failed", "Failed", message)
    rest = min(FIRST_PAUSE * 2**run.attempts, MAX_PAUSE)
    after = replace(run, attempts=run.attempts + 1, not_before=call.now + rest, held_by=None, held_until=0,
                    message=message, changed_at=call.now)
    rotations.save_run(call.database, after)
    add_event(call, secret, "Failed", run.kind)
    return after


def _end_run(call: Call, secret: Secret, run: Run, state: rotations.State, event: str, message: str) -> Run:
    after = replace(run, state=state, held_by=None, held_until=0, message=message, changed_at=call.now)
    rotations.save_run(call.database, after)
    secrets.touch_changed(call.database, secret, call.now)
    add_event(call, secret, event, run.kind)
    return after


def judge_run(call: Call, secret: Secret, run: Run) -> Run:
    """The run as it is now: failed if it rests and AWSPENDING was taken away from its version, which ends a rotation.

    After that, a new rotation may begin. The version that has AWSCURRENT already needs no AWSPENDING.
    """
    if run.kind == "test" or run.state != "waiting" or run.held_until > call.now:
        return run
    version = versions.find_by_id(call.database, secret.id, run.token)
    by_label = versions.read_labels(call.database, secret.id)
    if version is not None and version.id in (by_label.get(labels.AWSPENDING), by_label.get(labels.AWSCURRENT)):
        return run
    return replace(run, state="failed", message=ABANDONED.format(version=run.token[:8]))


def end_abandoned_run(call: Call, secret: Secret, run: Run) -> bool:
    """Ends a run whose version has lost AWSPENDING. Returns whether it did."""
    judged = judge_run(call, secret, run)
    if judged.state == "waiting":
        return False
    _end_run(call, secret, run, judged.state, "Abandoned", judged.message)
    return True


def release_run(call: Call, run: Run) -> None:
    """Gives a run back as it was claimed: nothing was tried, so nothing has failed."""
    rotations.save_run(call.database, replace(run, held_by=None, held_until=0, changed_at=call.now))


def _remove_pending(call: Call, secret: Secret, run: Run) -> None:
    """Removes AWSPENDING from the run's version, and deletes a version made for a test."""
    version = versions.find_by_id(call.database, secret.id, run.token)
    before = versions.read_labels(call.database, secret.id)
    if version is not None and before.get(labels.AWSPENDING) == version.id:
        after = {label: row for label, row in before.items() if label != labels.AWSPENDING}
        values.save_labels(call, secret, before, after)
    if run.kind == "test":
        versions.remove_versions(call.database, secret.id, [run.token])


def add_event(call: Call, secret: Secret, what: str, kind: Kind) -> None:
    """Adds an event of the service under CloudTrail's name, such as RotationStarted or TestRotationFailed."""
    name = f"{'Test' if kind == 'test' else ''}Rotation{what}"
    event = audit_events.make_service_event(call, name, secret, {"SecretId": call.format_arn(secret)})
    call.further_events.append(event)


def _to_milliseconds(when: datetime) -> int:
    return round(when.timestamp() * 1000)
