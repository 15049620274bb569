"""AWS KMS: Create-, Describe-, List-, Enable-, DisableKey, UpdateKeyDescription, Schedule- and CancelKeyDeletion."""

from __future__ import annotations

from smtui.api.arn import is_arn
from smtui.api.errors import AccessDeniedException, KMSInvalidStateException, NotFoundException, ValidationException
from smtui.api.limits import MAX_KEY_DELETION_DAYS, MIN_KEY_DELETION_DAYS
from smtui.engine import key_policies, kms
from smtui.engine.call import DAY, Call, to_datetime
from smtui.engine.declaration import Request, Response, operation
from smtui.engine.key_attributes import store_policy, store_tags
from smtui.vault import keys
from smtui.vault.keys import StoredKey


@operation("CreateKey", changes=True, secret=False)
def create_key(call: Call, _: None, request: Request) -> Response:
    """Page CreateKey: a symmetric encryption key."""
    key = call.keys.create_key(call.region, manager="CUSTOMER", description=request.get("Description", ""))
    store_tags(call, key, request.get("Tags", ()))
    if "Policy" in request:
        store_policy(call, key, request)
    return {"KeyMetadata": _format_metadata(call, key)}


@operation("DescribeKey", secret=False, reads_metadata=True)
def describe_key(call: Call, _: None, request: Request) -> Response:
    """Source: page DescribeKey. Accepts aliases."""
    key = get_authorized_key(call, "DescribeKey", request["KeyId"], aliases=True)
    return {"KeyMetadata": _format_metadata(call, key)}


@operation("ListKeys", secret=False, reads_metadata=True)
def list_keys(call: Call, _: None, request: Request) -> Response:
    """Source: page ListKeys. Returns all at once."""
    found = keys.list_in_region(call.database, call.region)
    entries = [{"KeyId": key.key_id, "KeyArn": kms.format_key_arn(call, key)} for key in found]
    return {"Keys": entries, "Truncated": False}


@operation("EnableKey", changes=True, secret=False)
def enable_key(call: Call, _: None, request: Request) -> Response:
    """Source: page EnableKey."""
    key = refuse_pending_deletion(call, get_customer_key(call, "EnableKey", request["KeyId"]))
    keys.set_state(call.database, key, enabled=True)
    return {}


@operation("DisableKey", changes=True, secret=False)
def disable_key(call: Call, _: None, request: Request) -> Response:
    """Source: page DisableKey."""
    key = refuse_pending_deletion(call, get_customer_key(call, "DisableKey", request["KeyId"]))
    keys.set_state(call.database, key, enabled=False)
    return {}


@operation("UpdateKeyDescription", changes=True, secret=False)
def update_key_description(call: Call, _: None, request: Request) -> Response:
    """Source: page UpdateKeyDescription."""
    key = refuse_pending_deletion(call, get_customer_key(call, "UpdateKeyDescription", request["KeyId"]))
    keys.set_description(call.database, key, request["Description"])
    return {}


@operation("ScheduleKeyDeletion", changes=True, secret=False)
def schedule_key_deletion(call: Call, _: None, request: Request) -> Response:
    """Source: page ScheduleKeyDeletion. After the waiting period nothing that the key encrypted can be read."""
    days = request.get("PendingWindowInDays", MAX_KEY_DELETION_DAYS)
    if not MIN_KEY_DELETION_DAYS <= days <= MAX_KEY_DELETION_DAYS:
        bound = f"greater than or equal to {MIN_KEY_DELETION_DAYS}" if days < MIN_KEY_DELETION_DAYS else \
            f"less than or equal to {MAX_KEY_DELETION_DAYS}"
        raise ValidationException("1 validation error detected: Value at 'pendingWindowInDays' failed to satisfy "
                                  f"constraint: Member must have value {bound}")
    key = refuse_pending_deletion(call, get_customer_key(call, "ScheduleKeyDeletion", request["KeyId"]))
    delete_at = call.now + days * DAY
    keys.set_state(call.database, key, enabled=False, delete_at=delete_at)
    return {"KeyId": kms.format_key_arn(call, key), "DeletionDate": to_datetime(delete_at),
            "KeyState": "PendingDeletion", "PendingWindowInDays": days}


@operation("CancelKeyDeletion", changes=True, secret=False)
def cancel_key_deletion(call: Call, _: None, request: Request) -> Response:
    """Source: page CancelKeyDeletion. The key is disabled afterwards."""
    key = get_customer_key(call, "CancelKeyDeletion", request["KeyId"])
    if key.state != "PendingDeletion":
        raise KMSInvalidStateException(f"{kms.format_key_arn(call, key)} is not pending deletion.")
    keys.set_state(call.database, key, enabled=False)
    return {"KeyId": kms.format_key_arn(call, key)}


def get_key(call: Call, key_id: str, *, aliases: bool = False) -> StoredKey:
    """The key of this Region that a request names. Raises NotFoundException."""
    is_alias = key_id.startswith(kms.ALIAS) or f":{kms.ALIAS}" in key_id
    if is_alias and not aliases:
        raise NotFoundException(f"Invalid keyId '{key_id}'")
    key = kms.find_key(call, call.region, key_id)
    if key is None and is_alias:
        raise make_alias_not_found_error(call, key_id)
    if key is None:
        arn = key_id if is_arn(key_id) else kms.format_arn(call, call.region, f"key/{key_id}")
        raise NotFoundException(f"Key '{arn}' does not exist")
    return key


def make_alias_not_found_error(call: Call, alias: str) -> NotFoundException:
    arn = alias if is_arn(alias) else kms.format_arn(call, call.region, alias)
    return NotFoundException(f"Alias {arn} is not found.")


def get_authorized_key(call: Call, operation: str, key_id: str, *, aliases: bool = False) -> StoredKey:
    """The key that a request names, if its policy allows the operation. Raises AccessDeniedException."""
    key = get_key(call, key_id, aliases=aliases)
    key_policies.authorize(call, operation, key)
    return key


def get_customer_key(call: Call, operation: str, key_id: str) -> StoredKey:
    """A key that its customer may change. Raises AccessDeniedException for an AWS managed key, or by the key policy."""
    key = get_key(call, key_id)
    if key.manager != "CUSTOMER":
        action = f"kms:{operation}"
        raise AccessDeniedException(
            f"User: {call.caller.arn} is not authorized to perform: {action} on resource: "
            f"{kms.format_key_arn(call, key)} because no resource-based policy allows the {action} action"
        )
    key_policies.authorize(call, operation, key)
    return key


def refuse_pending_deletion(call: Call, key: StoredKey) -> StoredKey:
    """The key. Raises KMSInvalidStateException if its deletion is scheduled."""
    if key.state == "PendingDeletion":
        raise KMSInvalidStateException(f"{kms.format_key_arn(call, key)} is pending deletion.")
    return key


def _format_metadata(call: Call, key: StoredKey) -> Response:
    members: Response = {
        "AWSAccountId": call.account, "KeyId": key.key_id, "Arn": kms.format_key_arn(call, key),
        "CreationDate": to_datetime(key.created_at), "Enabled": key.is_usable, "Description": key.description,
        "KeyUsage": "ENCRYPT_DECRYPT", "KeyState": key.state, "Origin": "AWS_KMS", "KeyManager": key.manager,
        "KeySpec": "SYMMETRIC_DEFAULT", "EncryptionAlgorithms": ["SYMMETRIC_DEFAULT"], "MultiRegion": False,
    }
    return members if key.delete_at is None else {**members, "DeletionDate": to_datetime(key.delete_at)}
