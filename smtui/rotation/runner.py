"""Carries a claimed rotation from step to step, and reports how each of them ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from smtui.api.errors import ClientError, InvalidRequestException
from smtui.api.own import RotationClient
from smtui.api.types import Client
from smtui.rotation.command import command
from smtui.rotation.function import Function, NotPermittedError, Output, Permits, StepFailedError, Task, Wanted
from smtui.rotation.password import password

KINDS: dict[str, Function] = {"Password": password, "Command": command}


@dataclass(frozen=True, slots=True)
class Ended:
    """How the carrying of one secret's rotation ended; `problem` is empty where it succeeded, or waits.

    One that `waits` was not tried: its command is not allowed on this machine.
    """

    name: str
    kind: str
    step: str
    problem: str = ""
    waits: bool = False


def carry_out(
    rotations: RotationClient, client: Client, holder: str, *, arn: str | None = None, wanted: Wanted,
    permits: Permits,
) -> Iterator[Ended]:
    """Every rotation that is due, one after the other, as long as it is wanted; or that of one secret, though it may
    still rest.
    """
    which: Any = {} if arn is None else {"SecretARN": arn, "AtOnce": True}
    given_back: set[str] = set()
    while wanted() and (claimed := rotations.claim_rotation(Holder=holder, **which).get("Rotation")):
        task = Task.claimed(claimed, wanted, permits)
        try:
            yield _through(task, client, _reporter(rotations, task, holder))
        except NotPermittedError:
            yield _release(rotations, task, holder)
            if task.arn in given_back:
                return
            given_back.add(task.arn)
        if arn is not None:
            return


def _release(rotations: RotationClient, task: Task, holder: str) -> Ended:
    """Gives a run back whose permission was taken back after it was claimed."""
    try:
        step = rotations.describe_rotation(SecretId=task.arn)["Rotation"]["Step"]
        rotations.release_rotation(SecretId=task.arn, ClientRequestToken=task.token, Step=step, Holder=holder)
    except InvalidRequestException as error:
        return Ended(task.name, task.kind, task.step, error.message)
    return Ended(task.name, task.kind, step, waits=True)


Report = Callable[[str, Output, str | None], tuple[str | None, str | None]]
"""Of a step, what it wrote and what went wrong: answers with the next step, and with what the vault found wrong."""


def _through(task: Task, client: Client, report: Report) -> Ended:
    """Step by step until the end, a failure, or until somebody else has taken over."""
    step: str | None = task.step
    while step is not None:
        at = step
        try:
            problem, output = None, _function(task)(task, at, client)
        except StepFailedError as failed:
            problem, output = str(failed), failed.output
        except ClientError as error:
            problem, output = f"{error.code}: {error.message}", Output()
        try:
            step, found = report(at, output, problem)
        except InvalidRequestException as error:
            return Ended(task.name, task.kind, at, error.message)
        if problem := problem or found:
            return Ended(task.name, task.kind, at, problem)
    return Ended(task.name, task.kind, at)


def _function(task: Task) -> Function:
    return next(function for kind, function in KINDS.items() if kind in task.function)


def _reporter(rotations: RotationClient, task: Task, holder: str) -> Report:
    def report(step: str, output: Output, problem: str | None) -> tuple[str | None, str | None]:
        told: dict[str, Any] = {} if problem is None else {"Message": f"{problem}\n{output.text}".strip()}
        if output.size:
            told |= {"OutputSha256": output.digest, "OutputBytes": output.size}
        answer = rotations.report_rotation(
            SecretId=task.arn, ClientRequestToken=task.token, Step=step, Holder=holder, Succeeded=problem is None,
            **told,
        )
        return answer.get("Step"), answer.get("Problem")

    return report
