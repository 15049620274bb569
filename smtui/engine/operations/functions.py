"""Ours, in AWS Lambda's words: CreateFunction, ListFunctions, DeleteFunction."""

from __future__ import annotations

import json

from smtui.api.errors import InvalidParameterException, ResourceExistsException, ResourceNotFoundException
from smtui.api.own import LONGEST_STEP
from smtui.engine import rotation
from smtui.engine.call import Call, moment
from smtui.engine.declaration import Request, Response, operation
from smtui.vault import rotations
from smtui.vault.rotations import Function

FEW, MOST_NAMES = 3, 100


@operation("CreateFunction", changes=True, secret=False)
def create_function(call: Call, _: None, request: Request) -> Response:
    """Registers what is run to rotate secrets: `Password` makes a new one, `Command` starts a local process."""
    kinds = [kind for kind in ("Password", "Command") if kind in request]
    if len(kinds) != 1:
        raise InvalidParameterException("A function is either a Password or a Command.")
    name, settings = request["FunctionName"], request[kinds[0]]
    if settings.get("TimeoutInSeconds", 1) > LONGEST_STEP:
        raise InvalidParameterException(f"A step may take {LONGEST_STEP} seconds at most.")
    if rotations.function(call.database, call.region, name):
        raise ResourceExistsException(f"Function already exist: {name}")
    made = Function(call.region, name, kinds[0].lower(), json.dumps(settings), call.now)
    rotations.add_function(call.database, made)
    return described(call, made)


@operation("ListFunctions", secret=False)
def list_functions(call: Call, _: None, request: Request) -> Response:
    """All functions of the Region, by name, each with the secrets it is to rotate, of which some are named."""
    return {"Functions": [_with_users(call, each) for each in rotations.functions(call.database, call.region)]}


@operation("DeleteFunction", changes=True, secret=False)
def delete_function(call: Call, _: None, request: Request) -> Response:
    """Refused while secrets are to be rotated by it."""
    name = request["FunctionName"]
    arn = rotation.function_arn(call, name)
    if rotations.function(call.database, call.region, name) is None:
        raise ResourceNotFoundException(f"Function not found: {arn}")
    if users := rotations.users_of(call.database, arn):
        named = rotations.names_of_users(call.database, arn, FEW)
        others = f" and {users - len(named)} more" if users > len(named) else ""
        raise InvalidParameterException(
            f"{', '.join(named)}{others} {'is' if users == 1 else 'are'} rotated by {name}. "
            f"Cancel {'its' if users == 1 else 'their'} rotation first."
        )
    rotations.remove_function(call.database, call.region, name)
    return {}


def _with_users(call: Call, function: Function) -> Response:
    told = described(call, function)
    users = rotations.users_of(call.database, told["FunctionArn"])
    return {**told, "SecretCount": users,
            "SecretNames": rotations.names_of_users(call.database, told["FunctionArn"], MOST_NAMES)}


def described(call: Call, function: Function) -> Response:
    arn = rotation.function_arn(call, function.name)
    settings = {function.kind.capitalize(): json.loads(function.settings)}
    return {"FunctionName": function.name, "FunctionArn": arn, "Created": moment(function.created_at), **settings}
