"""smtui's own operations, which no AWS service has. They use the same pipeline and are recorded in the audit log."""

from __future__ import annotations

from smtui.api.model import OPERATIONS
from smtui.api.shapes import Flag, Integer, List, Operation, Shape, Structure, Text, Timestamp

FUNCTION_NAME = Text(min=1, max=64, pattern=r"^[A-Za-z0-9_-]+$")
SECRET_ID = Text(min=1, max=2048)
HOLDER = Text(min=1, max=64)
TOKEN = Text(min=32, max=64)
SECONDS = Integer(min=1)
# The options of GetRandomPassword, and the key of a JSON value for the password (default: the entire value).
PASSWORD = Structure({"Key": Text(min=1, max=512), **OPERATIONS["GetRandomPassword"].request.members})
# A condition key of a simulated request, as in IAM's SimulateCustomPolicy.
CONTEXT_ENTRY = Structure({"ContextKeyName": Text(min=1, max=256), "ContextKeyValues": List(Text(max=2048), max=100)},
                          ("ContextKeyName", "ContextKeyValues"))
COMMAND = Structure({"Arguments": List(Text(min=0, max=4096), min=1, max=256), "TimeoutInSeconds": SECONDS},
                    ("Arguments",))
PATH = Text(min=1, max=4096)
# The handler of an AWS Lambda function, in a file of this machine. An environment may hold a secret value, so the audit
# log has the names alone.
LAMBDA = Structure({
    "File": PATH, "Handler": Text(min=1, max=128, pattern=r"^[^\W\d]\w*$"), "Interpreter": PATH,
    "Environment": List(Structure({"Name": Text(min=1, max=256, pattern=r"^[A-Za-z_][A-Za-z0-9_]*$"),
                                   "Value": Text(min=0, max=4096, sensitive=True)}, ("Name", "Value")), max=100),
    "MayRead": List(SECRET_ID, max=20), "TimeoutInSeconds": SECONDS,
}, ("File", "Handler", "Interpreter"))
# FileSha256 is that of the file as it is now; it is missing if the file cannot be read.
FOUND_LAMBDA = Structure({**LAMBDA.members, "FileSha256": Text(min=64, max=64)}, LAMBDA.required)
# Remote is what an account tells of a function in AWS Lambda, in one line.
FUNCTION = Structure({
    "FunctionName": FUNCTION_NAME, "FunctionArn": Text(), "Created": Timestamp(), "Password": PASSWORD,
    "Command": COMMAND, "Lambda": FOUND_LAMBDA, "Remote": Text(), "WaitsForPermission": Flag(), "Unreadable": Flag(),
})
# The output of a function may contain secret values: it is stored in the vault, but not in the audit log.
MESSAGE = Text(min=0, max=100_000, sensitive=True)
STEP = Text(enum=("createSecret", "setSecret", "testSecret", "finishSecret"))
ROTATION = Structure({
    "SecretARN": Text(), "SecretName": Text(), "Kind": Text(), "State": Text(), "Step": STEP,
    "ClientRequestToken": TOKEN, "RotationToken": Text(sensitive=True), "Attempts": Integer(), "Message": MESSAGE,
    "ChangedDate": Timestamp(), "RetryDate": Timestamp(), "AtWork": Flag(), "HeldUntilDate": Timestamp(),
    "Function": FUNCTION,
})


def _declare(
    name: str, request: dict[str, Shape], required: tuple[str, ...] = (), response: dict[str, Shape] | None = None
) -> Operation:
    return Operation(name, Structure(request, required), Structure(response or {}), (), service="smtui")


