"""Who changed a secret after a given event, and when, from the audit log. Every change is recorded as an event.

Points in time are event numbers (`Vault.audit.find_newest_number`). Call these functions in the vault's thread; inside
a transaction they miss no change.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from smtui.rules import audit_query
from smtui.text.dates import format_time
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.audit.local_events import list_local_events

if TYPE_CHECKING:
    from smtui.backends.local import Vault

Event = Mapping[str, Any]
CHANGED = "changed it"
DID = {
    "CreateSecret": "created it", "PutSecretValue": "stored a version", "UpdateSecret": CHANGED,
    "UpdateSecretVersionStage": "moved a staging label", "TagResource": "changed the tags",
    "UntagResource": "changed the tags", "PutResourcePolicy": "attached a policy",
    "DeleteResourcePolicy": "removed the policy", "RotateSecret": "configured or started a rotation",
    "CancelRotateSecret": "cancelled the rotation", "DeleteSecret": "scheduled its deletion",
    "RestoreSecret": "restored it", "ReplicateSecretToRegions": "replicated it",
    "RemoveRegionsFromReplication": "removed a replica", "StopReplicationToReplica": "promoted a replica",
    "RotationSucceeded": "rotated it",
    "EnableKey": "enabled it", "DisableKey": "disabled it", "ScheduleKeyDeletion": "scheduled its deletion",
    "CancelKeyDeletion": "cancelled its deletion", "UpdateKeyDescription": "changed the description",
    "PutKeyPolicy": "changed the policy",
    "CreateAlias": "created it", "UpdateAlias": "moved it", "DeleteAlias": "removed it",
    "CreateFunction": "created it", "UpdateFunction": "changed it", "DeleteFunction": "removed it",
}


def list_changes(
    vault: Vault, name: str, regions: Collection[str], *, above: int, up_to: int | None = None
) -> list[Event]:
    """Lists the events that changed a secret of this name in one of these Regions, oldest first.

    Args:
        above: the number of the newest event that is already known.
        up_to: the number of the last event to read; None reads all.
    """
    return [event for event in _list_done(vault, above, up_to) if is_about(event, name, regions)][::-1]


def describe_changes(events: Iterable[Event]) -> list[SafeText]:
    """Describes each event by `describe_change`."""
    return [describe_change(event) for event in events]


def describe_change(event: Event) -> SafeText:
    """Describes an event: `user/bob stored a version in eu-west-1 at 2026-03-02 13:00 (PutSecretValue).`"""
    who = audit_query.find_caller(event) or "AWS"
    when = format_time(datetime.fromisoformat(event["eventTime"]))
    for_good = (event.get("requestParameters") or {}).get("forceDeleteWithoutRecovery") is True
    did = "deleted it" if for_good else DID.get(event["eventName"], CHANGED)
    return sanitize(f"{who} {did} {_describe_place(event)} at {when} ({event['eventName']}).")


def _describe_place(event: Event) -> str:
    """Describes where a change happened: for added and removed replicas, their Regions and not that of the call."""
    away = ", ".join(sorted(_find_regions(event) - {event["awsRegion"]}))
    word = {"ReplicateSecretToRegions": "to", "RemoveRegionsFromReplication": "in"}.get(event["eventName"])
    return f"{word} {away}" if word and away else f"in {event['awsRegion']}"


def is_about(event: Event, name: str, regions: Collection[str]) -> bool:
    """Whether an event concerns a secret of this name in one of the Regions, directly or as a replica."""
    return _find_secret_name(event) == name and not _find_regions(event).isdisjoint(regions)


def _find_secret_name(event: Event) -> str:
    """Finds the name of the secret that an event concerns. A rotation function can have the same name."""
    is_function = "functionName" in (event.get("requestParameters") or {})
    return "" if is_function else audit_query.find_subject_name(event)


class ChangesSince:
    """Finds changes made after the first call of `begin`. It reads each event only once."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._number: int | None = None
        self._newest: dict[str, list[tuple[frozenset[str], SafeText]]] = {}

    def begin(self) -> None:
        """Remembers the newest event as the last known one; does nothing if that has happened."""
        if self._number is None:
            self._number = self._vault.audit.find_newest_number()

    def find_newest(self, name: str, regions: Collection[str]) -> SafeText | None:
        """Describes the newest change of a secret of this name in one of these Regions; None if there is none."""
        self._read_on()
        known = self._newest.get(name, [])
        return next((sentence for changed, sentence in known if not changed.isdisjoint(regions)), None)

    def _read_on(self) -> None:
        assert self._number is not None, "`begin` is called first"
        newest = self._vault.audit.find_newest_number()
        for event in [*_list_done(self._vault, self._number, newest)][::-1]:
            known = self._newest.setdefault(_find_secret_name(event), [])
            known.insert(0, (_find_regions(event), describe_change(event)))
        self._number = newest


def _list_done(vault: Vault, above: int, up_to: int | None) -> Iterator[Event]:
    """Yields the successful events that are not read-only, newest first."""
    return (event for event in list_local_events(vault, above=above, up_to=up_to)
            if not event["readOnly"] and "errorCode" not in event)


def _find_regions(event: Event) -> frozenset[str]:
    """Finds the Region of a call and the Regions of the replicas that it added or removed."""
    request = event.get("requestParameters") or {}
    added = [each.get("region") for each in request.get("addReplicaRegions") or () if isinstance(each, Mapping)]
    found = (event["awsRegion"], *added, *(request.get("removeReplicaRegions") or ()))
    return frozenset(region for region in found if isinstance(region, str))
