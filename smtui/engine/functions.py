"""Descriptions of rotation functions, and whether one may run on this machine."""

from __future__ import annotations

import json
from typing import Any

from smtui.api.arn import format_function_arn, get_function_name
from smtui.api.errors import ParamValidationError, ValidationException
from smtui.api.extensions import COMMAND, PASSWORD
from smtui.api.limits import MAX_STEP_SECONDS
from smtui.api.shapes import Structure
from smtui.engine.call import to_datetime
from smtui.engine.declaration import Response
from smtui.engine.request import validate
from smtui.vault import rotations
from smtui.vault.database import Database
from smtui.vault.permissions import Permissions
from smtui.vault.rotations import Function

# For each kind, the member with its settings and their shape.
_KINDS: dict[str, tuple[str, Structure]] = {"password": ("Password", PASSWORD), "command": ("Command", COMMAND)}


def describe_function(account: str, function: Function, permissions: Permissions) -> Response:
    """Describes a function as ListFunctions does.

    `WaitsForPermission` marks a command that is not allowed on this machine; `Unreadable` marks invalid settings, with
    which the function can be neither run nor allowed.
    """
    described: Response = {
        "FunctionName": function.name, "FunctionArn": format_function_arn(function.region, account, function.name),
        "Created": to_datetime(function.created_at),
    }
    settings = _read_settings(function)
    if settings is None:
        return described | {"Unreadable": True}
    described[_KINDS[function.kind][0]] = settings
    return described if permissions.can_run(described) else described | {"WaitsForPermission": True}


def _read_settings(function: Function) -> dict[str, Any] | None:
    """The settings as they would run; None if CreateFunction would not accept them."""
    if function.kind not in _KINDS:
        return None
    try:
        settings = json.loads(function.settings)
        validate(_KINDS[function.kind][1], settings if isinstance(settings, dict) else {"": None})
    except (ParamValidationError, ValidationException, ValueError, TypeError, RecursionError):
        return None
    return settings if settings.get("TimeoutInSeconds", 1) <= MAX_STEP_SECONDS else None


def find_function(database: Database, account: str, region: str, arn: str) -> Function | None:
    """The function that an ARN names; None if the Region of this vault has none."""
    name = get_function_name(arn)
    function = rotations.find_function(database, region, name)
    return function if function is not None and format_function_arn(region, account, name) == arn else None


def waits_for_permission(database: Database, permissions: Permissions, account: str, region: str, arn: str) -> bool:
    """Whether rotations by this function wait for a permission. A missing function does not: its rotations fail."""
    function = find_function(database, account, region, arn)
    return function is not None and "WaitsForPermission" in describe_function(account, function, permissions)
