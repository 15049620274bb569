"""Finds the KMS key of a KmsKeyId and checks whether it may be used.

The state of a key is checked whenever it encrypts or decrypts, as the service asks KMS. A secret keeps the KmsKeyId
as given: if an alias is pointed to another key, new versions use that key.
"""

from __future__ import annotations

from smtui.api.arn import format_kms_arn, is_arn, parse_key_arn
from smtui.api.errors import DecryptionFailure, EncryptionFailure
from smtui.engine.call import Call
from smtui.vault import keys
from smtui.vault.keys import StoredKey
from smtui.vault.keystore import AWS_MANAGED
from smtui.vault.secrets import Secret

ALIAS = "alias/"


def find_key(call: Call, region: str, key_id: str) -> StoredKey | None:
    """The key that a key id, an alias or the ARN of either names in a Region."""
    arn = parse_key_arn(key_id)
    if arn and (arn.region, arn.account) != (region, call.account):
        return None
    resource = arn.resource if arn else key_id
    if resource.startswith(ALIAS):
        return keys.find_by_alias(call.database, region, resource)
    return keys.find_by_id(call.database, region, resource.removeprefix("key/") if arn else resource)


def normalize_key_id(call: Call, region: str, key_id: str) -> str | None:
    """The KmsKeyId that a secret stores; None stands for the AWS managed key.

    Raises EncryptionFailure if the key cannot encrypt.
    """
    if key_id in ("", AWS_MANAGED, format_arn(call, region, AWS_MANAGED)):
        return None
    key = get_encryption_key(call, region, key_id)
    if key.manager == "AWS":
        return None
    return format_arn(call, region, key_id) if key_id.startswith(ALIAS) else key_id


def get_encryption_key(call: Call, region: str, key_id: str | None) -> StoredKey:
    """The key for new versions. Raises EncryptionFailure if it is missing, disabled or pending deletion."""
    if key_id is None:
        return call.keys.get_aws_managed(region)
    key = find_key(call, region, key_id)
    if key is None or not key.is_usable:
        raise EncryptionFailure(
            "Secrets Manager can't encrypt the protected secret text using the provided KMS key. Check that the KMS "
            "key is available, enabled, and not in an invalid state. For more information, see Key state: Effect on "
            "your KMS key."
        )
    return key


def uses_default_key(secret: Secret) -> bool:
    """Whether new versions of a secret are encrypted under the AWS managed key, which only its account may use."""
    return secret.kms_key_id is None


def get_decryption_key(call: Call, row: int, key: StoredKey | None = None) -> StoredKey:
    """The key of a row, to decrypt with, unless it was read already. Raises DecryptionFailure if it may not be used."""
    key = key or keys.get_by_row(call.database, row)
    if not key.is_usable:
        raise DecryptionFailure("Secrets Manager can't decrypt the protected secret text using the provided KMS key.")
    return key


def format_listed_key(call: Call, region: str, key_id: str) -> str:
    """The ARN of the key behind a stored KmsKeyId; the KmsKeyId itself if its alias points nowhere."""
    if is_arn(key_id) and ":alias/" not in key_id:
        return key_id
    key = find_key(call, region, key_id)
    return format_key_arn(call, key) if key else key_id


def format_key_arn(call: Call, key: StoredKey) -> str:
    return format_arn(call, key.region, f"key/{key.key_id}")


def format_arn(call: Call, region: str, resource: str) -> str:
    """The ARN of a KMS resource: `key/ID` or `alias/NAME`."""
    return format_kms_arn(region, call.account, resource)
