"""What every kind of rotation function is: something that is asked for one step of one secret's rotation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Protocol

from smtui.api.types import Client

STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")
Wanted = Callable[[], bool]
Permits = Callable[[Mapping[str, Any]], bool]
"""Whether a function, as ClaimRotation describes it, may be run on this machine."""


def permit_nothing(function: Mapping[str, Any]) -> bool:
    """What holds where nobody was asked."""
    return False


@dataclass(frozen=True, slots=True)
class Task:
    """One run as it was claimed: which secret, which version, by which function, from which step on.

    A function that takes its time asks `wanted` now and then, and ends early once nobody wants it to go on.
    """

    arn: str
    name: str
    kind: str
    step: str
    token: str
    rotation_token: str
    function: dict[str, Any]
    wanted: Wanted
    permits: Permits = permit_nothing

    @classmethod
    def claimed(cls, rotation: dict[str, Any], wanted: Wanted, permits: Permits = permit_nothing) -> Task:
        return cls(rotation["SecretARN"], rotation["SecretName"], rotation["Kind"], rotation["Step"],
                   rotation["ClientRequestToken"], rotation["RotationToken"], rotation["Function"], wanted, permits)

    def event(self, step: str) -> dict[str, str]:
        """What AWS Lambda would be given."""
        return {"Step": step, "SecretId": self.arn, "ClientRequestToken": self.token,
                "RotationToken": self.rotation_token}


@dataclass(frozen=True, slots=True, repr=False)
class Output:
    """What a function wrote: safe to keep in the vault, and, as length and hash alone, in the trail."""

    text: str = ""
    size: int = 0
    digest: str = ""

    @classmethod
    def of(cls, raw: bytes, size: int, text: str) -> Output:
        return cls(text, size, sha256(raw).hexdigest()) if size else cls()


class StepFailedError(Exception):
    """A step did not succeed; the message is for a person."""

    def __init__(self, message: str, output: Output | None = None) -> None:
        super().__init__(message)
        self.output = output or Output()


class NotPermittedError(Exception):
    """The command was not allowed on this machine, so nothing was started."""


class Function(Protocol):
    """Carries out one step. Raises StepFailedError, NotPermittedError, or the ClientError of a call it made."""

    def __call__(self, task: Task, step: str, client: Client) -> Output: ...
