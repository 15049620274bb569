"""The AWS KMS operations of a vault: symmetric encryption keys and their aliases, with the shapes of the KMS API.

The shapes are a subset of the AWS service model, and a test compares them with it. Members for unsupported features
(imported key material, custom key stores) are rejected as unknown.
"""

from __future__ import annotations

from smtui.api.model import OPERATIONS
from smtui.api.shapes import Flag, Integer, List, Operation, Shape, Structure, Text, Timestamp

KEY_ID = Text(min=1, max=2048)
ALIAS_NAME = Text(min=1, max=256, pattern=r"^[a-zA-Z0-9:/_-]+$")
DESCRIPTION = Text(min=0, max=8192)
DAYS = Integer(min=1, max=365)
POLICY_NAME = Text(min=1, max=128, pattern=r"[\w]+")
POLICY = Text(min=1, max=131072, pattern=r"[\u0009\u000A\u000D\u0020-\u00FF]+")
TAG_KEY = Text(min=1, max=128)
TAG_LIST = List(Structure({"TagKey": TAG_KEY, "TagValue": Text(min=0, max=256)}, ("TagKey", "TagValue")))
KEY_METADATA = Structure({
    "AWSAccountId": Text(), "KeyId": KEY_ID, "Arn": Text(min=20, max=2048), "CreationDate": Timestamp(),
    "Enabled": Flag(), "Description": DESCRIPTION, "KeyUsage": Text(), "KeyState": Text(), "DeletionDate": Timestamp(),
    "Origin": Text(), "KeyManager": Text(), "KeySpec": Text(), "EncryptionAlgorithms": List(Text()),
    "MultiRegion": Flag(),
})
ALIAS_LIST_ENTRY = Structure({
    "AliasName": ALIAS_NAME, "AliasArn": Text(min=20, max=2048), "TargetKeyId": KEY_ID, "CreationDate": Timestamp(),
})


def _declare(
    name: str, request: dict[str, Shape], required: tuple[str, ...], response: dict[str, Shape], *errors: str
) -> Operation:
    return Operation(name, Structure(request, required), Structure(response), errors, service="kms")


_STATE = "KMSInvalidStateException"
_MISSING = "NotFoundException"

# By AWS's names, with `Key` in front of those that Secrets Manager has too.
KEY_OPERATIONS = {
    (f"Key{operation.name}" if operation.name in OPERATIONS else operation.name): operation for operation in (
        _declare("CreateKey", {
            "Policy": POLICY, "Description": DESCRIPTION, "BypassPolicyLockoutSafetyCheck": Flag(), "Tags": TAG_LIST,
        }, (), {"KeyMetadata": KEY_METADATA}, "MalformedPolicyDocumentException", "TagException"),
        _declare("DescribeKey", {"KeyId": KEY_ID}, ("KeyId",), {"KeyMetadata": KEY_METADATA}, _MISSING),
        _declare("ListKeys", {}, (), {
            "Keys": List(Structure({"KeyId": KEY_ID, "KeyArn": Text(min=20, max=2048)})), "Truncated": Flag(),
        }),
        _declare("EnableKey", {"KeyId": KEY_ID}, ("KeyId",), {}, _MISSING, _STATE),
        _declare("DisableKey", {"KeyId": KEY_ID}, ("KeyId",), {}, _MISSING, _STATE),
        _declare("UpdateKeyDescription", {"KeyId": KEY_ID, "Description": DESCRIPTION}, ("KeyId", "Description"), {},
                   _MISSING, _STATE),
        _declare("ScheduleKeyDeletion", {"KeyId": KEY_ID, "PendingWindowInDays": DAYS}, ("KeyId",), {
            "KeyId": KEY_ID, "DeletionDate": Timestamp(), "KeyState": Text(), "PendingWindowInDays": DAYS,
        }, _MISSING, _STATE),
        _declare("CancelKeyDeletion", {"KeyId": KEY_ID}, ("KeyId",), {"KeyId": KEY_ID}, _MISSING, _STATE),
        _declare("CreateAlias", {"AliasName": ALIAS_NAME, "TargetKeyId": KEY_ID}, ("AliasName", "TargetKeyId"), {},
                   "AlreadyExistsException", "InvalidAliasNameException", _MISSING, _STATE),
        _declare("UpdateAlias", {"AliasName": ALIAS_NAME, "TargetKeyId": KEY_ID}, ("AliasName", "TargetKeyId"), {},
                   _MISSING, _STATE),
        _declare("DeleteAlias", {"AliasName": ALIAS_NAME}, ("AliasName",), {}, _MISSING),
        _declare("ListAliases", {"KeyId": KEY_ID}, (), {
            "Aliases": List(ALIAS_LIST_ENTRY), "Truncated": Flag(),
        }, _MISSING),
        _declare("GetKeyPolicy", {"KeyId": KEY_ID, "PolicyName": POLICY_NAME}, ("KeyId",), {
            "Policy": POLICY, "PolicyName": POLICY_NAME,
        }, _MISSING),
        _declare("PutKeyPolicy", {
            "KeyId": KEY_ID, "PolicyName": POLICY_NAME, "Policy": POLICY, "BypassPolicyLockoutSafetyCheck": Flag(),
        }, ("KeyId", "Policy"), {}, _MISSING, _STATE, "MalformedPolicyDocumentException"),
        _declare("ListResourceTags", {"KeyId": KEY_ID}, ("KeyId",), {"Tags": TAG_LIST, "Truncated": Flag()}, _MISSING),
        _declare("TagResource", {"KeyId": KEY_ID, "Tags": TAG_LIST}, ("KeyId", "Tags"), {}, _MISSING, _STATE,
                 "TagException"),
        _declare("UntagResource", {"KeyId": KEY_ID, "TagKeys": List(TAG_KEY)}, ("KeyId", "TagKeys"), {}, _MISSING,
                 _STATE, "TagException"),
    )
}
