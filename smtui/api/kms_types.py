"""Requests, responses and the client of the KMS operations for type checkers; never needed at run time.

The shapes in `smtui.api.kms` are what the engine checks; a test compares them with these types.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NotRequired, Protocol, TypedDict, Unpack

from smtui.api.types import EmptyResponse, Metadata


class KeyMetadata(TypedDict):
    """A KMS key. `KeyState` is `Enabled`, `Disabled` or `PendingDeletion`; only the last has a `DeletionDate`."""

    AWSAccountId: str
    KeyId: str
    Arn: str
    CreationDate: datetime
    Enabled: bool
    Description: str
    KeyUsage: str
    KeyState: str
    DeletionDate: NotRequired[datetime]
    Origin: str
    KeyManager: str
    KeySpec: str
    EncryptionAlgorithms: list[str]
    MultiRegion: bool


class KeyListEntry(TypedDict):
    KeyId: str
    KeyArn: str


class AliasListEntry(TypedDict):
    AliasName: str
    AliasArn: str
    TargetKeyId: NotRequired[str]
    CreationDate: NotRequired[datetime]


class KeyTag(TypedDict):
    TagKey: str
    TagValue: str


class CreateKeyRequest(TypedDict):
    Policy: NotRequired[str]
    Description: NotRequired[str]
    BypassPolicyLockoutSafetyCheck: NotRequired[bool]
    Tags: NotRequired[list[KeyTag]]


class KeyRequest(TypedDict):
    KeyId: str


class KeyMetadataResponse(TypedDict):
    KeyMetadata: KeyMetadata
    ResponseMetadata: Metadata


class ListKeysResponse(TypedDict):
    Keys: list[KeyListEntry]
    Truncated: bool
    ResponseMetadata: Metadata


class UpdateKeyDescriptionRequest(TypedDict):
    KeyId: str
    Description: str


class ScheduleKeyDeletionRequest(TypedDict):
    KeyId: str
    PendingWindowInDays: NotRequired[int]


class ScheduleKeyDeletionResponse(TypedDict):
    KeyId: str
    DeletionDate: datetime
    KeyState: str
    PendingWindowInDays: int
    ResponseMetadata: Metadata


class CancelKeyDeletionResponse(TypedDict):
    KeyId: str
    ResponseMetadata: Metadata


class TargetedAliasRequest(TypedDict):
    AliasName: str
    TargetKeyId: str


class AliasRequest(TypedDict):
    AliasName: str


class ListAliasesRequest(TypedDict):
    KeyId: NotRequired[str]


class ListAliasesResponse(TypedDict):
    Aliases: list[AliasListEntry]
    Truncated: bool
    ResponseMetadata: Metadata


class GetKeyPolicyRequest(TypedDict):
    KeyId: str
    PolicyName: NotRequired[str]


class GetKeyPolicyResponse(TypedDict):
    Policy: str
    PolicyName: str
    ResponseMetadata: Metadata


class PutKeyPolicyRequest(TypedDict):
    """`PolicyName` is always `default`."""

    KeyId: str
    PolicyName: NotRequired[str]
    Policy: str
    BypassPolicyLockoutSafetyCheck: NotRequired[bool]


class ListResourceTagsResponse(TypedDict):
    Tags: list[KeyTag]
    Truncated: bool
    ResponseMetadata: Metadata


class TagKeyRequest(TypedDict):
    KeyId: str
    Tags: list[KeyTag]


class UntagKeyRequest(TypedDict):
    KeyId: str
    TagKeys: list[str]


class KeyOperations(Protocol):
    """The methods of a KMS client whose names Secrets Manager does not have."""

    @property
    def exceptions(self) -> Any: ...
    def create_key(self, **kwargs: Unpack[CreateKeyRequest]) -> KeyMetadataResponse: ...
    def describe_key(self, **kwargs: Unpack[KeyRequest]) -> KeyMetadataResponse: ...
    def list_keys(self) -> ListKeysResponse: ...
    def enable_key(self, **kwargs: Unpack[KeyRequest]) -> EmptyResponse: ...
    def disable_key(self, **kwargs: Unpack[KeyRequest]) -> EmptyResponse: ...
    def update_key_description(self, **kwargs: Unpack[UpdateKeyDescriptionRequest]) -> EmptyResponse: ...
    def schedule_key_deletion(self, **kwargs: Unpack[ScheduleKeyDeletionRequest]) -> ScheduleKeyDeletionResponse: ...
    def cancel_key_deletion(self, **kwargs: Unpack[KeyRequest]) -> CancelKeyDeletionResponse: ...
    def create_alias(self, **kwargs: Unpack[TargetedAliasRequest]) -> EmptyResponse: ...
    def update_alias(self, **kwargs: Unpack[TargetedAliasRequest]) -> EmptyResponse: ...
    def delete_alias(self, **kwargs: Unpack[AliasRequest]) -> EmptyResponse: ...
    def list_aliases(self, **kwargs: Unpack[ListAliasesRequest]) -> ListAliasesResponse: ...
    def get_key_policy(self, **kwargs: Unpack[GetKeyPolicyRequest]) -> GetKeyPolicyResponse: ...
    def put_key_policy(self, **kwargs: Unpack[PutKeyPolicyRequest]) -> EmptyResponse: ...
    def list_resource_tags(self, **kwargs: Unpack[KeyRequest]) -> ListResourceTagsResponse: ...


class KeyClient(KeyOperations, Protocol):
    """A boto3-compatible KMS client for the keys of one Region. Source: page "Actions" of the KMS API reference."""

    def tag_resource(self, **kwargs: Unpack[TagKeyRequest]) -> EmptyResponse: ...
    def untag_resource(self, **kwargs: Unpack[UntagKeyRequest]) -> EmptyResponse: ...
