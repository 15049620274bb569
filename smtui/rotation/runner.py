"""Runs claimed rotations step by step, and reports the outcome of each step to the vault."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from smtui.api.errors import ClientError, InvalidRequestException, SmtuiError
from smtui.api.types import Client
from smtui.rotation.command import run_command
from smtui.rotation.function import (
    NotPermittedError,
    Output,
    Permits,
    RotationFunction,
    ShouldContinue,
    StepFailedError,
    Task,
)
from smtui.rotation.password import rotate_password

if TYPE_CHECKING:
    from smtui.api.extension_types import ClaimRotationRequest, ReportRotationRequest, RotationClient

Observe = Callable[[str, Output, str], None]
KINDS: dict[str, RotationFunction] = {"Password": rotate_password, "Command": run_command, "Lambda": run_command}
INTERRUPTED = "It was stopped early: the program was interrupted."


@dataclass(frozen=True, slots=True)
class RotationResult:
    """The outcome of one secret's rotation. `problem` is empty if it succeeded or `waits`.

    A rotation that `waits` was not started: its command is not allowed on this machine.
    """

    name: str
    kind: str
    step: str
    problem: str = ""
    waits: bool = False


def run_rotations(
    rotations: RotationClient, client: Client, holder: str, *, arn: str | None = None, should_continue: ShouldContinue,
    permits: Permits, observe: Observe = lambda *_: None,
) -> Iterator[RotationResult]:
    """Runs every rotation that is due, one after the other; with `arn`, that secret's, even before its next retry.

    Args:
        holder: identifies this session in the vault's claims.
        should_continue: is asked between and during steps; False ends the run early.
        permits: whether a function's command may run on this machine.
        observe: is called after each step, with its output and its problem, or "".

    Yields: a result for each rotation.
    """
    which: ClaimRotationRequest = {"Holder": holder}
    if arn is not None:
        which |= {"SecretARN": arn, "AtOnce": True}
    released: set[str] = set()
    while should_continue() and (claimed := rotations.claim_rotation(**which).get("Rotation")):
        task = Task.make(claimed, should_continue, permits)
        try:
            yield _run_steps(task, client, _make_reporter(rotations, task, holder), observe)
        except NotPermittedError:
            yield _release(rotations, task, holder)
            if task.arn in released:
                return
            released.add(task.arn)
        if arn is not None:
            return


def _release(rotations: RotationClient, task: Task, holder: str) -> RotationResult:
    """Releases a claimed rotation whose permission was revoked after the claim."""
    try:
        step = rotations.describe_rotation(SecretId=task.arn)["Rotation"]["Step"]
        rotations.release_rotation(SecretId=task.arn, ClientRequestToken=task.token, Step=step, Holder=holder)
    except InvalidRequestException as error:
        return RotationResult(task.name, task.kind, task.step, error.message)
    return RotationResult(task.name, task.kind, step, waits=True)


Report = Callable[[str, Output, str | None], tuple[str | None, str | None]]
"""Reports a step, its output and its problem. Returns the next step, and a problem that the vault found."""


def _run_steps(task: Task, client: Client, report: Report, observe: Observe) -> RotationResult:
    """Runs the steps until the end or a failure, or until another session has taken over.

    Raises:
        KeyboardInterrupt: the user interrupted the program. The rotation has failed then, so that it can be retried.
    """
    step: str | None = task.step
    while step is not None:
        at = step
        try:
            problem, output = None, _find_function(task)(task, at, client)
        except StepFailedError as failed:
            problem, output = str(failed), failed.output
        except ClientError as error:
            problem, output = f"{error.code}: {error.message}", Output()
        except KeyboardInterrupt:
            with suppress(SmtuiError):
                report(at, Output(), INTERRUPTED)
            raise
        try:
            step, found = report(at, output, problem)
        except InvalidRequestException as error:
            return RotationResult(task.name, task.kind, at, error.message)
        problem = problem or found
        observe(at, output, problem or "")
        if problem:
            return RotationResult(task.name, task.kind, at, problem)
    return RotationResult(task.name, task.kind, at)


def _find_function(task: Task) -> RotationFunction:
    return next(function for kind, function in KINDS.items() if kind in task.function)


def _make_reporter(rotations: RotationClient, task: Task, holder: str) -> Report:
    def report(step: str, output: Output, problem: str | None) -> tuple[str | None, str | None]:
        result: ReportRotationRequest = {
            "SecretId": task.arn, "ClientRequestToken": task.token, "Step": step, "Holder": holder,
            "Succeeded": problem is None,
        }
        if problem is not None:
            result["Message"] = f"{problem}\n{output.text}".strip()
        if output.size:
            result |= {"OutputSha256": output.digest, "OutputBytes": output.size}
        answer = rotations.report_rotation(**result)
        return answer.get("Step"), answer.get("Problem")

    return report
