"""Audit events with CloudTrail's field names. An event contains no member that the contract marks as sensitive."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from smtui.api.errors import ClientError
from smtui.api.shapes import Blob, List, Shape, Structure, Text
from smtui.engine.call import Call
from smtui.engine.declaration import CONTRACT

HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"
EVENT_VERSION = "1.11"
# The members of a response that an event contains; values and listings are never recorded.
_RECORDED = {"ARN": "arn", "Name": "name", "VersionId": "versionId", "DeletionDate": "deletionDate",
             "KeyId": "keyId", "Arn": "arn"}


def make_event(
    call: Call, operation: str, params: Mapping[str, Any], *, event_id: str, changes: bool,
    response: Mapping[str, Any] | None = None, error: ClientError | None = None,
) -> dict[str, Any]:
    """The event of one call, done or refused."""
    recorded: dict[str, Any] = {
        "eventVersion": EVENT_VERSION,
        "userIdentity": {"type": "IAMUser", "arn": call.caller.arn, "accountId": call.caller.account},
        "eventTime": call.stamp,
        "eventSource": CONTRACT[operation].source,
        "eventName": CONTRACT[operation].name,
        "awsRegion": call.region,
        "sourceIPAddress": call.caller.context.get("aws:SourceIp", "127.0.0.1"),
        "userAgent": call.caller.context.get("aws:UserAgent", "smtui"),
        "requestParameters": redact(CONTRACT[operation].request, params),
        "responseElements": _format_response(response) if changes and response is not None else None,
        "requestID": call.request_id,
        "eventID": event_id,
        "readOnly": not changes,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": call.account,
        "eventCategory": "Management",
    }
    if call.caller.service is not None:
        recorded["userIdentity"]["invokedBy"] = f"{call.caller.service}.amazonaws.com"
    if error is not None:
        recorded |= {"errorCode": error.code, "errorMessage": error.message}
    return recorded


def make_service_event(
    call: Call, name: str, about: Mapping[str, Any], *, source: str = "secretsmanager.amazonaws.com",
    region: str | None = None,
) -> dict[str, Any]:
    """An event of the service itself, as CloudTrail records it: without a request, with the members of `about`."""
    return {
        "eventVersion": EVENT_VERSION,
        "userIdentity": {"accountId": call.account, "invokedBy": source},
        "eventTime": call.stamp,
        "eventSource": source,
        "eventName": name,
        "awsRegion": region or call.region,
        "sourceIPAddress": source,
        "userAgent": source,
        "requestParameters": None,
        "responseElements": None,
        "additionalEventData": dict(about),
        "requestID": call.request_id,
        "eventID": call.ambient.create_uuid(),
        "readOnly": False,
        "eventType": "AwsServiceEvent",
        "managementEvent": True,
        "recipientAccountId": call.account,
        "eventCategory": "Management",
    }


def redact(shape: Structure, params: Mapping[str, Any]) -> dict[str, Any]:
    """The members that the contract knows, in CloudTrail's spelling.

    Sensitive ones are hidden, unknown ones left out.
    """
    return {_to_camel_case(name): _redact_value(shape.members[name], value) for name, value in params.items()
            if name in shape.members}


def _redact_value(shape: Shape, value: Any) -> Any:
    if isinstance(shape, Text):
        if shape.sensitive:
            return HIDDEN
        if isinstance(value, str):
            return value if value.isascii() else value.encode("utf-8", "replace").decode()
    if isinstance(shape, List) and isinstance(value, list | tuple):
        return [_redact_value(shape.item, item) for item in value]
    if isinstance(shape, Structure) and isinstance(value, Mapping):
        return redact(shape, value)
    return value if isinstance(value, bool | int) and not isinstance(shape, Blob) else HIDDEN


def _format_response(response: Mapping[str, Any]) -> dict[str, Any] | None:
    made = {spelled: response[name] for name, spelled in _RECORDED.items() if name in response}
    elements: dict[str, Any] = {
        name: value if isinstance(value, str) else value.isoformat() for name, value in made.items()
    }
    if "KeyMetadata" in response:
        elements["keyMetadata"] = _format_response(response["KeyMetadata"])
    return elements or None


@cache
def _to_camel_case(name: str) -> str:
    return name[:1].lower() + name[1:]
