"""What an agent or endpoint refuses although its vault could: changes, and secrets outside a prefix."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from smtui.api.arn import parse_secret_arn
from smtui.api.errors import AccessDeniedException

READING = frozenset({
    "BatchGetSecretValue", "DescribeSecret", "GetRandomPassword", "GetResourcePolicy", "GetSecretValue",
    "ListSecretVersionIds", "ListSecrets", "ValidateResourcePolicy",
})  # fmt: skip
"""The operations that change nothing."""
NO_CHANGES = "This agent or endpoint is read-only: nothing can be changed."


@dataclass(frozen=True, slots=True)
class Restrictions:
    """Limits for every caller.

    Args:
        read_only: whether operations that change something are refused.
        prefix: how the name of a secret must begin; empty for all secrets.
    """

    read_only: bool = False
    prefix: str = ""

    def check(self, operation: str, params: Mapping[str, Any]) -> None:
        """Raises AccessDeniedException if the request is not allowed."""
        if self.read_only and operation not in READING:
            raise AccessDeniedException(NO_CHANGES)
        if self.prefix:
            self._check_names(operation, params)

    def _check_names(self, operation: str, params: Mapping[str, Any]) -> None:
        ids = [params.get("SecretId"), params.get("Name") if operation == "CreateSecret" else None]
        ids += params["SecretIdList"] if isinstance(params.get("SecretIdList"), list) else []
        is_selected = operation == "BatchGetSecretValue" and not params.get("SecretIdList")
        if is_selected or not all(self._accepts(each) for each in ids if each is not None):
            raise AccessDeniedException(f"Only secrets whose names start with {self.prefix} can be reached here.")

    def _accepts(self, secret_id: object) -> bool:
        """Whether a name or ARN means an allowed secret. What is neither is refused by the operation."""
        if not isinstance(secret_id, str):
            return True
        arn = parse_secret_arn(secret_id)
        return (arn.name if arn else secret_id).startswith(self.prefix)

    def trim(self, operation: str, response: dict[str, Any]) -> dict[str, Any]:
        """The response without secrets that are not allowed."""
        if operation == "ListSecrets" and self.prefix:
            kept = [each for each in response["SecretList"] if each["Name"].startswith(self.prefix)]
            return {**response, "SecretList": kept}
        return response
