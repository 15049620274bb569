"""Resolves and authorizes: whether the secret exists, may be used in its state, and by this caller."""

from __future__ import annotations

from smtui.api.errors import (
    InvalidParameterException,
    InvalidRequestException,
    ResourceNotFoundException,
)
from smtui.engine import names
from smtui.engine.call import Call
from smtui.engine.declaration import Declaration, Request
from smtui.vault import policies as stored_policies
from smtui.vault import secrets
from smtui.vault.secrets import Secret


def admit(call: Call, declared: Declaration, request: Request) -> Secret | None:
    """The secret that the operation is about, or None if it is about none.

    Raises ClientError if the caller is not authorized or the declaration does not allow the secret's state.
    """
    secret_id = request.get("SecretId") if declared.secret else None
    secret = None
    if secret_id is not None:
        secret = find_secret(call, secret_id, allow_primary_arn=declared.allow_primary_arn)
        call.subject = secret
    if not _is_owner_without_policy(call, declared, secret):
        from smtui.engine import policies  # the policy language takes long to import

        policies.authorize(call, declared.contract, secret, request)
    if secret_id is not None:
        check_state(declared, call, secret)
    return secret


def _is_owner_without_policy(call: Call, declared: Declaration, secret: Secret | None) -> bool:
    """Whether the caller may do anything in the account, and no policy of the secret says otherwise."""
    if call.caller.identity != "admin" or call.caller.account != call.account:
        return False
    if secret is None or declared.contract.service != "secretsmanager":
        return True
    return stored_policies.read_policy(call.database, secret) is None


def check_state(declared: Declaration, call: Call, secret: Secret | None) -> None:
    """Raises ClientError if the operation does not allow the state of the secret."""
    if secret is None and not declared.allow_missing:
        raise make_not_found_error()
    if secret is not None and secret.is_scheduled and not declared.allow_scheduled:
        raise make_scheduled_error()
    if secret is not None and secret.is_replica and declared.changes and not declared.allow_replica:
        raise make_replica_error()
    if secret is not None and declared.owner_only:
        check_owner(call, secret)


def check_owner(call: Call, secret: Secret) -> None:
    """Raises InvalidRequestException if another service manages the secret."""
    if secret.owning_service not in (None, call.caller.service):
        raise InvalidRequestException(
            "The secret is managed by another service, and you must use that service to update it."
        )


def make_replica_error() -> InvalidParameterException:
    return InvalidParameterException(
        "Operation not permitted on a replica secret. Call must be made in primary secret's region."
    )


def make_not_found_error() -> ResourceNotFoundException:
    return ResourceNotFoundException("Secrets Manager can't find the specified secret.")


def make_scheduled_error() -> InvalidRequestException:
    return InvalidRequestException(
        "You can't perform this operation on the secret because it was marked for deletion."
    )


def find_secret(call: Call, secret_id: str, *, allow_primary_arn: bool = False) -> Secret | None:
    """The secret that a SecretId names in this Region, in any state.

    `allow_primary_arn` accepts a replica's primary ARN. A name from another account names a secret there.
    Raises DamagedSecretError if the labels, versions or policy of the secret are not those that were stored last.
    """
    wanted = names.parse_secret_id(secret_id)
    if wanted.account is None and call.is_from_other_account:
        return None
    secret = secrets.find_verified(call.database, call.region, wanted.name)
    if secret is None or wanted.suffix not in (None, secret.suffix) or wanted.account not in (None, call.account):
        return None
    regions = (None, call.region, secret.primary_region) if allow_primary_arn else (None, call.region)
    return secret if wanted.region in regions else None
