"""Policies of KMS keys: the default ones, and what they decide about the use and the management of a key.

Source: "Key policies in AWS KMS".
"""

from __future__ import annotations

import json

from smtui.api.arn import format_principal_arn
from smtui.engine import kms
from smtui.engine.call import Call
from smtui.engine.policies import make_access_denied_error, parse_policy
from smtui.engine.request_context import make_policy_request
from smtui.policy.decide import Outcome, Request, evaluate_key_access
from smtui.policy.statements import MalformedPolicyError, Policy
from smtui.vault import key_attributes, keys
from smtui.vault.keys import StoredKey
from smtui.vault.secrets import Secret
from smtui.vault.sqlite_errors import make_damaged_row_error

OWNER_ALWAYS = ("GetKeyPolicy", "PutKeyPolicy")
"""What the owner of a vault may do whatever a key policy says: there is no AWS Support to undo a lock-out."""


def read_policy_text(call: Call, key: StoredKey) -> str:
    """The policy of a key: as it was put, or else the default one of KMS."""
    stored = key_attributes.read_policy(call.database, key.row)
    if stored is not None:
        return stored
    statements = [_ENABLE_IAM] if key.manager == "CUSTOMER" else _MANAGED
    name = "key-default-1" if key.manager == "CUSTOMER" else "auto-secretsmanager-2"
    text = json.dumps({"Version": "2012-10-17", "Id": name, "Statement": statements}, indent=2)
    return text.replace("ACCOUNT", call.account).replace("REGION", key.region)


_ROOT = "arn:aws:iam::ACCOUNT:root"
_ENABLE_IAM = {"Sid": "Enable IAM User Permissions", "Effect": "Allow", "Principal": {"AWS": _ROOT},
               "Action": "kms:*", "Resource": "*"}
_THROUGH_SERVICE = {"kms:ViaService": "secretsmanager.REGION.amazonaws.com"}
# Source: page "Secret encryption and decryption in AWS Secrets Manager", section on the key policy of the managed key.
_MANAGED = [
    {"Sid": "Allow access through AWS Secrets Manager for all principals in the account that are authorized to use "
            "AWS Secrets Manager",
     "Effect": "Allow", "Principal": {"AWS": "*"},
     "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:CreateGrant", "kms:DescribeKey"], "Resource": "*",
     "Condition": {"StringEquals": {"kms:CallerAccount": "ACCOUNT", **_THROUGH_SERVICE}}},
    {"Sid": "Allow access through AWS Secrets Manager for all principals in the account that are authorized to use "
            "AWS Secrets Manager",
     "Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:GenerateDataKey*", "Resource": "*",
     "Condition": {"StringEquals": {"kms:CallerAccount": "ACCOUNT"}, "StringLike": _THROUGH_SERVICE}},
    {"Sid": "Allow direct access to key metadata to the account", "Effect": "Allow", "Principal": {"AWS": _ROOT},
     "Action": ["kms:Describe*", "kms:Get*", "kms:List*", "kms:RevokeGrant"], "Resource": "*"},
]


def decide_use(call: Call, key: StoredKey, action: str, secret: Secret) -> Outcome:
    """The decision about the caller's use of a key through Secrets Manager."""
    arn = call.format_arn(secret)
    through: dict[str, str | list[str]] = {
        "kms:viaservice": f"secretsmanager.{secret.region}.amazonaws.com", "aws:viaawsservice": "true",
        "kms:encryptioncontext:secretarn": arn, "kms:encryptioncontextkeys": ["SecretARN", "SecretVersionId"],
    }
    return _decide(call, key, find_policy(call, key), action, through)


# Management.


def authorize(call: Call, action: str, key: StoredKey) -> None:
    """Raises AccessDeniedException, in the words of KMS, if the caller may not manage a key."""
    is_owner = call.caller.arn == format_principal_arn(call.account) and call.caller.identity == "admin"
    if is_owner and (action in OWNER_ALWAYS or key_attributes.read_policy(call.database, key.row) is None):
        return
    outcome = _decide(call, key, find_policy(call, key), action, {})
    if not outcome.allowed:
        raise make_access_denied_error(call, f"kms:{action}", kms.format_key_arn(call, key), outcome)


def is_locked_out(call: Call, key: StoredKey, policy: Policy) -> bool:
    """Whether the caller could no longer change the policy of a key if this one were in force."""
    return not _decide(call, key, policy, "PutKeyPolicy", {}).allowed


def find_policy(call: Call, key: StoredKey) -> Policy:
    """The policy of a key. Raises InternalServiceError for a damaged row."""
    try:
        return parse_policy(read_policy_text(call, key))
    except MalformedPolicyError:
        raise make_damaged_row_error() from None


def _decide(
    call: Call, key: StoredKey, policy: Policy, action: str, through: dict[str, str | list[str]]
) -> Outcome:
    arn = kms.format_key_arn(call, key)
    asked = make_policy_request(call, action, None, arn, {}, key_attributes.read_tags(call.database, key.row))
    own: dict[str, str | list[str]] = {
        "kms:calleraccount": call.caller.account,
        "kms:resourcealiases": [alias.name for alias in keys.list_aliases(call.database, key.region)
                                if alias.key == key.row],
    }
    request = Request(asked.identity, action, arn, {**asked.context, **own, **through}, "kms")
    return evaluate_key_access(policy, request, identity_allows=call.caller.identity == "admin", owner=call.account)
