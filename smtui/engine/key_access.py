"""Whether the key of a secret lets a caller read or store a value. Its policy is asked where only that can tell.

Source: "Secret encryption and decryption in AWS Secrets Manager".
"""

from __future__ import annotations

from smtui.api.errors import AccessDeniedException, InvalidRequestException
from smtui.engine import kms
from smtui.engine.call import Call
from smtui.vault import key_attributes
from smtui.vault.keys import StoredKey
from smtui.vault.secrets import Secret

READING = ("Decrypt",)
WRITING = ("GenerateDataKey", "Decrypt")
"""The actions of KMS that the caller needs to read a value and to store one."""
DENIED = "Access to KMS is not allowed"


def require_key_access(
    call: Call, secret: Secret, under: StoredKey | None = None, *, actions: tuple[str, ...] = ()
) -> None:
    """Raises ClientError if the key of a secret refuses the caller.

    Args:
        under: the key of the version to read, which can be another one than the secret has now.
        actions: the actions of KMS for which the caller needs the present key of the secret.
    """
    if call.is_from_other_account and (
        kms.uses_default_key(secret) or (under is not None and under.manager == "AWS")
    ):
        raise InvalidRequestException(
            "You can't access a secret from a different AWS account if you encrypt the secret with the default KMS "
            "service key."
        )
    key = kms.find_key(call, secret.region, secret.kms_key_id) if actions and secret.kms_key_id else None
    for action in actions if key is not None else ():
        require_use(call, key, action, secret)


def require_use(call: Call, key: StoredKey | None, action: str, secret: Secret) -> None:
    """Raises AccessDeniedException if the caller may not use a key for a secret.

    The AWS managed key is for everyone in its account whom Secrets Manager lets in.
    """
    if key is None or key.manager == "AWS":
        return
    is_open = call.caller.identity == "admin" and not call.is_from_other_account
    if is_open and key_attributes.read_policy(call.database, key.row) is None:
        return
    from smtui.engine import key_policies  # the policy language takes long to import

    if not key_policies.decide_use(call, key, action, secret).allowed:
        raise AccessDeniedException(DENIED)
