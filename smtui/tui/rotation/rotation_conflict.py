"""Detects that others changed the rotation of a secret since the user saw it: schedule, window, function or switch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from smtui.api.errors import SmtuiError
from smtui.rules.labels import AWSCURRENT
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.audit import last_change
from smtui.tui.rotation.function_text import format_function_name
from smtui.tui.rotation.schedule_text import format_rules, parse_rules, read_rotation_setup
from smtui.tui.secret.conflict import ConflictAnswer, describe_states
from smtui.tui.secret.guarded_write import GuardedWrite
from smtui.tui.secret.label_moves import collect_secret_labels

if TYPE_CHECKING:
    from smtui.api.types import DescribeSecretResponse, RotationRulesType
    from smtui.tui.session import Session


class FunctionChangedError(SmtuiError):
    """The rotation function is another one than the user saw."""


def guard_rotation(
    session: Session, secret: DescribeSecretResponse, write: Callable[[], object], yours: str,
    answers: Sequence[ConflictAnswer], insist: str, *, replaces_value: bool = False,
) -> GuardedWrite[DescribeSecretResponse]:
    """Returns a write that asks the user first if the rotation of the secret has changed.

    Args:
        session: the session that reads the secret.
        secret: the secret as the user saw it.
        write: makes the change.
        yours: the user's change, as text for the conflict dialog.
        answers: further answers of the conflict dialog.
        insist: the label of the button that overwrites the other change.
        replaces_value: whether `write` moves AWSCURRENT, so that it must still be on the version that the user saw.
    """
    client = session.client(record_reads=False)

    def has_changed(seen: DescribeSecretResponse, found: DescribeSecretResponse) -> bool:
        return is_other_rotation(seen, found) or (replaces_value and _find_current(seen) != _find_current(found))

    def describe(found: DescribeSecretResponse) -> list[SafeText]:
        if not is_other_rotation(secret, found):
            stored = last_change.describe_new_version(
                session.vault, secret["ARN"], _find_current(found), session.region)
            return [stored, SafeText(""), sanitize(f"Yours:  {yours}")]
        who = last_change.describe_last_change(session.vault, secret["ARN"], session.region,
                                              last_change.ROTATION_CHANGES, "changed the rotation")
        return describe_states(who, format_rotation(secret), format_rotation(found), yours)

    return GuardedWrite(
        sanitize(f"{'' if replaces_value else 'The rotation of '}{secret['Name']} has changed"),
        lambda: client.describe_secret(SecretId=secret["ARN"]), has_changed, write, describe, answers, insist,
    )


def _find_current(secret: DescribeSecretResponse) -> str:
    return collect_secret_labels(secret).get(AWSCURRENT, "")


def is_other_rotation(seen: DescribeSecretResponse, found: DescribeSecretResponse) -> bool:
    """Whether function, schedule, window or RotationEnabled differ. Dates of rotations do not count."""
    return read_rotation_setup(seen) != read_rotation_setup(found)


def format_rotation(secret: DescribeSecretResponse) -> str:
    """Returns the function and the schedule as text, marked `off` if the rotation is disabled."""
    if "RotationLambdaARN" not in secret:
        return "not configured"
    words = format_settings(secret["RotationLambdaARN"], secret.get("RotationRules", {}))
    return words if secret.get("RotationEnabled") else f"off ({words})"


def format_settings(function: str | None, rules: RotationRulesType) -> str:
    """Returns the function and the schedule as text: `works, every 30 days, at any time of that day`."""
    schedule = parse_rules(rules)
    name = format_function_name(function) if function else "no function"
    return f"{name}, {format_rules(schedule) if schedule else 'no schedule'}"
