"""Tries a rotation function on a copy of a secret: the four steps, with a report after each.

The original is only read. The steps are real: what setSecret changes in the service stays changed, so from there on the
copy, which alone has the new value, is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from smtui.api.errors import ClientError
from smtui.rotation.function import STEPS, Output, Permits, ShouldContinue
from smtui.rotation.runner import run_rotations
from smtui.rules.labels import OWN_LABEL

if TYPE_CHECKING:
    from smtui.api.extension_types import FunctionDescription, RotationClient
    from smtui.api.types import Client

MAX_NAME = 480
"""Characters of the original's name in the name of its copy."""


@dataclass(frozen=True, slots=True)
class StepReport:
    """A step that has ended. `problem` is empty if it succeeded; `labels` are those of the copy, with VersionIds."""

    step: str
    problem: str
    output: Output
    labels: dict[str, str]


@dataclass(frozen=True, slots=True)
class TrialResult:
    """The end of a trial. `copy` is the name of the copy if it was kept, else empty."""

    problem: str
    copy: str


def run_trial(
    rotations: RotationClient, client: Client, function: FunctionDescription, secret_id: str, holder: str, *,
    report: Callable[[StepReport], None], permits: Permits, should_continue: ShouldContinue = lambda: True,
) -> TrialResult:
    """Runs all steps of a function on a copy of a secret, until one fails.

    Args:
        rotations: the client for rotation functions.
        client: a client that begins a rotation without running it.
        function: the function, as ListFunctions describes it.
        secret_id: the secret to copy.
        holder: identifies this session in the vault's claims; it is part of the copy's name.
        report: is called after each step.
        permits: whether a function's process may run on this machine.
        should_continue: is asked between and during steps; False ends the trial early.

    Raises:
        ClientError: the secret has no value, or the copy cannot be made.
    """
    copy = _make_copy(client, function, secret_id, holder)
    ended: list[str] = []

    def observe(step: str, output: Output, problem: str) -> None:
        if not problem:
            ended.append(step)
        report(StepReport(step, problem, output, _read_labels(client, copy["ARN"])))

    try:
        client.rotate_secret(SecretId=copy["ARN"], RotationLambdaARN=function["FunctionArn"])
        results = list(run_rotations(rotations, client, holder, arn=copy["ARN"], should_continue=should_continue,
                                     permits=permits, observe=observe))
    finally:
        with suppress(ClientError):
            client.cancel_rotate_secret(SecretId=copy["ARN"])
        is_kept = STEPS[0] in ended and "Password" not in function
        if not is_kept:
            client.delete_secret(SecretId=copy["ARN"], ForceDeleteWithoutRecovery=True)
    problem = results[0].problem if results else "It was not run."
    return TrialResult(problem, copy["Name"] if is_kept else "")


def _make_copy(client: Client, function: FunctionDescription, secret_id: str, holder: str) -> Any:
    current = client.get_secret_value(SecretId=secret_id)
    described = client.describe_secret(SecretId=secret_id)
    request: Any = {
        "Name": f"{current['Name'][:MAX_NAME]}.trial-{holder[:8]}",
        "Description": f"Copy of {current['Name']} for a trial of the function {function['FunctionName']}",
        **{name: value for name, value in current.items() if name in ("SecretString", "SecretBinary")},
        **{name: value for name, value in described.items() if name == "KmsKeyId"},
    }
    return client.create_secret(**request)


def _read_labels(client: Client, arn: str) -> dict[str, str]:
    versions = client.describe_secret(SecretId=arn).get("VersionIdsToStages", {})
    return {label: version for version, held in versions.items() for label in held if not label.startswith(OWN_LABEL)}
