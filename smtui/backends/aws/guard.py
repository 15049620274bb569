"""Keeps an account from being changed: every request passes the guard before it is sent.

The guard knows which operations only read. Everything else is a change, so a new operation of AWS is one until it is
added here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from smtui.api.errors import VaultReadOnlyError

READING_OPERATIONS = frozenset({
    # Secrets Manager
    "BatchGetSecretValue", "DescribeSecret", "GetRandomPassword", "GetResourcePolicy", "GetSecretValue",
    "ListSecretVersionIds", "ListSecrets", "ValidateResourcePolicy",
    # KMS
    "DescribeKey", "GetKeyPolicy", "GetKeyRotationStatus", "ListAliases", "ListKeys", "ListResourceTags",
    # STS, CloudTrail, Lambda, IAM, Account Management
    "GetCallerIdentity", "LookupEvents", "ListFunctions", "GetFunctionConfiguration", "SimulatePrincipalPolicy",
    "ListRegions",
})  # fmt: skip
"""Operations that change nothing, by their names in CloudTrail."""
IDLE_SECONDS = 15 * 60
"""Changes are allowed until this long after the last of them."""
Confirm = Callable[[str], None]
"""Asks the user about an operation; raises SmtuiError if it must not be sent."""


class WriteGuard:
    """Decides whether a request may be sent.

    Args:
        title: what the user knows the account by.
        protection: `read` refuses changes, `ask` calls `confirm` before the first of them, `no` sends them.
        monotonic: returns seconds that never decrease.
        confirm: asks the user; without it, `ask` refuses changes.
        asks_each_time: `ask` calls `confirm` before each change.
    """

    def __init__(
        self, title: str, protection: str, monotonic: Callable[[], float], confirm: Confirm | None = None,
        *, asks_each_time: bool = False,
    ) -> None:
        self._title = title
        self._protection = protection
        self._monotonic = monotonic
        self._confirm = confirm
        self._asks_each_time = asks_each_time
        self._open_until: float | None = None

    @property
    def is_protected(self) -> bool:
        """Whether changes are refused at this moment."""
        if self._protection == "no":
            return False
        return self._open_until is None or self._monotonic() >= self._open_until

    @property
    def refuses_changes(self) -> bool:
        """Whether changes are refused without a question."""
        return self.is_protected and (self._protection != "ask" or self._confirm is None)

    def allow_changes(self) -> None:
        """Lets changes through until `IDLE_SECONDS` after the last of them."""
        self._open_until = self._monotonic() + IDLE_SECONDS

    def check_deletion(self, operation: str, params: Mapping[str, Any]) -> None:
        """Raises VaultReadOnlyError for a deletion without recovery, unless the settings say `protect = "no"`."""
        if operation == "DeleteSecret" and params.get("ForceDeleteWithoutRecovery") and self._protection != "no":
            raise VaultReadOnlyError(
                f"{self._title} is protected: a secret cannot be deleted without recovery. DeleteSecret was not sent.",
                hint=f'Use a recovery window, or protect = "no" under [contexts.{self._title}].')

    def check(self, operation: str) -> None:
        """Raises VaultReadOnlyError for a change that is not allowed, or what `confirm` raises."""
        if operation in READING_OPERATIONS:
            return
        if not self.is_protected:
            if self._protection != "no":
                self.allow_changes()
        elif self._protection == "ask" and self._confirm is not None:
            self._confirm(operation)
            if not self._asks_each_time:
                self.allow_changes()
        else:
            raise VaultReadOnlyError(
                f"{self._title} is protected from changes: {operation} was not sent.",
                hint="--rw allows changes for one command; "
                     f'protect = "no" under [contexts.{self._title}] always allows them.')
