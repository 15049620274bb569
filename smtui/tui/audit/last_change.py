"""Sentences about the last change of a secret or a KMS key, from the audit log."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from smtui.rules import audit_query
from smtui.rules.labels import AWSCURRENT
from smtui.text.dates import format_time
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.audit.changes_since import describe_change
from smtui.tui.audit.local_events import list_local_events
from smtui.tui.secret.label_moves import shorten_id

if TYPE_CHECKING:
    from smtui.backends.local import Vault

MAX_EVENTS = 1000
"""Maximum number of events that a search reads. The change is recent: it happened while a form was open."""
STORING = frozenset({"CreateSecret", "PutSecretValue", "UpdateSecret"})
TAGGING = frozenset({"TagResource", "UntagResource"})
POLICY_CHANGES = frozenset({"PutResourcePolicy", "DeleteResourcePolicy"})
ROTATION_CHANGES = frozenset({"RotateSecret", "CancelRotateSecret"})
LABEL_CHANGES = STORING | {"UpdateSecretVersionStage", "RotationSucceeded"}
REPLICA_CHANGES = frozenset({"ReplicateSecretToRegions", "RemoveRegionsFromReplication", "StopReplicationToReplica"})
SECRET_CHANGES = (LABEL_CHANGES | TAGGING | POLICY_CHANGES | ROTATION_CHANGES | REPLICA_CHANGES
                  | {"DeleteSecret", "RestoreSecret"})
FUNCTION_CHANGES = frozenset({"CreateFunction", "UpdateFunction", "DeleteFunction"})
ROTATED = "RotationSucceeded"
Event = Mapping[str, Any]


def describe_new_version(vault: Vault, secret_id: str, version: str, region: str) -> SafeText:
    """Describes how a version became AWSCURRENT: `root stored version 1234abcd at 2026-03-02 13:00 (PutSecretValue).`

    Args:
        secret_id: the name or ARN of the secret.
        version: the id of the version.
    """
    rotated = False
    for event in _list_events(vault, secret_id, region):
        rotated = rotated or event["eventName"] == ROTATED
        if event["eventName"] in STORING and _get_member(event, "responseElements", "versionId") == version:
            return _describe_event(event, f"stored version {shorten_id(version)}")
        if _get_member(event, "requestParameters", "moveToVersionId") == version and \
                _get_member(event, "requestParameters", "versionStage") == AWSCURRENT:
            who = "A rotation" if rotated else ""
            return _describe_event(event, f"moved AWSCURRENT to version {shorten_id(version)}", who)
    return sanitize(f"AWSCURRENT is now on version {shorten_id(version)}.")


def describe_last_change(vault: Vault, secret_id: str, region: str, names: Collection[str], did: str) -> SafeText:
    """Describes a secret's newest event of these operations: `user/alice changed the tags at 2026-03-02 13:00 (...).`

    Args:
        secret_id: the name or ARN of the secret.
        names: the operations to look for.
        did: what the caller did, in the past tense, as it follows a name.
    """
    found = next((event for event in _list_events(vault, secret_id, region) if event["eventName"] in names), None)
    return sanitize(f"Someone {did}.") if found is None else _describe_event(found, did)


def describe_last_key_change(
    vault: Vault, subjects: Collection[str], names: Collection[str], did: str
) -> SafeText:
    """Describes the newest event of one of these operations on a KMS key.

    For example `user/alice disabled the key at 2026-03-02 13:00 (DisableKey).`

    Args:
        subjects: the ids, ARNs and aliases by which a request names the key or the alias.
        names: the operations to look for.
        did: what the caller did, in the past tense, as it follows a name.
    """
    for event in list_local_events(vault, outcome="done", limit=MAX_EVENTS):
        if event["eventName"] in names and _is_about_any(event, subjects):
            return _describe_event(event, did)
    return sanitize(f"Someone {did}.")


def describe_newest(
    vault: Vault, operations: Collection[str], region: str, *, secret_id: str | None = None,
    subjects: Collection[str] = (),
) -> str:
    """Describes the newest event of one of these operations by `describe_change`; empty if there is none.

    Args:
        region: the Region of the call.
        secret_id: the name or ARN of the secret that the event concerns.
        subjects: otherwise, the ids or names by which the request names the key, alias or function.
    """
    events = list_local_events(vault, secret_id=secret_id, outcome="done", limit=MAX_EVENTS, region_name=region)
    return next((describe_change(event) for event in events if event["eventName"] in operations
                 and (not subjects or (event["awsRegion"] == region and _is_about_any(event, subjects)))), "")


def _is_about_any(event: Event, subjects: Collection[str]) -> bool:
    names = ("keyId", "aliasName", "targetKeyId", "functionName")
    return not {_get_member(event, "requestParameters", name) for name in names}.isdisjoint(subjects)


def _list_events(vault: Vault, secret_id: str, region: str) -> list[Event]:
    return list(list_local_events(vault, secret_id=secret_id, outcome="done", limit=MAX_EVENTS, region_name=region))


def _describe_event(event: Event, did: str, who: str = "") -> SafeText:
    when = format_time(datetime.fromisoformat(event["eventTime"]))
    who = who or audit_query.find_caller(event) or "AWS"
    return sanitize(f"{who} {did} at {when} ({event['eventName']}).")


def _get_member(event: Event, part: str, name: str) -> object:
    return (event.get(part) or {}).get(name)
