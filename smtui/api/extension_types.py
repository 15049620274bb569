"""Requests, responses and clients of our own operations for type checkers; never needed at run time.

The shapes in `smtui.api.extensions` are what the engine checks; a test compares them with these types.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, NotRequired, Protocol, TypedDict, Unpack

from smtui.api.types import EmptyResponse, GetRandomPasswordRequest, Metadata

Step = Literal["createSecret", "setSecret", "testSecret", "finishSecret"]


class PasswordSettings(GetRandomPasswordRequest, total=False):
    """The options of GetRandomPassword, and the key of a JSON value for the password (default: the entire value)."""

    Key: str


class Command(TypedDict):
    """The arguments of a local process, and its time limit for each step in seconds."""

    Arguments: list[str]
    TimeoutInSeconds: NotRequired[int]


class EnvironmentVariable(TypedDict):
    Name: str
    Value: str


class LambdaSettings(TypedDict):
    """The handler of an AWS Lambda function in a file of this machine, and what it runs with.

    `MayRead` are the secrets that it may read besides the one it rotates: names, or, in a description, ARNs.
    """

    File: str
    Handler: str
    Interpreter: str
    Environment: NotRequired[list[EnvironmentVariable]]
    MayRead: NotRequired[list[str]]
    TimeoutInSeconds: NotRequired[int]


class Lambda(LambdaSettings):
    """A Lambda function as it is described: with the digest of its file as it is now, if it can be read."""

    FileSha256: NotRequired[str]


class FunctionDescription(TypedDict):
    """A rotation function. It has one of `Password`, `Command`, `Lambda` and `Remote`, unless it is `Unreadable`.

    `Remote` is one in AWS Lambda: what AWS tells of it, in one line.
    """

    FunctionName: str
    FunctionArn: str
    Created: datetime
    Password: NotRequired[PasswordSettings]
    Command: NotRequired[Command]
    Lambda: NotRequired[Lambda]
    Remote: NotRequired[str]
    WaitsForPermission: NotRequired[bool]
    Unreadable: NotRequired[bool]


class FunctionResponse(FunctionDescription):
    ResponseMetadata: Metadata


class FunctionEntry(FunctionDescription):
    """A function in ListFunctions, with the number and some names of the secrets that it rotates."""

    SecretCount: int
    SecretNames: list[str]


class CreateFunctionRequest(TypedDict):
    FunctionName: str
    Password: NotRequired[PasswordSettings]
    Command: NotRequired[Command]
    Lambda: NotRequired[LambdaSettings]
    Allow: NotRequired[bool]


class AllowFunctionRequest(TypedDict):
    FunctionName: str
    Command: NotRequired[Command]
    Lambda: NotRequired[Lambda]


class FunctionRequest(TypedDict):
    FunctionName: str


class ListFunctionsResponse(TypedDict):
    Functions: list[FunctionEntry]
    ResponseMetadata: Metadata


class ClaimRotationRequest(TypedDict):
    Holder: str
    SecretARN: NotRequired[str]
    AtOnce: NotRequired[bool]


class ClaimedRotation(TypedDict):
    """The rotation that a holder has claimed, with its function and the next step."""

    SecretARN: str
    SecretName: str
    Kind: str
    Step: Step
    ClientRequestToken: str
    RotationToken: str
    Attempts: int
    Function: FunctionDescription


class ClaimRotationResponse(TypedDict):
    """`Rotation` is missing if there is nothing to do."""

    Rotation: NotRequired[ClaimedRotation]
    ResponseMetadata: Metadata


class ReleaseRotationRequest(TypedDict):
    SecretId: str
    ClientRequestToken: str
    Step: str
    Holder: str


class ReportRotationRequest(TypedDict):
    SecretId: str
    ClientRequestToken: str
    Step: str
    Holder: str
    Succeeded: bool
    Message: NotRequired[str]
    OutputSha256: NotRequired[str]
    OutputBytes: NotRequired[int]


class ReportRotationResponse(TypedDict):
    """The next step, or none if the holder is done; `Problem` is what the vault found wrong."""

    Step: NotRequired[Step]
    Problem: NotRequired[str]
    ResponseMetadata: Metadata


class DescribeRotationRequest(TypedDict):
    SecretId: str


class RotationStatus(TypedDict):
    """The last run of a secret's rotation. `Kind` is `rotation` or `test`; `State` is `waiting`, `done` or `failed`.

    `AtWork` says that a process works on it. If that process has ended without a word, another one may go on with it
    from `HeldUntilDate`.
    """

    Kind: str
    State: str
    Step: Step
    ClientRequestToken: str
    Attempts: int
    Message: str
    ChangedDate: datetime
    RetryDate: NotRequired[datetime]
    AtWork: bool
    HeldUntilDate: NotRequired[datetime]


class DescribeRotationResponse(TypedDict):
    """`Rotation` is missing before the first run, `CountsFromDate` without a rotation."""

    ARN: str
    Name: str
    Rotation: NotRequired[RotationStatus]
    CountsFromDate: NotRequired[datetime]
    WaitsForPermission: NotRequired[bool]
    ResponseMetadata: Metadata


class ContextEntry(TypedDict):
    ContextKeyName: str
    ContextKeyValues: list[str]


class ExplainAccessRequest(TypedDict):
    SecretId: str
    Action: str
    CallerArn: str
    IdentityAllows: NotRequired[bool]
    ContextEntries: NotRequired[list[ContextEntry]]


class ExplainAccessResponse(TypedDict):
    ARN: str
    Name: str
    Allowed: bool
    Statement: NotRequired[str]
    Reason: NotRequired[str]
    RefusedByKey: NotRequired[bool]
    ResponseMetadata: Metadata


class ListAccessRequest(TypedDict):
    SecretId: str
    Action: str


class ListAccessResponse(TypedDict):
    """The principals with access; `Witness` describes access that is broader than the policy should give.

    The policy also allows `RefusedPrincipals`, whom the secret's key refuses, as `KeyNote` says. `AccountDenial` says
    whether a Deny keeps all principals of the secret's account out, but for those that are named: always, or under
    conditions.
    """

    ARN: str
    Name: str
    Principals: list[str]
    ConditionalPrincipals: NotRequired[list[str]]
    RefusedPrincipals: NotRequired[list[str]]
    Witness: NotRequired[str]
    KeyNote: NotRequired[str]
    AccountDenial: NotRequired[Literal["always", "conditional"]]
    ResponseMetadata: Metadata


class AccessClient(Protocol):
    """The client for access questions: who may perform an action on a secret, and why."""

    @property
    def exceptions(self) -> Any: ...
    def explain_access(self, **kwargs: Unpack[ExplainAccessRequest]) -> ExplainAccessResponse: ...
    def list_access(self, **kwargs: Unpack[ListAccessRequest]) -> ListAccessResponse: ...


class RotationClient(Protocol):
    """The client for rotation functions and rotations in one Region."""

    @property
    def exceptions(self) -> Any: ...
    def create_function(self, **kwargs: Unpack[CreateFunctionRequest]) -> FunctionResponse: ...
    def update_function(self, **kwargs: Unpack[CreateFunctionRequest]) -> FunctionResponse: ...
    def allow_function(self, **kwargs: Unpack[AllowFunctionRequest]) -> FunctionResponse: ...
    def revoke_function(self, **kwargs: Unpack[FunctionRequest]) -> FunctionResponse: ...
    def list_functions(self) -> ListFunctionsResponse: ...
    def delete_function(self, **kwargs: Unpack[FunctionRequest]) -> EmptyResponse: ...
    def claim_rotation(self, **kwargs: Unpack[ClaimRotationRequest]) -> ClaimRotationResponse: ...
    def release_rotation(self, **kwargs: Unpack[ReleaseRotationRequest]) -> EmptyResponse: ...
    def report_rotation(self, **kwargs: Unpack[ReportRotationRequest]) -> ReportRotationResponse: ...
    def describe_rotation(self, **kwargs: Unpack[DescribeRotationRequest]) -> DescribeRotationResponse: ...
