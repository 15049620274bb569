"""The interface of every kind of rotation function: it runs one step of one secret's rotation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Protocol

from smtui.text.sanitize import SafeText

if TYPE_CHECKING:
    from smtui.api.extension_types import ClaimedRotation, FunctionDescription, FunctionEntry, RotationClient
    from smtui.api.types import Client

WAITS = SafeText("waits for your permission")
"""What the front ends say of a command that is not allowed on this machine, after its subject."""
STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")
ShouldContinue = Callable[[], bool]
"""False once the rotation should end early, as when the vault is locked."""
Permits = Callable[["FunctionDescription"], bool]
"""Whether a function, as ClaimRotation describes it, may be run on this machine."""


def find_function(client: RotationClient, name: str) -> FunctionEntry | None:
    """Returns the function of this name among those of the client's Region; None if there is none."""
    return next((each for each in client.list_functions()["Functions"] if each["FunctionName"] == name), None)


def permit_nothing(function: FunctionDescription) -> bool:
    """The default: no command may run."""
    return False


@dataclass(frozen=True, slots=True)
class Task:
    """A claimed rotation: secret, version (`token`), function and next step.

    A function calls `should_continue` repeatedly, and ends early when it is False.
    """

    arn: str
    name: str
    kind: str
    step: str
    token: str
    rotation_token: str
    function: FunctionDescription
    should_continue: ShouldContinue
    permits: Permits = permit_nothing

    @classmethod
    def make(
        cls, rotation: ClaimedRotation, should_continue: ShouldContinue, permits: Permits = permit_nothing
    ) -> Task:
        """The task of a rotation as ClaimRotation returns it."""
        return cls(rotation["SecretARN"], rotation["SecretName"], rotation["Kind"], rotation["Step"],
                   rotation["ClientRequestToken"], rotation["RotationToken"], rotation["Function"], should_continue,
                   permits)

    def make_event(self, step: str) -> dict[str, str]:
        """The event that an AWS Lambda function would get for this step."""
        return {"Step": step, "SecretId": self.arn, "ClientRequestToken": self.token,
                "RotationToken": self.rotation_token}


@dataclass(frozen=True, slots=True, repr=False)
class Output:
    """The output of a function, without secret values. The audit log has only its length and hash."""

    text: str = ""
    size: int = 0
    digest: str = ""

    @classmethod
    def make(cls, raw: bytes, size: int, text: str) -> Output:
        return cls(text, size, sha256(raw).hexdigest()) if size else cls()


class StepFailedError(Exception):
    """A step failed; the message is for the user."""

    def __init__(self, message: str, output: Output | None = None) -> None:
        super().__init__(message)
        self.output = output or Output()


class NotPermittedError(Exception):
    """The command is not allowed on this machine; nothing was started."""


class RotationFunction(Protocol):
    """Runs one step. Raises StepFailedError, NotPermittedError, or the ClientError of a call."""

    def __call__(self, task: Task, step: str, client: Client) -> Output: ...