# 0 days is unlimited retention.
RETENTION = _declare("SetTrailRetention", {"Days": Integer(min=0, max=36500)}, ("Days",))
CLOCK = _declare("AcceptClock", {})
# Who may sign requests to the endpoint; the secret access key is in no request and no response.
CALLER_NAME = Text(min=1, max=64, pattern=r"^[A-Za-z0-9_+=,.@-]+$")
IDENTITY = Text(enum=("none", "admin"))
CALLER_OPERATIONS = {
    operation.name: operation for operation in (
        _declare("CreateCaller", {"CallerName": CALLER_NAME, "CallerArn": Text(min=20, max=2048), "Identity": IDENTITY},
                 ("CallerName", "Identity"), {
            "CallerName": CALLER_NAME, "CallerArn": Text(), "Identity": IDENTITY, "AccessKeyId": Text(),
            "CreatedDate": Timestamp(),
        }),
        _declare("DeleteCaller", {"CallerName": CALLER_NAME}, ("CallerName",)),
    )
}  # fmt: skip
ROTATION_OPERATIONS = {
    operation.name: operation for operation in (
        _declare("CreateFunction", {
            "FunctionName": FUNCTION_NAME, "Password": PASSWORD, "Command": COMMAND, "Lambda": LAMBDA, "Allow": Flag(),
        }, ("FunctionName",), dict(FUNCTION.members)),
        _declare("UpdateFunction", {
            "FunctionName": FUNCTION_NAME, "Password": PASSWORD, "Command": COMMAND, "Lambda": LAMBDA, "Allow": Flag(),
        }, ("FunctionName",), dict(FUNCTION.members)),
        _declare("AllowFunction", {"FunctionName": FUNCTION_NAME, "Command": COMMAND, "Lambda": FOUND_LAMBDA},
                 ("FunctionName",), dict(FUNCTION.members)),
        _declare("RevokeFunction", {"FunctionName": FUNCTION_NAME}, ("FunctionName",), dict(FUNCTION.members)),
        _declare("ListFunctions", {}, (), {"Functions": List(Structure({
            **FUNCTION.members, "SecretCount": Integer(), "SecretNames": List(Text()),
        }))}),
        _declare("DeleteFunction", {"FunctionName": FUNCTION_NAME}, ("FunctionName",)),
        _declare("ClaimRotation", {"Holder": HOLDER, "SecretARN": SECRET_ID, "AtOnce": Flag()}, ("Holder",),
                 {"Rotation": ROTATION}),
        _declare("ReleaseRotation", {
            "SecretId": SECRET_ID, "ClientRequestToken": TOKEN, "Step": STEP, "Holder": HOLDER,
        }, ("SecretId", "ClientRequestToken", "Step", "Holder")),
        _declare("ReportRotation", {
            "SecretId": SECRET_ID, "ClientRequestToken": TOKEN, "Step": STEP, "Holder": HOLDER, "Succeeded": Flag(),
            "Message": MESSAGE, "OutputSha256": Text(max=64), "OutputBytes": Integer(min=0),
        }, ("SecretId", "ClientRequestToken", "Step", "Holder", "Succeeded"), {"Step": STEP, "Problem": MESSAGE}),
        _declare("DescribeRotation", {"SecretId": SECRET_ID}, ("SecretId",), {
            "ARN": Text(), "Name": Text(), "Rotation": ROTATION, "CountsFromDate": Timestamp(),
            "WaitsForPermission": Flag(),
        }),
    )
}  # fmt: skip
ACCESS_OPERATIONS = {
    operation.name: operation for operation in (
        _declare("ExplainAccess", {
            "SecretId": SECRET_ID, "Action": Text(min=1, max=128), "CallerArn": Text(min=20, max=2048),
            "IdentityAllows": Flag(), "ContextEntries": List(CONTEXT_ENTRY, max=100),
        }, ("SecretId", "Action", "CallerArn"), {
            "ARN": Text(), "Name": Text(), "Allowed": Flag(), "Statement": Text(), "Reason": Text(),
            "RefusedByKey": Flag(),
        }),
        _declare("ListAccess", {"SecretId": SECRET_ID, "Action": Text(min=1, max=128)}, ("SecretId", "Action"), {
            "ARN": Text(), "Name": Text(), "Principals": List(Text()), "ConditionalPrincipals": List(Text()),
            "RefusedPrincipals": List(Text()), "Witness": Text(), "KeyNote": Text(),
            "AccountDenial": Text(enum=("always", "conditional")),
        }),
    )
}  # fmt: skip
OWN_OPERATIONS = {RETENTION.name: RETENTION, CLOCK.name: CLOCK, **CALLER_OPERATIONS, **ROTATION_OPERATIONS,
                  **ACCESS_OPERATIONS}
