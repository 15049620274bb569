"""Our own operations for rotation functions, in AWS Lambda's terms: CreateFunction, UpdateFunction, AllowFunction ...
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from smtui.api.arn import format_function_arn
from smtui.api.errors import (
    InvalidParameterException,
    InvalidRequestException,
    ResourceExistsException,
    ResourceNotFoundException,
)
from smtui.api.limits import MAX_STEP_SECONDS, RESERVED_VARIABLES
from smtui.engine.authorize import find_secret
from smtui.engine.call import Call
from smtui.engine.declaration import Request, Response, operation
from smtui.engine.functions import describe_function, make_function
from smtui.system.function_file import read_function_file
from smtui.vault import rotations
from smtui.vault.rotations import Function

MAX_NAMES_IN_ERROR, MAX_NAMES = 3, 100
PROCESSES = ("Command", "Lambda")
"""The members of functions that run a process, so need a permission."""


@operation("CreateFunction", changes=True, secret=False)
def create_function(call: Call, _: None, request: Request) -> Response:
    """Registers a rotation function: `Password` generates a password, `Command` and `Lambda` start a local process.

    Creating a process function allows it on this machine, unless `Allow` is false. If the permission cannot be stored,
    the function is created anyway, and the response contains `WaitsForPermission`. Secrets in `MayRead` are stored by
    their ARNs.
    """
    name, (kind, settings) = request["FunctionName"], _parse_settings(call, request)
    if rotations.find_function(call.database, call.region, name):
        raise ResourceExistsException(f"Function already exist: {name}")
    made = make_function(call.region, name, kind, settings, call.now)
    rotations.add_function(call.database, made)
    return _allow_if_asked(call, made, kind, request)


@operation("UpdateFunction", changes=True, secret=False)
def update_function(call: Call, _: None, request: Request) -> Response:
    """Replaces the settings of a function, which keeps its ARN and its secrets. A change voids the permission.

    A process function is then allowed on this machine, unless `Allow` is false, as by CreateFunction.
    """
    kind, settings = _parse_settings(call, request)
    before = _get_function(call, request["FunctionName"])
    after = make_function(call.region, before.name, kind, settings, before.created_at)
    with suppress(OSError):  # a leftover permission is for other settings
        call.permissions.revoke(_describe(call, before))
    rotations.replace_function(call.database, after)
    return _allow_if_asked(call, after, kind, request)


def _parse_settings(call: Call, request: Request) -> tuple[str, Mapping[str, Any]]:
    """The member of a request that has the settings, and the settings to store. Raises ClientError."""
    kinds = [kind for kind in ("Password", *PROCESSES) if kind in request]
    if len(kinds) != 1:
        raise InvalidParameterException("A function must be exactly one of Password, Command and Lambda.")
    settings = request[kinds[0]]
    if kinds[0] == "Lambda":
        settings = _check_lambda(call, settings)
    if settings.get("TimeoutInSeconds", 1) > MAX_STEP_SECONDS:
        raise InvalidParameterException(f"A step can take at most {MAX_STEP_SECONDS} seconds.")
    return kinds[0], settings


def _allow_if_asked(call: Call, function: Function, kind: str, request: Request) -> Response:
    if kind in PROCESSES and request.get("Allow", True):
        _grant(call, function)
    return _describe(call, function)


def _check_lambda(call: Call, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings with the ARNs of the secrets that it may read. Raises ClientError."""
    for member in ("File", "Interpreter"):
        if not Path(settings[member]).is_absolute():
            raise InvalidParameterException(f"{member} is not an absolute path: {settings[member]}")
    try:
        read_function_file(settings["File"])
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or "the path is not valid"
        raise InvalidParameterException(f"Cannot read {settings['File']}: {reason}.") from None
    names = [each["Name"] for each in settings.get("Environment", ())]
    for name in names:
        if name in RESERVED_VARIABLES or name.startswith("SMTUI_") or names.count(name) > 1:
            raise InvalidParameterException(
                f"The environment variable {name} {'is set by smtui' if names.count(name) == 1 else 'is set twice'}."
            )
    readable = [_get_readable(call, secret_id) for secret_id in settings.get("MayRead", ())]
    return {**settings, **({"MayRead": list(dict.fromkeys(readable))} if readable else {})}


