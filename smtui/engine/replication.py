"""Replication: replicas follow their primary.

At the end of every call that changes a primary, in the same transaction, each replica gets the same versions, labels,
tags and metadata. A replica that cannot, because its name is taken or a key may not be used, fails alone: it stays as
it was, and its status gives the reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from smtui.api.errors import ClientError, DamagedSecretError, InvalidParameterException
from smtui.engine import key_access, kms, quotas, values
from smtui.engine.authorize import check_owner
from smtui.engine.call import Call, to_datetime
from smtui.engine.declaration import Response
from smtui.rules.regions import is_aws_region
from smtui.vault import keys, replicas, secrets, versions
from smtui.vault.keystore import AWS_MANAGED
from smtui.vault.replicas import StoredReplica
from smtui.vault.secrets import Secret

SUCCEEDED = "Replication succeeded"
NAME_TAKEN = "Secret with this name already exists in this region"


def parse_regions(call: Call, asked: Sequence[Mapping[str, Any]]) -> dict[str, str | None]:
    """The Regions of a request with their KmsKeyIds. Raises InvalidParameterException."""
    regions: dict[str, str | None] = {}
    for each in asked:
        region = each.get("Region")
        if region is None or region == call.region or not is_aws_region(region):
            raise InvalidParameterException("Invalid replica region.")
        if region in regions:
            raise InvalidParameterException(f"You can specify Region {region} only once.")
        regions[region] = each.get("KmsKeyId") or None
    return regions


def register(call: Call, primary: Secret, regions: Mapping[str, str | None], *, overwrite: bool) -> None:
    """Registers the Regions of a primary; the replicas are created at the end of the call."""
    for region, key in regions.items():
        replicas.register(call.database, primary.id, region, key, overwrite=overwrite)


def format_status(call: Call, primary: Secret) -> list[Response]:
    """The ReplicationStatus member; empty for a secret without replicas."""
    return [_format_entry(call, primary, replica) for replica in replicas.list_replicas(call.database, primary.id)]


def _format_entry(call: Call, primary: Secret, replica: StoredReplica) -> Response:
    twin = find_replica(call, primary, replica.region)
    members = {
        "Region": replica.region,
        "KmsKeyId": replica.kms_key_id or AWS_MANAGED,
        "Status": replica.status,
        "StatusMessage": replica.message,
        "LastAccessedDate": to_datetime(twin.accessed_on) if twin and twin.accessed_on else None,
    }
    return {name: value for name, value in members.items() if value}


def find_replica(call: Call, primary: Secret, region: str) -> Secret | None:
    """The replica of a primary in a Region, or None."""
    twin = secrets.find_by_name(call.database, region, primary.name)
    return twin if twin and (twin.primary_region, twin.suffix) == (primary.region, primary.suffix) else None


def get_primary(call: Call, replica: Secret) -> Secret:
    """The primary of a replica."""
    assert replica.primary_region is not None
    primary = secrets.find_by_name(call.database, replica.primary_region, replica.name)
    assert primary is not None, "a primary stays while it has replicas"
    return primary


def remove_replica(call: Call, primary: Secret, region: str) -> None:
    """Deletes the replica in a Region immediately."""
    twin = find_replica(call, primary, region)
    if twin is not None:
        secrets.delete(call.database, twin)
    replicas.unregister(call.database, primary.id, region)


def update_replicas(call: Call, *changed: Secret) -> None:
    """Updates the replicas of secrets that may have changed."""
    for row in sorted(replicas.find_primaries(call.database, [secret.id for secret in changed])):
        primary = secrets.find_by_row(call.database, row)
        if primary is not None:
            _update_all(call, primary)


def _update_all(call: Call, primary: Secret) -> None:
    for replica in replicas.list_replicas(call.database, primary.id):
        try:
            with call.database.transaction():
                _update_replica(call, primary, replica)
        except (ClientError, DamagedSecretError) as error:
            call.keys.forget_keys()
            replicas.set_status(call.database, replica, "Failed", str(getattr(error, "message", error)))
        else:
            replicas.set_status(call.database, replica, "InSync", SUCCEEDED)


def _update_replica(call: Call, primary: Secret, replica: StoredReplica) -> None:
    twin = find_replica(call, primary, replica.region) or _create_replica(call, primary, replica)
    secrets.set_description(call.database, twin, description=primary.description, type=primary.type)
    _copy_tags(call, primary, twin)
    secrets.index_words(call.database, twin.id)
    _copy_versions(call, primary, twin)
    secrets.touch_changed(call.database, twin, primary.changed_at)


def _create_replica(call: Call, primary: Secret, replica: StoredReplica) -> Secret:
    """A new replica without versions. Raises ClientError if its name is taken or its key cannot be used."""
    key = kms.normalize_key_id(call, replica.region, replica.kms_key_id or "")
    if key is not None:
        key_access.require_use(call, kms.find_key(call, replica.region, key), "GenerateDataKey", primary)
    present = secrets.find_by_name(call.database, replica.region, primary.name)
    if present is not None:
        if not replica.overwrite or present.is_replica or replicas.list_replicas(call.database, present.id):
            raise InvalidParameterException(NAME_TAKEN)
        check_owner(call, present)
        secrets.delete(call.database, present)
    quotas.check_room(call, replica.region)
    [twin] = secrets.insert(call.database, [secrets.make_secret(
        region=replica.region, name=primary.name, suffix=primary.suffix, description=primary.description,
        type=primary.type, kms_key_id=key, now=call.now, owning_service=primary.owning_service,
        primary_region=primary.region,
    )])
    return twin


def _copy_tags(call: Call, primary: Secret, twin: Secret) -> None:
    wanted, present = secrets.read_tags(call.database, primary), secrets.read_tags(call.database, twin)
    secrets.remove_tags(call.database, twin, present.keys() - wanted.keys())
    secrets.add_tags(call.database, [(twin, wanted)])


def _copy_versions(call: Call, primary: Secret, twin: Secret) -> None:
    """Copies missing versions, removes those that the primary no longer has, and moves the labels."""
    wanted, present = versions.list_rows(call.database, primary.id), versions.list_rows(call.database, twin.id)
    labels = versions.read_labels(call.database, primary.id)
    for version_id, row in wanted.items():
        if version_id not in present and (row in labels.values() or not _is_lost(call, row)):
            _copy_version(call, primary, twin, row)
    after = versions.list_rows(call.database, twin.id)
    by_row = {row: after[version_id] for version_id, row in wanted.items() if version_id in after}
    versions.save_labels(call.database, twin.id, versions.read_labels(call.database, twin.id),
                         {label: by_row[row] for label, row in labels.items() if row in by_row})
    versions.remove_versions(call.database, twin.id, present.keys() - wanted.keys())


def _is_lost(call: Call, row: int) -> bool:
    """Whether the key of a version was deleted permanently."""
    return keys.get_by_row(call.database, versions.get_by_row(call.database, row).key).is_shredded


def _copy_version(call: Call, primary: Secret, twin: Secret, row: int) -> None:
    version = versions.get_by_row(call.database, row)
    value = values.decrypt(call, primary, version)
    values.insert_version(call, twin, version.version_id, value, made_at=version.created_at)
