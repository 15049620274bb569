"""The events of an account, as far as CloudTrail tells without charge: the last 90 days of one Region, minutes late.

LookupEvents takes one attribute, so everything else is sifted here. It is limited to two calls a second for the account
and the Region, whoever makes them: half of them are left to others.

Source: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from smtui.api.errors import ContextUnreachableError
from smtui.rules.audit_query import find_caller

EVENT_SOURCE = "secretsmanager.amazonaws.com"
CALLS_PER_SECOND = 1
PAGE_SIZE = 50
Lookup = Callable[[dict[str, Any]], dict[str, Any]]
"""LookupEvents: takes a request and returns the response."""


def find_events(
    ask: Lookup, *, secret_arn: str | None = None, operation: str | None = None, caller: str | None = None,
    outcome: str | None = None, since: datetime | None = None, until: datetime | None = None,
    limit: int | None = None, changes_only: bool = False,
) -> Iterator[dict[str, Any]]:
    """Yields events, newest first, each as CloudTrail's JSON record. See `Vault.audit_log` for the arguments.

    Raises:
        ClientError: CloudTrail refused the request.
        ContextError: CloudTrail could not be asked.
    """
    request: dict[str, Any] = {"LookupAttributes": [_choose_attribute(secret_arn, operation)], "MaxResults": PAGE_SIZE}
    request |= {"StartTime": since} if since else {}
    request |= {"EndTime": until} if until else {}
    count = 0
    for event in _read_pages(ask, request):
        if limit is not None and count >= limit:
            return
        if _matches(event, operation, caller, outcome, changes_only=changes_only):
            count += 1
            yield event


def _choose_attribute(secret_arn: str | None, operation: str | None) -> dict[str, str]:
    """The one attribute that CloudTrail looks for: the one that leaves the fewest events."""
    if secret_arn:
        return {"AttributeKey": "ResourceName", "AttributeValue": secret_arn}
    if operation:
        return {"AttributeKey": "EventName", "AttributeValue": operation}
    return {"AttributeKey": "EventSource", "AttributeValue": EVENT_SOURCE}


def _read_pages(ask: Lookup, request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    token: dict[str, str] = {}
    while True:
        try:
            answer = ask({**request, **token})
        except ContextUnreachableError as error:
            raise ContextUnreachableError(f"CloudTrail could not be asked. {error}", hint=error.hint) from None
        for event in answer.get("Events", ()):
            if (record := _parse_record(event)) is not None:
                yield record
        if not answer.get("NextToken"):
            return
        token = {"NextToken": answer["NextToken"]}


def _parse_record(event: Mapping[str, Any]) -> dict[str, Any] | None:
    """The record of an event, with the members that the screens need; None if it is none of Secrets Manager."""
    try:
        record = json.loads(event.get("CloudTrailEvent") or "{}")
    except ValueError:
        record = {}
    if not isinstance(record, dict):
        record = {}
    record.setdefault("eventSource", event.get("EventSource", EVENT_SOURCE))
    if record["eventSource"] != EVENT_SOURCE:
        return None
    record.setdefault("eventID", str(event.get("EventId", "")))
    record.setdefault("eventName", str(event.get("EventName", "")))
    if "eventTime" not in record:
        record["eventTime"] = event["EventTime"].isoformat()
    return record


def _matches(
    event: Mapping[str, Any], operation: str | None, caller: str | None, outcome: str | None, *, changes_only: bool
) -> bool:
    if changes_only and event.get("readOnly", False):
        return False
    if operation and event["eventName"] != operation:
        return False
    if caller and caller not in (str((event.get("userIdentity") or {}).get("arn", "")), find_caller(event)):
        return False
    error = event.get("errorCode")
    return outcome is None or (not error if outcome == "done" else bool(error) if outcome == "refused"
                               else error == outcome)
