"""CreateSecret, for one secret or for many at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from smtui.api.errors import InvalidParameterException, InvalidRequestException, ResourceExistsException
from smtui.engine import key_access, kms, names, quotas, replication, tagging, values
from smtui.engine.call import Call, require_token
from smtui.engine.declaration import Request, Response, bulk_operation, operation
from smtui.engine.values import Value
from smtui.vault import secrets, versions
from smtui.vault.secrets import Secret


@dataclass(frozen=True, slots=True, repr=False)
class NewSecret:
    """What a request asks for, validated except for whether the name is taken."""

    secret: Secret
    tags: dict[str, str]
    first: tuple[str, Value] | None
    regions: dict[str, str | None]
    overwrite: bool


@operation("CreateSecret", changes=True, secret=False)
def create_secret(call: Call, _: None, request: Request) -> Response:
    """Source: page CreateSecret. CrossAccountPrimaryARN is always refused: a vault has one account."""
    new = _parse_request(call, request)
    present = secrets.find_by_name(call.database, call.region, new.secret.name)
    if present:
        return _format_existing(call, present, new.first)
    quotas.check_room(call, call.region)
    [call.subject] = _insert(call, [new])
    return _format_new(call, call.subject, new)


@bulk_operation("CreateSecret")
def create_secrets(calls: Sequence[Call], requests: Sequence[Request]) -> list[Response]:
    """The same for many secrets, if all names are free."""
    call = calls[0]
    all_new = [_parse_request(call, request) for request in requests]
    wanted = [new.secret.name for new in all_new]
    if len(set(wanted)) < len(wanted) or secrets.has_any_named(call.database, call.region, wanted):
        raise ResourceExistsException("The operation failed because one of the secrets already exists.")
    quotas.check_room(call, call.region, len(wanted))
    for each, secret in zip(calls, _insert(call, all_new), strict=True):
        each.subject = secret
    return [_format_new(each, each.subject, new) for each, new in zip(calls, all_new, strict=True) if each.subject]


def _parse_request(call: Call, request: Request) -> NewSecret:
    name = names.validate_name(request["Name"])
    value = values.parse_value(request)
    tags = tagging.parse_tags(request.get("Tags", ()))
    tagging.merge_tags({}, tags)
    if "CrossAccountPrimaryARN" in request:
        raise InvalidParameterException("A vault has one account: there is no primary secret in another one.")
    regions = replication.parse_regions(call, request.get("AddReplicaRegions", ()))
    secret = secrets.make_secret(
        region=call.region, name=name, suffix=names.generate_suffix(call.ambient),
        description=request.get("Description") or None, type=request.get("Type") or None,
        kms_key_id=kms.normalize_key_id(call, call.region, request.get("KmsKeyId", "")),
        owning_service=call.caller.service, now=call.now,
    )
    first = (require_token(request), value) if value else None
    if first:
        key_access.require_key_access(call, secret, actions=key_access.WRITING)
    return NewSecret(secret, tags, first, regions, request.get("ForceOverwriteReplicaSecret", False))


def _insert(call: Call, all_new: Sequence[NewSecret]) -> list[Secret]:
    """Inserts new secrets and answers them with their rows."""
    made = secrets.insert(call.database, [new.secret for new in all_new])
    together = list(zip(made, all_new, strict=True))
    secrets.add_tags(call.database, [(secret, new.tags) for secret, new in together])
    for secret, new in together:
        secrets.index_words(call.database, secret.id)
        replication.register(call, secret, new.regions, overwrite=new.overwrite)
    values.store_first_versions(call, [(secret, *new.first) for secret, new in together if new.first])
    return made


def _format_new(call: Call, secret: Secret, new: NewSecret) -> Response:
    version_id = new.first[0] if new.first else None
    return _format_response(call, secret, version_id, replication.format_status(call, secret) if new.regions else [])


def _format_existing(call: Call, present: Secret, first: tuple[str, Value] | None) -> Response:
    """The response if the name is taken: the same as before for a repeated request. Raises ClientError otherwise."""
    if present.is_scheduled:
        raise InvalidRequestException(
            "You can't create this secret because a secret with this name is already scheduled for deletion."
        )
    call.subject = present
    if first is not None:
        version_id, value = first
        version = versions.find_by_id(call.database, present.id, version_id)
        if version is not None:
            values.require_same_value(call, present, version, value)
            return _format_response(call, present, version_id, replication.format_status(call, present))
    raise ResourceExistsException(f"The operation failed because the secret {present.name} already exists.")


def _format_response(call: Call, secret: Secret, version_id: str | None, status: list[Response]) -> Response:
    members = {"VersionId": version_id, "ReplicationStatus": status}
    return {**call.format_identity(secret), **{name: member for name, member in members.items() if member}}
