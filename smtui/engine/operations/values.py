"""PutSecretValue, GetSecretValue, BatchGetSecretValue."""

from __future__ import annotations

from collections.abc import Mapping

from smtui.api.errors import (
    ClientError,
    DamagedSecretError,
    InternalServiceError,
    InvalidParameterException,
    InvalidRequestException,
    ResourceNotFoundException,
)
from smtui.api.limits import MAX_BATCH_SIZE
from smtui.engine import audit_events, key_access, values
from smtui.engine.authorize import admit
from smtui.engine.call import Call, require_token, to_datetime
from smtui.engine.declaration import OPERATIONS, Request, Response, operation
from smtui.rules import labels
from smtui.vault import keys, secrets, versions
from smtui.vault.keys import StoredKey
from smtui.vault.secrets import Secret
from smtui.vault.versions import StoredVersion


def _check_new_value(request: Request) -> None:
    require_token(request)
    values.require_value(request)


@operation("PutSecretValue", changes=True, owner_only=True, check=_check_new_value)
def put_secret_value(call: Call, secret: Secret, request: Request) -> Response:
    """Source: page PutSecretValue."""
    token, value = require_token(request), values.require_value(request)
    key_access.require_key_access(call, secret, actions=key_access.WRITING)
    present = versions.find_by_id(call.database, secret.id, token)
    if present and present.is_empty:
        carried = values.fill_version(call, secret, present, value, request.get("VersionStages", [labels.AWSCURRENT]))
    elif present:
        values.require_same_value(call, secret, present, value)
        carried = labels.list_on_version(versions.read_labels(call.database, secret.id), present.id)
    else:
        carried = values.store_version(call, secret, token, value, request.get("VersionStages", [labels.AWSCURRENT]))
    if labels.AWSCURRENT in carried:
        from smtui.engine import rotation

        rotation.record_new_value(call, secret)
    return {**call.format_identity(secret), "VersionId": token, "VersionStages": carried}


@operation("GetSecretValue")
def get_secret_value(call: Call, secret: Secret, request: Request) -> Response:
    """Source: page GetSecretValue."""
    key_access.require_key_access(call, secret)
    by_stage = secret.bound_rows.get_labels() if secret.bound_rows else versions.read_labels(call.database, secret.id)
    version, key = _find_version(call, secret, by_stage, request.get("VersionId"), request.get("VersionStage"))
    key_access.require_key_access(call, secret, key)
    value = values.decrypt(call, secret, version, key)
    if not call.database.read_only:
        secrets.touch_accessed(call.database, secret, call.today)
        versions.touch_accessed(call.database, version, call.today)
    carried = labels.list_on_version(by_stage, version.id)
    return {
        **call.format_identity(secret),
        "VersionId": version.version_id,
        **value.to_members(),
        **({"VersionStages": carried} if carried else {}),
        "CreatedDate": to_datetime(version.created_at),
    }


def _find_version(
    call: Call, secret: Secret, by_stage: Mapping[str, int], version_id: str | None, stage: str | None
) -> tuple[StoredVersion, StoredKey]:
    if version_id is None:
        stage = stage or labels.AWSCURRENT
        if stage not in by_stage:
            raise ResourceNotFoundException(
                f"Secrets Manager can't find the specified secret value for staging label: {stage}"
            )
        return versions.get_with_key(call.database, by_stage[stage])
    version = versions.find_by_id(call.database, secret.id, version_id)
    if version is None:
        raise values.make_no_value_error(version_id)
    if stage is not None and by_stage.get(stage) != version.id:
        raise InvalidRequestException(
            "You provided a VersionStage that is not associated to the provided VersionId."
        )
    return version, keys.get_by_row(call.database, version.key)


@operation("BatchGetSecretValue", secret=False)
def batch_get_secret_value(call: Call, _: None, request: Request) -> Response:
    """Source: page BatchGetSecretValue. The audit log gets a GetSecretValue event for each secret."""
    ids, wanted = request.get("SecretIdList"), request.get("Filters")
    if bool(ids) == bool(wanted):
        raise InvalidParameterException("Either 'SecretIdList' or 'Filters' must be provided, but not both.")
    for name in ("MaxResults", "NextToken"):
        if ids and name in request:
            raise InvalidParameterException(
                f"'Filters' not specified. 'Filters' must also be specified when '{name}' is provided."
            )
    token: Response = {}
    if not ids:
        from smtui.engine import filters, paging

        query = filters.make_query(call.region, request)
        found, token = paging.list_secrets_page(call, "BatchGetSecretValue", request, query, MAX_BATCH_SIZE)
        ids = [call.format_arn(secret) for secret in found]
    got, errors = [], []
    for secret_id in ids:
        try:
            got.append(_get_one(call, secret_id))
        except DamagedSecretError as error:
            errors.append({"SecretId": secret_id, "ErrorCode": InternalServiceError.__name__, "Message": str(error)})
        except ClientError as error:
            errors.append({"SecretId": secret_id, "ErrorCode": error.code, "Message": error.message})
    call.subject = None
    return {"SecretValues": got, "Errors": errors, **token}


def _get_one(call: Call, secret_id: str) -> Response:
    """One GetSecretValue with its event, admitted like a call of its own."""
    declared, asked = OPERATIONS["GetSecretValue"], {"SecretId": secret_id}
    refusal: ClientError | None = None
    try:
        secret = admit(call, declared, asked)
        return declared.run(call, secret, asked)
    except ClientError as error:
        refusal = error
        raise
    finally:
        event = audit_events.make_event(
            call, declared.name, asked, event_id=call.ambient.create_uuid(), changes=False, error=refusal)
        call.further_events.append(event)
