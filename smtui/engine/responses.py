"""Responses that describe secrets: DescribeSecret and the entries of ListSecrets. Empty members are left out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from smtui.engine import kms, replication, rotation
from smtui.engine.call import Call, to_datetime
from smtui.engine.declaration import Response
from smtui.vault import replicas, rotations, secrets, versions
from smtui.vault.secrets import Secret

DAMAGED = "▲ The row of this secret in the vault is damaged. Run smtui check, and open a backup."


def describe(call: Call, secret: Secret) -> Response:
    """The response of DescribeSecret.
    Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html
    """
    [answer] = _format_with_labels(call, [secret], "VersionIdsToStages")
    replicated = replication.format_status(call, secret)
    return answer | {"ReplicationStatus": replicated} if replicated else answer


def list_entries(call: Call, found: Sequence[Secret]) -> list[Response]:
    """The entries of ListSecrets, which give keys only by their ARN.
    Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_SecretListEntry.html
    """
    entries = _format_with_labels(call, found, "SecretVersionsToStages")
    for secret, entry in zip(found, entries, strict=True):
        if secret.kms_key_id:
            entry["KmsKeyId"] = kms.format_listed_key(call, secret.region, secret.kms_key_id)
    return entries


def _format_with_labels(call: Call, found: Sequence[Secret], labels_member: str) -> list[Response]:
    """Entries with the labels of their versions, under the name that the operation uses for that member."""
    rows = [secret.id for secret in found]
    tags, labelled = secrets.read_tags_of(call.database, rows), versions.read_labels_by_version_id(call.database, rows)
    primaries, rotated = replicas.find_primaries(call.database, rows), rotations.find_rotations(call.database, rows)
    entries = []
    for secret in found:
        entry = rotation.format_members(rotated.get(secret.id))
        _add_members(call, secret, secret.region if secret.id in primaries else None, entry)
        if secret.id in tags:
            entry["Tags"] = _format_tags(tags[secret.id])
        if labelled.get(secret.id):
            entry[labels_member] = labelled[secret.id]
        entries.append(entry)
    return entries


def _format_tags(tags: dict[str, str]) -> list[Response]:
    """The member Tags, which is missing if there never was a tag, and empty once the last one is removed."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _add_members(call: Call, secret: Secret, own_region: str | None, entry: Response) -> None:
    """Adds the members of one secret. `own_region` is its Region if it is a primary with replicas."""
    entry["ARN"], entry["Name"] = call.format_arn(secret), secret.name
    for name, value in (
        ("Type", secret.type),
        ("Description", DAMAGED if secret.is_damaged else secret.description),
        ("KmsKeyId", secret.kms_key_id),
        ("LastAccessedDate", _format_date(secret.accessed_on)),
        ("DeletedDate", _format_date(secret.delete_at)),
        ("LastChangedDate", _format_date(secret.changed_at)),
        ("CreatedDate", _format_date(secret.created_at)),
        ("OwningService", secret.owning_service),
        ("PrimaryRegion", secret.primary_region or own_region),
    ):
        if value:
            entry[name] = value


def _format_date(milliseconds: int | None) -> datetime | None:
    return to_datetime(milliseconds) if milliseconds else None
