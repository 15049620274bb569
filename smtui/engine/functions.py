"""Descriptions of rotation functions, and whether one may run on this machine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from smtui.api.arn import format_function_arn, get_function_name
from smtui.api.errors import ParamValidationError, ValidationException
from smtui.api.extensions import COMMAND, LAMBDA, PASSWORD
from smtui.api.limits import MAX_STEP_SECONDS
from smtui.api.shapes import Structure
from smtui.engine.call import to_datetime
from smtui.engine.declaration import Response
from smtui.engine.request import validate
from smtui.system.function_file import add_digest
from smtui.vault import rotations
from smtui.vault.database import Database
from smtui.vault.permissions import Permissions
from smtui.vault.rotations import Function

# For each member with the settings of a function, their shape and the kind of its row.
_SHAPES: dict[str, Structure] = {"Password": PASSWORD, "Command": COMMAND, "Lambda": LAMBDA}
_ROWS = {"Password": "password", "Command": "command", "Lambda": "command"}
_WRAPPED = "Lambda"
"""A Lambda function is a row of kind `command` whose settings are in this member: a version of smtui that does not know
it cannot read it, so runs nothing."""


def make_function(region: str, name: str, member: str, settings: Mapping[str, Any], now: int) -> Function:
    """The row of a function; `member` is one of `Password`, `Command` and `Lambda`, `now` is in milliseconds."""
    stored = {_WRAPPED: settings} if member == _WRAPPED else settings
    return Function(region, name, _ROWS[member], json.dumps(stored), now)


def describe_function(account: str, function: Function, permissions: Permissions) -> Response:
    """Describes a function as ListFunctions does.

    `WaitsForPermission` marks a command that is not allowed on this machine; `Unreadable` marks invalid settings, with
    which the function can be neither run nor allowed.
    """
    described: Response = {
        "FunctionName": function.name, "FunctionArn": format_function_arn(function.region, account, function.name),
        "Created": to_datetime(function.created_at),
    }
    found = _read_settings(function)
    if found is None:
        return described | {"Unreadable": True}
    member, settings = found
    described[member] = add_digest(settings) if member == _WRAPPED else settings
    return described if permissions.can_run(described) else described | {"WaitsForPermission": True}


def _read_settings(function: Function) -> tuple[str, dict[str, Any]] | None:
    """The member and the settings as they would run; None if CreateFunction would not accept them."""
    try:
        settings = json.loads(function.settings)
        member = next(member for member, kind in _ROWS.items() if kind == function.kind)
        if function.kind == _ROWS[_WRAPPED] and isinstance(settings, dict) and settings.keys() == {_WRAPPED}:
            member, settings = _WRAPPED, settings[_WRAPPED]
        validate(_SHAPES[member], settings if isinstance(settings, dict) else {"": None})
    except (ParamValidationError, ValidationException, ValueError, TypeError, RecursionError, StopIteration):
        return None
    return (member, settings) if settings.get("TimeoutInSeconds", 1) <= MAX_STEP_SECONDS else None


def find_function(database: Database, account: str, region: str, arn: str) -> Function | None:
    """The function that an ARN names; None if the Region of this vault has none."""
    name = get_function_name(arn)
    function = rotations.find_function(database, region, name)
    return function if function is not None and format_function_arn(region, account, name) == arn else None


def waits_for_permission(database: Database, permissions: Permissions, account: str, region: str, arn: str) -> bool:
    """Whether rotations by this function wait for a permission. A missing function does not: its rotations fail."""
    function = find_function(database, account, region, arn)
    return function is not None and "WaitsForPermission" in describe_function(account, function, permissions)
