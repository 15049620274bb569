"""UpdateSecret, DescribeSecret, DeleteSecret, RestoreSecret."""

from __future__ import annotations

from dataclasses import replace

from smtui.api.arn import format_secret_arn
from smtui.api.errors import InvalidParameterException
from smtui.api.limits import MAX_RECOVERY_DAYS, MIN_RECOVERY_DAYS
from smtui.engine import key_access, kms, names, replication, responses, rotation, values
from smtui.engine.authorize import check_owner, make_not_found_error, make_replica_error, make_scheduled_error
from smtui.engine.call import DAY, Call, require_token, to_datetime
from smtui.engine.declaration import Request, Response, operation
from smtui.rules import labels
from smtui.vault import replicas, secrets, versions
from smtui.vault.secrets import Secret


def _check_update(request: Request) -> None:
    if values.parse_value(request) is not None:
        require_token(request)


@operation("UpdateSecret", changes=True, allow_replica=True, owner_only=True, check=_check_update)
def update_secret(call: Call, secret: Secret, request: Request) -> Response:
    """Source: page UpdateSecret. Only the key of a replica can be changed. A repeated request changes nothing."""
    if secret.is_replica and request.keys() - {"SecretId", "ClientRequestToken"} != {"KmsKeyId"}:
        raise make_replica_error()
    value = values.parse_value(request)
    kms_key_id = kms.normalize_key_id(call, secret.region, request.get("KmsKeyId", ""))
    if value or "KmsKeyId" in request:
        key_access.require_key_access(call, secret, actions=key_access.WRITING if value else ())
    if "KmsKeyId" in request:
        key_access.require_key_access(call, replace(secret, kms_key_id=kms_key_id), actions=key_access.WRITING)
    token = require_token(request) if value else None
    if value and token and (present := versions.find_by_id(call.database, secret.id, token)):
        values.require_same_value(call, secret, present, value)
        return {**call.format_identity(secret), "VersionId": token}
    secrets.set_description(
        call.database, secret,
        description=request.get("Description", secret.description) or None,
        type=request.get("Type", secret.type) or None,
    )
    secrets.touch_changed(call.database, secret, call.now)
    if "Description" in request:
        secrets.index_words(call.database, secret.id)
    if "KmsKeyId" in request:
        secret = _move_to_key(call, secret, kms_key_id)
    if value is None or token is None:
        return call.format_identity(secret)
    values.store_version(call, secret, token, value, [labels.AWSCURRENT])
    rotation.record_new_value(call, secret)
    return {**call.format_identity(secret), "VersionId": token}


def _move_to_key(call: Call, secret: Secret, kms_key_id: str | None) -> Secret:
    secret = secrets.set_key(call.database, secret, kms_key_id)
    values.move_to_key(call, secret)
    if secret.is_replica:
        replicas.set_key(call.database, replication.get_primary(call, secret).id, secret.region, kms_key_id)
    return secret


@operation("DescribeSecret", allow_scheduled=True, reads_metadata=True)
def describe_secret(call: Call, secret: Secret, request: Request) -> Response:
    """Source: page DescribeSecret."""
    return responses.describe(call, secret)


@operation("DeleteSecret", changes=True, allow_scheduled=True, allow_missing=True)
def delete_secret(call: Call, secret: Secret | None, request: Request) -> Response:
    """Source: page DeleteSecret. A secret managed by another service cannot be deleted without recovery."""
    window, force = request.get("RecoveryWindowInDays"), request.get("ForceDeleteWithoutRecovery", False)
    if force and window is not None:
        raise InvalidParameterException(
            "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays."
        )
    if window is not None and not MIN_RECOVERY_DAYS <= window <= MAX_RECOVERY_DAYS:
        raise InvalidParameterException(
            f"The RecoveryWindowInDays value must be between {MIN_RECOVERY_DAYS} and {MAX_RECOVERY_DAYS} "
            "days (inclusive)."
        )
    _check_no_replicas(call, secret, request["SecretId"])
    if force:
        return _delete_at_once(call, secret, request["SecretId"])
    return _schedule_deletion(call, secret, MAX_RECOVERY_DAYS if window is None else window)


def _check_no_replicas(call: Call, secret: Secret | None, secret_id: str) -> None:
    left = replicas.list_replicas(call.database, secret.id) if secret else []
    if left:
        raise InvalidParameterException(
            f"You can't delete secret {secret_id} that still has replica regions "
            f"[{', '.join(replica.region for replica in left)}]"
        )


def _delete_at_once(call: Call, secret: Secret | None, secret_id: str) -> Response:
    if secret is None:
        wanted = names.parse_secret_id(secret_id)
        own = call.caller.account if call.is_from_other_account else call.account
        region, account = wanted.region or call.region, wanted.account or own
        arn = format_secret_arn(region, account, wanted.name, wanted.suffix)
        return {"ARN": arn, "Name": wanted.name, "DeletionDate": to_datetime(call.now)}
    check_owner(call, secret)
    secrets.delete(call.database, secret)
    return {**call.format_identity(secret), "DeletionDate": to_datetime(call.now)}


def _schedule_deletion(call: Call, secret: Secret | None, days: int) -> Response:
    if secret is None:
        raise make_not_found_error()
    if secret.is_scheduled:
        raise make_scheduled_error()
    delete_at = call.now + days * DAY
    secrets.schedule_deletion(call.database, secret, delete_at)
    secrets.touch_changed(call.database, secret, call.now)
    return {**call.format_identity(secret), "DeletionDate": to_datetime(delete_at)}


@operation("RestoreSecret", changes=True, allow_scheduled=True)
def restore_secret(call: Call, secret: Secret, request: Request) -> Response:
    """Source: page RestoreSecret."""
    if secret.is_scheduled:
        secrets.schedule_deletion(call.database, secret, None)
        secrets.touch_changed(call.database, secret, call.now)
    return call.format_identity(secret)
