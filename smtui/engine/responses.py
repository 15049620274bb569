"""Responses that describe secrets: DescribeSecret and the entries of ListSecrets. Empty members are left out."""

from __future__ import annotations

from collections.abc import Sequence

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
    return [
        rotation.format_members(rotated.get(secret.id))
        | _format_secret(call, secret, secret.region if secret.id in primaries else None)
        | _format_tags(tags.get(secret.id))
        | _make_optional_member(labels_member, labelled.get(secret.id))
        for secret in found
    ]


def _format_tags(tags: dict[str, str] | None) -> Response:
    """The member Tags: missing if there never was a tag, an empty list once the last one is removed."""
    return {} if tags is None else {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}


def _format_secret(call: Call, secret: Secret, own_region: str | None) -> Response:
    """The members of one secret. `own_region` is its Region if it is a primary with replicas."""
    dates = {
        "LastAccessedDate": secret.accessed_on, "DeletedDate": secret.delete_at,
        "LastChangedDate": secret.changed_at, "CreatedDate": secret.created_at,
    }
    members = {
        **call.format_identity(secret),
        "Type": secret.type,
        "Description": DAMAGED if secret.is_damaged else secret.description,
        "KmsKeyId": secret.kms_key_id,
        **{name: to_datetime(at) for name, at in dates.items() if at},
        "OwningService": secret.owning_service,
        "PrimaryRegion": secret.primary_region or own_region,
    }
    return {name: value for name, value in members.items() if value}


def _make_optional_member(name: str, value: dict[str, list[str]] | None) -> Response:
    return {name: value} if value else {}
