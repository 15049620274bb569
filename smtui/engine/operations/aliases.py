"""AWS KMS: CreateAlias, UpdateAlias, DeleteAlias, ListAliases."""

from __future__ import annotations

from smtui.api.errors import AlreadyExistsException, InvalidAliasNameException, KMSInvalidStateException
from smtui.engine import kms
from smtui.engine.call import Call, to_datetime
from smtui.engine.declaration import Request, Response, operation
from smtui.engine.operations.keys import get_customer_key, get_key, make_alias_not_found_error
from smtui.vault import keys
from smtui.vault.keys import Alias, StoredKey

RESERVED = "alias/aws/"


@operation("CreateAlias", changes=True, secret=False)
def create_alias(call: Call, _: None, request: Request) -> Response:
    """Source: page CreateAlias."""
    alias = _validate_alias(request["AliasName"])
    key = _get_target(call, "CreateAlias", request["TargetKeyId"])
    if keys.find_by_alias(call.database, call.region, alias):
        raise AlreadyExistsException(
            f"An alias with the name {kms.format_arn(call, call.region, alias)} already exists"
        )
    keys.point_alias(call.database, region=call.region, alias=alias, key=key.row, now=call.now)
    return {}


@operation("UpdateAlias", changes=True, secret=False)
def update_alias(call: Call, _: None, request: Request) -> Response:
    """Source: page UpdateAlias. New versions use the new key; existing ones keep theirs."""
    alias = _find_alias(call, request["AliasName"])
    key = _get_target(call, "UpdateAlias", request["TargetKeyId"])
    keys.point_alias(call.database, region=call.region, alias=alias, key=key.row, now=call.now)
    return {}


@operation("DeleteAlias", changes=True, secret=False)
def delete_alias(call: Call, _: None, request: Request) -> Response:
    """Source: page DeleteAlias. The key stays."""
    keys.remove_alias(call.database, call.region, _find_alias(call, request["AliasName"]))
    return {}


@operation("ListAliases", secret=False, reads_metadata=True)
def list_aliases(call: Call, _: None, request: Request) -> Response:
    """Source: page ListAliases. Returns all at once."""
    only = get_key(call, request["KeyId"]).row if "KeyId" in request else None
    found = [alias for alias in keys.list_aliases(call.database, call.region)
             if only in (None, alias.key) and keys.has_key(call.database, alias.key)]
    return {"Aliases": [_format_entry(call, alias) for alias in found], "Truncated": False}


def _validate_alias(alias: str) -> str:
    """Returns the alias of a customer. Raises InvalidAliasNameException."""
    if not alias.startswith(kms.ALIAS) or alias == kms.ALIAS:
        raise InvalidAliasNameException(f"An alias must start with {kms.ALIAS}, followed by its name.")
    if alias.startswith(RESERVED):
        raise InvalidAliasNameException(f"{RESERVED} is reserved for AWS managed keys.")
    return alias


def _find_alias(call: Call, alias: str) -> str:
    if keys.find_by_alias(call.database, call.region, alias) is None:
        raise make_alias_not_found_error(call, alias)
    return _validate_alias(alias)


def _get_target(call: Call, operation: str, key_id: str) -> StoredKey:
    key = get_customer_key(call, operation, key_id)
    if key.state == "PendingDeletion":
        raise KMSInvalidStateException(f"{kms.format_key_arn(call, key)} is pending deletion.")
    return key


def _format_entry(call: Call, alias: Alias) -> Response:
    return {
        "AliasName": alias.name,
        "AliasArn": kms.format_arn(call, alias.region, alias.name),
        "TargetKeyId": keys.get_by_row(call.database, alias.key).key_id,
        "CreationDate": to_datetime(alias.created_at),
    }