def _get_readable(call: Call, secret_id: str) -> str:
    secret = find_secret(call, secret_id)
    if secret is None:
        raise ResourceNotFoundException(f"Secrets Manager can't find the specified secret: {secret_id}")
    return call.format_arn(secret)


@operation("AllowFunction", changes=True, secret=False)
def allow_function(call: Call, _: None, request: Request) -> Response:
    """Allows a process function on this machine. `Command` or `Lambda` is what the user has seen and agreed to.

    Raises InvalidRequestException if the function does not run exactly that by now.
    """
    function = _get_function(call, request["FunctionName"])
    described = _describe(call, function)
    if [described.get(kind) for kind in PROCESSES] != [request.get(kind) for kind in PROCESSES]:
        raise InvalidRequestException(f"{function.name} does not run the command that was shown. Review it again.")
    if "FileSha256" not in described.get("Lambda", {"FileSha256": None}):
        raise InvalidRequestException(f"{described['Lambda']['File']} cannot be read, so it cannot be allowed.")
    if problem := _grant(call, function):
        raise InvalidRequestException(f"The permission cannot be stored in {call.permissions.folder}: {problem}.")
    return _describe(call, function)


@operation("RevokeFunction", changes=True, secret=False)
def revoke_function(call: Call, _: None, request: Request) -> Response:
    """Revokes the permission to run a command on this machine."""
    function = _get_function(call, request["FunctionName"])
    try:
        call.permissions.revoke(_describe(call, function))
    except OSError as error:
        raise InvalidRequestException(
            f"The permission in {call.permissions.folder} cannot be removed: {error.strerror}."
        ) from None
    return _describe(call, function)


@operation("ListFunctions", secret=False, reads_metadata=True)
def list_functions(call: Call, _: None, request: Request) -> Response:
    """All functions of the Region by name, each with the number and some names of the secrets that it rotates."""
    functions = rotations.list_functions(call.database, call.region)
    return {"Functions": [_describe_with_users(call, each) for each in functions]}


@operation("DeleteFunction", changes=True, secret=False)
def delete_function(call: Call, _: None, request: Request) -> Response:
    """Deletes a function. Raises InvalidParameterException while secrets use it."""
    function = _get_function(call, request["FunctionName"])
    name, arn = function.name, format_function_arn(call.region, call.account, function.name)
    if users := rotations.count_users(call.database, arn):
        named = rotations.list_user_names(call.database, arn, MAX_NAMES_IN_ERROR)
        others = f" and {users - len(named)} more" if users > len(named) else ""
        raise InvalidParameterException(
            f"{', '.join(named)}{others} {'is' if users == 1 else 'are'} rotated by {name}. "
            f"Cancel {'its' if users == 1 else 'their'} rotation first."
        )
    rotations.remove_function(call.database, call.region, name)
    with suppress(OSError):  # a leftover permission is invalid: the creation date of a new function differs
        call.permissions.revoke(_describe(call, function))
    return {}


def _get_function(call: Call, name: str) -> Function:
    """Raises ResourceNotFoundException."""
    function = rotations.find_function(call.database, call.region, name)
    if function is None:
        raise ResourceNotFoundException(f"Function not found: {format_function_arn(call.region, call.account, name)}")
    return function


def _grant(call: Call, function: Function) -> str:
    """Allows a command on this machine; returns why the permission cannot be stored, or an empty text."""
    described = _describe(call, function)
    try:
        call.permissions.grant(described)
    except OSError as error:
        return error.strerror or type(error).__name__
    return "" if call.permissions.can_run(described) else "others can write there"


def _describe_with_users(call: Call, function: Function) -> Response:
    response = _describe(call, function)
    users = rotations.count_users(call.database, response["FunctionArn"])
    return {**response, "SecretCount": users,
            "SecretNames": rotations.list_user_names(call.database, response["FunctionArn"], MAX_NAMES)}


def _describe(call: Call, function: Function) -> Response:
    return describe_function(call.account, function, call.permissions)
