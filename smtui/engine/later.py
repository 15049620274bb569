"""Parameters that are checked today and built later: each is answered so that nobody takes it for done."""

from __future__ import annotations

from smtui.api.errors import NotYetSupportedException
from smtui.engine.call import Call
from smtui.engine.declaration import Request
from smtui.vault.keys import AWS_MANAGED


def refuse_unbuilt(call: Call, request: Request) -> None:
    """Raises NotYetSupportedException where a request asks for customer keys or replicas."""
    managed = ("", AWS_MANAGED, f"arn:aws:kms:{call.region}:{call.account}:{AWS_MANAGED}")
    if request.get("KmsKeyId", "") not in managed:
        raise NotYetSupportedException(
            "smtui cannot use customer managed KMS keys yet. Nothing was changed.",
            hint=f"Leave KmsKeyId out, or give {AWS_MANAGED}.",
        )
    if request.get("AddReplicaRegions"):
        raise NotYetSupportedException(
            "smtui cannot replicate secrets yet. Nothing was changed.", hint="Leave AddReplicaRegions out."
        )
