"""UpdateSecret, DescribeSecret, DeleteSecret, RestoreSecret."""

from __future__ import annotations

from smtui import labels
from smtui.api.errors import InvalidParameterException, ResourceExistsException
from smtui.api.limits import MAX_RECOVERY_DAYS, MIN_RECOVERY_DAYS
from smtui.engine import describing, kms, names, replication, rotation, values
from smtui.engine.admission import marked_for_deletion, must_be_owner, not_found, not_on_a_replica
from smtui.engine.call import DAY, Call, moment, version_token
from smtui.engine.declaration import Request, Response, operation
from smtui.vault import replicas, secrets, versions
from smtui.vault.secrets import Secret


@operation("UpdateSecret", changes=True, tolerates_replica=True, owner_only=True)
def update_secret(call: Call, secret: Secret, request: Request) -> Response:
    """Page UpdateSecret. Of a replica, the key alone can be changed."""
    if secret.is_replica and request.keys() - {"SecretId", "ClientRequestToken"} != {"KmsKeyId"}:
        raise not_on_a_replica()
    value = values.given(request)
    kms_key_id = kms.kept(call, secret.region, request.get("KmsKeyId", ""))
    token = version_token(request) if value else None
    if token and versions.find_by_id(call.database, secret.id, token):
        raise ResourceExistsException(
            f"You can't use ClientRequestToken {token} because that value is already in use for a version of secret "
            f"{call.arn(secret)}."
        )
    secrets.set_description(
        call.database, secret,
        description=request.get("Description", secret.description) or None,
        type=request.get("Type", secret.type) or None,
    )
    secrets.touch_changed(call.database, secret, call.now)
    if "Description" in request:
        secrets.index_words(call.database, secret.id)
    if "KmsKeyId" in request:
        secret = _moved_to_key(call, secret, kms_key_id)
    if value is None or token is None:
        return call.identity(secret)
    values.store(call, secret, token, value, [labels.AWSCURRENT])
    rotation.value_changed(call, secret)
    return {**call.identity(secret), "VersionId": token}


def _moved_to_key(call: Call, secret: Secret, kms_key_id: str | None) -> Secret:
    secret = secrets.set_key(call.database, secret, kms_key_id)
    values.move_to_key(call, secret)
    if secret.is_replica:
        replicas.set_key(call.database, replication.primary_of(call, secret).id, secret.region, kms_key_id)
    return secret


@operation("DescribeSecret", tolerates_scheduled=True, reads_metadata=True)
def describe_secret(call: Call, secret: Secret, request: Request) -> Response:
    """Page DescribeSecret."""
    return describing.described(call, secret)


@operation("DeleteSecret", changes=True, tolerates_scheduled=True, tolerates_missing=True)
def delete_secret(call: Call, secret: Secret | None, request: Request) -> Response:
    """Page DeleteSecret. What another service manages is not deleted without recovery."""
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
    _must_have_no_replicas(call, secret, request["SecretId"])
    if force:
        return _deleted_at_once(call, secret, request["SecretId"])
    return _scheduled(call, secret, MAX_RECOVERY_DAYS if window is None else window)


def _must_have_no_replicas(call: Call, secret: Secret | None, secret_id: str) -> None:
    left = replicas.list_replicas(call.database, secret.id) if secret else []
    if left:
        raise InvalidParameterException(
            f"You can't delete secret {secret_id} that still has replica regions "
            f"[{', '.join(replica.region for replica in left)}]."
        )


def _deleted_at_once(call: Call, secret: Secret | None, secret_id: str) -> Response:
    if secret is None:
        wanted = names.parse(secret_id)
        gone = names.arn(wanted.region or call.region, wanted.account or call.account, wanted.name, wanted.suffix)
        return {"ARN": gone, "Name": wanted.name, "DeletionDate": moment(call.now)}
    must_be_owner(call, secret)
    secrets.delete(call.database, secret)
    return {**call.identity(secret), "DeletionDate": moment(call.now)}


def _scheduled(call: Call, secret: Secret | None, days: int) -> Response:
    if secret is None:
        raise not_found()
    if secret.is_scheduled:
        raise marked_for_deletion()
    delete_at = call.now + days * DAY
    secrets.schedule_deletion(call.database, secret, delete_at)
    secrets.touch_changed(call.database, secret, call.now)
    return {**call.identity(secret), "DeletionDate": moment(delete_at)}


@operation("RestoreSecret", changes=True, tolerates_scheduled=True)
def restore_secret(call: Call, secret: Secret, request: Request) -> Response:
    """Page RestoreSecret."""
    if secret.is_scheduled:
        secrets.schedule_deletion(call.database, secret, None)
        secrets.touch_changed(call.database, secret, call.now)
    return call.identity(secret)
