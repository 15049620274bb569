"""Checks and stores policies and tags of KMS keys, for CreateKey and the operations about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from smtui.api.errors import LimitExceededException, MalformedPolicyDocumentException, TagException
from smtui.api.limits import MAX_KEY_POLICY_LENGTH, MAX_TAGS_PER_KEY
from smtui.engine import key_policies
from smtui.engine.call import Call
from smtui.engine.declaration import Request
from smtui.engine.policies import read_policy
from smtui.vault import key_attributes as rows
from smtui.vault.keys import StoredKey

LOCKED_OUT = "The new key policy will not allow you to update the key policy in the future."
RESERVED = "aws:"


def store_policy(call: Call, key: StoredKey, request: Request) -> None:
    """Stores the Policy of a request. Raises MalformedPolicyDocumentException if it would lock the caller out."""
    text = request["Policy"]
    if len(text.encode()) > MAX_KEY_POLICY_LENGTH:
        raise LimitExceededException(f"A key policy can have at most {MAX_KEY_POLICY_LENGTH} bytes.")
    policy = read_policy(text)
    if not request.get("BypassPolicyLockoutSafetyCheck", False) and key_policies.is_locked_out(call, key, policy):
        raise MalformedPolicyDocumentException(LOCKED_OUT)
    rows.store_policy(call.database, key.row, text)


def store_tags(call: Call, key: StoredKey, tags: Sequence[Mapping[str, Any]]) -> None:
    """Adds tags to a key. Raises TagException or LimitExceededException."""
    new = {tag["TagKey"]: tag["TagValue"] for tag in tags}
    if len(new) < len(tags):
        raise TagException("Duplicate tag keys")
    for tag in new:
        if tag.lower().startswith(RESERVED):
            raise TagException(f"Tag keys can't start with {RESERVED}, which is reserved.")
    if len({**rows.read_tags(call.database, key.row), **new}) > MAX_TAGS_PER_KEY:
        raise LimitExceededException(f"A key can have at most {MAX_TAGS_PER_KEY} tags.")
    rows.add_tags(call.database, key.row, new)
