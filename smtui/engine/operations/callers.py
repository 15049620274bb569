"""Our own operations for the callers of the endpoint: CreateCaller, DeleteCaller."""

from __future__ import annotations

from smtui.api.arn import format_principal_arn, is_principal_arn
from smtui.api.errors import InvalidParameterException, ResourceExistsException, ResourceNotFoundException
from smtui.engine.call import Call, to_datetime
from smtui.engine.declaration import Request, Response, operation
from smtui.vault import callers


@operation("CreateCaller", changes=True, secret=False)
def create_caller(call: Call, _: None, request: Request) -> Response:
    """Stores a caller with a new key pair, by default as the IAM user of that name. The secret key is in no response.

    `Identity` is what the caller's own policies allow: everything (admin) or nothing (none).
    """
    name = request["CallerName"]
    arn = request.get("CallerArn") or format_principal_arn(call.account, f"user/{name}")
    if not is_principal_arn(arn):
        raise InvalidParameterException(f"{arn} is not the ARN of an IAM user, role or session.")
    if callers.find_by_name(call.database, name):
        raise ResourceExistsException(f"A caller named {name} already exists.")
    made = callers.create_caller(call.database, call.keys, call.ambient, name=name, arn=arn,
                                 identity=request["Identity"], now=call.now)
    return {"CallerName": made.name, "CallerArn": made.arn, "Identity": made.identity,
            "AccessKeyId": made.access_key_id, "CreatedDate": to_datetime(made.created_at)}


@operation("DeleteCaller", changes=True, secret=False)
def delete_caller(call: Call, _: None, request: Request) -> Response:
    """Removes a caller: its key pair is refused from then on."""
    if callers.find_by_name(call.database, request["CallerName"]) is None:
        raise ResourceNotFoundException(f"There is no caller named {request['CallerName']}.")
    callers.remove_caller(call.database, request["CallerName"])
    return {}
