"""What was changed after a moment, by whom and when, as the audit log tells: no change is without an event.

A moment is the number of the newest event then (`Vault.audit.find_newest_number`). All of this runs in the vault's
thread, and inside a transaction it is exact.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from smtui.rules import audit_query
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.secret_list import rows

if TYPE_CHECKING:
    from smtui.backends.local import Vault

Event = Mapping[str, Any]
CHANGED = "changed it"
DID = {
    "CreateSecret": "created it", "PutSecretValue": "stored a version", "UpdateSecret": CHANGED,
    "UpdateSecretVersionStage": "moved a staging label", "TagResource": "changed the tags",
    "UntagResource": "changed the tags", "PutResourcePolicy": "attached a policy",
    "DeleteResourcePolicy": "removed the policy", "RotateSecret": "set up or began a rotation",
    "CancelRotateSecret": "cancelled the rotation", "DeleteSecret": "scheduled its deletion",
    "RestoreSecret": "restored it", "ReplicateSecretToRegions": "replicated it",
    "RemoveRegionsFromReplication": "removed a replica", "StopReplicationToReplica": "promoted a replica",
    "RotationSucceeded": "rotated it",
}


def list_changes(
    vault: Vault, name: str, regions: Collection[str], *, above: int, up_to: int | None = None
) -> list[Event]:
    """The changes of the secrets of one name in these Regions, oldest first.

    Args:
        above: number of the newest event that was known.
        up_to: number of the last event to be looked at; None for all.
    """
    return [event for event in _list_done(vault, above, up_to) if is_about(event, name, regions)][::-1]


def describe_changes(events: Iterable[Event]) -> list[SafeText]:
    """`user/bob stored a version in eu-west-1 at 2026-03-02 13:00 (PutSecretValue).`, for each of them."""
    return [describe_change(event) for event in events]


def describe_change(event: Event) -> SafeText:
    who = audit_query.find_caller(event) or "AWS"
    when = rows.format_time(datetime.fromisoformat(event["eventTime"]))
    for_good = (event.get("requestParameters") or {}).get("forceDeleteWithoutRecovery") is True
    did = "deleted it" if for_good else DID.get(event["eventName"], CHANGED)
    return sanitize(f"{who} {did} in {event['awsRegion']} at {when} ({event['eventName']}).")


def is_about(event: Event, name: str, regions: Collection[str]) -> bool:
    """Whether it changed a secret of this name in one of the Regions, be it by replication from another one."""
    return audit_query.find_subject_name(event) == name and not _find_regions(event).isdisjoint(regions)


class ChangesSince:
    """What was changed since this was made, read step by step: each event once, however often it is asked for."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._number = vault.audit.find_newest_number()
        self._newest: dict[str, list[tuple[frozenset[str], SafeText]]] = {}

    def find_newest(self, name: str, regions: Collection[str]) -> SafeText | None:
        """The newest change of the secrets of one name in these Regions, in a sentence; None where there is none."""
        self._read_on()
        known = self._newest.get(name, [])
        return next((sentence for changed, sentence in known if not changed.isdisjoint(regions)), None)

    def _read_on(self) -> None:
        newest = self._vault.audit.find_newest_number()
        for event in [*_list_done(self._vault, self._number, newest)][::-1]:
            known = self._newest.setdefault(audit_query.find_subject_name(event), [])
            known.insert(0, (_find_regions(event), describe_change(event)))
        self._number = newest


def _list_done(vault: Vault, above: int, up_to: int | None) -> Iterator[Event]:
    """Newest first."""
    return (event for event in vault.audit_log(above=above, up_to=up_to)
            if not event["readOnly"] and "errorCode" not in event)


def _find_regions(event: Event) -> frozenset[str]:
    """Where a call was made, and where it made, changed or removed replicas."""
    request = event.get("requestParameters") or {}
    added = [each.get("region") for each in request.get("addReplicaRegions") or () if isinstance(each, Mapping)]
    found = (event["awsRegion"], *added, *(request.get("removeReplicaRegions") or ()))
    return frozenset(region for region in found if isinstance(region, str))
