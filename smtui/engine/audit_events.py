"""Audit events with CloudTrail's field names. An event contains no member that the contract marks as sensitive."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from smtui.api.errors import ClientError
from smtui.api.shapes import Blob, List, Shape, Structure, Text
from smtui.engine.call import Call
from smtui.engine.declaration import CONTRACT
from smtui.vault.audit_log import AuditEvent
from smtui.vault.secrets import Secret

HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"
EVENT_VERSION = "1.11"
# The members of a response that an event contains; values and listings are never recorded.
_RECORDED = {"ARN": "arn", "Name": "name", "VersionId": "versionId", "DeletionDate": "deletionDate",
             "KeyId": "keyId", "Arn": "arn"}
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def make_event(
    call: Call, operation: str, params: Mapping[str, Any], *, event_id: str, changes: bool,
    response: Mapping[str, Any] | None = None, error: ClientError | None = None,
) -> AuditEvent:
    """The event of one call about its subject, done or refused."""
    caller, contract = call.caller, CONTRACT[operation]
    identity, target, kind = _encode_constants(
        operation, caller.arn, caller.account, caller.service, call.region,
        _make_hashable(caller.context.get("aws:SourceIp", "127.0.0.1")),
        _make_hashable(caller.context.get("aws:UserAgent", "smtui")), call.account, changes)
    request = _encode(redact(contract.request, params))
    elements = _encode(_format_response(response)) if changes and response is not None else "null"
    refusal = "" if error is None else f",{_encode_members(errorCode=error.code, errorMessage=error.message)}"
    return _make_event(call, contract.name, call.subject, (
        f'{{{identity},"eventTime":"{call.stamp}",{target},"requestParameters":{request},"responseElements":{elements},'
        f'"requestID":"{call.request_id}","eventID":"{event_id}",{kind}{refusal}}}'))


def _make_event(call: Call, name: str, about: Secret | None, text: str) -> AuditEvent:
    return AuditEvent(call.now, name, about.id if about else None, text)


@lru_cache(maxsize=256)
def _encode_constants(
    operation: str, arn: str, caller_account: str, service: str | None, region: str, source: str | tuple[str, ...],
    agent: str | tuple[str, ...], account: str, changes: bool,
) -> tuple[str, str, str]:
    """JSON of the members that all events of an operation, a caller and a Region have in common, in their order."""
    identity = {"type": "IAMUser", "arn": arn, "accountId": caller_account}
    if service is not None:
        identity["invokedBy"] = f"{service}.amazonaws.com"
    contract = CONTRACT[operation]
    return (
        _encode_members(eventVersion=EVENT_VERSION, userIdentity=identity),
        _encode_members(eventSource=contract.source, eventName=contract.name, awsRegion=region,
                        sourceIPAddress=source, userAgent=agent),
        _encode_members(readOnly=not changes, eventType="AwsApiCall", managementEvent=True,
                        recipientAccountId=account, eventCategory="Management"),
    )


def _encode_members(**members: Any) -> str:
    """JSON of the members of an object, without its braces."""
    return _encode(members)[1:-1]


def _make_hashable(value: str | Sequence[str]) -> str | tuple[str, ...]:
    return value if isinstance(value, str) else tuple(value)


def make_service_event(
    call: Call, name: str, secret: Secret | None, about: Mapping[str, Any], *,
    source: str = "secretsmanager.amazonaws.com", region: str | None = None,
) -> AuditEvent:
    """An event of the service itself, as CloudTrail records it: without a request, with the members of `about`."""
    return _make_event(call, name, secret, _encode({
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
    }))


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
