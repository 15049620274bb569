"""A context: a local vault or an AWS account, as screens and commands use it, and what it can do.

Front ends use this protocol and ask `can`; no front end asks for the class of a context.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol, Self

from smtui.api.record import make_field, record

if TYPE_CHECKING:
    from smtui.api.errors import ClientError
    from smtui.api.extension_types import AccessClient, RotationClient
    from smtui.api.kms_types import KeyClient
    from smtui.api.types import Client

SIGN_IN_CODES = frozenset({
    "ExpiredToken", "ExpiredTokenException", "InvalidAccessKeyId", "InvalidClientTokenId", "InvalidSignatureException",
    "MissingAuthenticationToken", "MissingAuthenticationTokenException", "RequestExpired", "SignatureDoesNotMatch",
    "TokenRefreshRequired", "UnrecognizedClientException",
})  # fmt: skip
"""Codes of refusals because of the credentials, whatever the request was. Source: "Common Error Types" of AWS's API."""
CALLS_PER_SECOND = 20
"""The most calls that smtui makes to an account: the lowest quota that programs share is 50 calls a second.

Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
"""
DOLLARS_PER_CALL = 0.05 / 10_000
"""Source: https://aws.amazon.com/secrets-manager/pricing/"""

MANY_CALLS = 500
"""An action that makes more calls than this says first what it costs."""


def format_cost(calls: int) -> str:
    """What calls to an account cost: their number, the price and the time, at least.

    Args:
        calls: about how many calls there will be.
    """
    seconds = calls / CALLS_PER_SECOND
    time = f"{seconds / 60:,.0f} minutes" if seconds >= 90 else f"{seconds:,.0f} seconds"
    return f"about {calls:,} calls, ${calls * DOLLARS_PER_CALL:.2f}, {time}"


def describe_many_calls(can: Capabilities, calls: int) -> str:
    """What an action costs, for the user to read first: where calls cost time and money, if it makes very many of them.

    Args:
        can: what the context can do.
        calls: about how many calls the action makes.

    Returns:
        A sentence, or empty.
    """
    return f"This takes {format_cost(calls)}." if can.has_costs and calls > MANY_CALLS else ""


class AuditExtent(StrEnum):
    """How much of the audit log a context has."""

    WHOLE = "whole"
    NINETY_DAYS = "ninety days"
    NONE = "none"


class KeyUsageExtent(StrEnum):
    """What a context knows about the versions that a KMS key encrypts."""

    EXACT = "exact"
    AT_LEAST = "at least"
    NONE = "none"


class Feature(StrEnum):
    """What some contexts have and others do not."""

    AUDIT_LOG = "audit log"
    ATOMIC = "transactions"
    FUNCTIONS = "rotation functions"
    ROTATION_RUNS = "rotation runs"
    KEY_USAGE = "key usage"
    FILE = "vault file"
    CALLERS = "callers"
    DELETION_AT_ONCE = "deletion without recovery"


@record
class Capabilities:
    """What a context can do.

    Args:
        audit_log: how much of the audit log there is.
        is_atomic: `transaction()` commits several calls together or not at all.
        has_functions: rotation functions are created, allowed and run here.
        has_rotation_runs: DescribeRotation tells the step and the failure of a rotation.
        key_usage: what is known about the versions that a KMS key encrypts.
        has_file: it is a file with a passphrase, to check, back up and lock.
        has_callers: a client can act as another caller.
        has_costs: each call costs time and money, so screens keep what they have read.
        is_consistent: a list shows a change immediately.
        deletes_at_once: a secret can be deleted without a recovery window.
        allows_parallel_calls: several threads can make calls at once.
        reasons: why a feature is missing, one sentence each.
    """

    audit_log: AuditExtent = AuditExtent.WHOLE
    is_atomic: bool = True
    has_functions: bool = True
    has_rotation_runs: bool = True
    key_usage: KeyUsageExtent = KeyUsageExtent.EXACT
    has_file: bool = True
    has_callers: bool = True
    has_costs: bool = False
    is_consistent: bool = True
    deletes_at_once: bool = True
    allows_parallel_calls: bool = False
    reasons: Mapping[Feature, str] = make_field(default_factory=dict)

    def has(self, feature: Feature) -> bool:
        """Whether the whole feature is there."""
        return {
            Feature.AUDIT_LOG: self.audit_log is AuditExtent.WHOLE, Feature.ATOMIC: self.is_atomic,
            Feature.FUNCTIONS: self.has_functions, Feature.ROTATION_RUNS: self.has_rotation_runs,
            Feature.KEY_USAGE: self.key_usage is KeyUsageExtent.EXACT, Feature.FILE: self.has_file,
            Feature.CALLERS: self.has_callers, Feature.DELETION_AT_ONCE: self.deletes_at_once,
        }[feature]

    def explain(self, feature: Feature) -> str:
        """One sentence that says why a feature is missing; empty if it is there."""
        return "" if self.has(feature) else self.reasons.get(feature, f"This context has no {feature}.")


class KeyUsageCounts(Protocol):
    """What the KMS keys of a context encrypt: all of it, or at least so much (`Capabilities.key_usage`)."""

    def count_versions(self, key_id: str, *, region_name: str | None = None) -> tuple[int, int]: ...
    def count_versions_by_key(self, *, region_name: str | None = None) -> dict[str, tuple[int, int]]: ...
    def list_secret_names(self, key_id: str, *, most: int = 100, region_name: str | None = None) -> list[str]: ...


class Context(Protocol):
    """An open context. After `close()`, its clients raise VaultLockedError."""

    @property
    def title(self) -> str:
        """What the user knows it by: the name of the context, or the path of the vault."""

    @property
    def account_id(self) -> str:
        """12 digits."""

    @property
    def colour(self) -> str:
        """The colour of its name on screens, or empty."""

    @property
    def denials(self) -> Mapping[tuple[str, str, str], str]:
        """What was refused to the caller so far, where that is not known before: a sentence by the operation, the
        Region, and the secret or key as the request named it, which is empty where it named none."""

    @property
    def region_name(self) -> str:
        """The Region of a client that is asked for without one."""

    @property
    def can(self) -> Capabilities: ...
    @property
    def read_only(self) -> bool: ...
    @property
    def locked(self) -> bool: ...
    @property
    def notices(self) -> tuple[str, ...]:
        """Sentences for a person to see once."""

    def client(
        self, *, region_name: str | None = None, caller: Any = None, record_reads: bool = True, raw: bool = False
    ) -> Client: ...
    def keys(
        self, *, region_name: str | None = None, caller: Any = None, record_reads: bool = True
    ) -> KeyClient: ...
    def access(
        self, *, region_name: str | None = None, caller: Any = None, record_reads: bool = True
    ) -> AccessClient: ...
    def rotations(
        self, *, region_name: str | None = None, caller: Any = None, record_reads: bool = True
    ) -> RotationClient: ...
    def owner(self, service: str | None = None) -> Any: ...
    def transaction(self, *, large: bool = False) -> AbstractContextManager[None]:
        """Commits the calls inside together, where `can.is_atomic`; elsewhere each call is committed alone."""

    def reading(self) -> AbstractContextManager[None]:
        """Commits the audit events of the reads inside together, where the context has commits.

        There the values are added to the answers when the block ends. Read a few hundred values at once.
        """

    def create_secrets(
        self, requests: Sequence[dict[str, Any]], *, region_name: str | None = None, caller: Any = None
    ) -> list[ClientError | None]: ...
    def look_up_names(
        self, names: Sequence[str], *, region_name: str | None = None
    ) -> tuple[set[str], dict[str, str]]: ...
    @property
    def key_usage(self) -> KeyUsageCounts: ...
    def audit_log(
        self, *, secret_id: str | None = None, operation: str | None = None, caller: str | None = None,
        outcome: str | None = None, since: datetime | None = None, until: datetime | None = None,
        limit: int | None = None, region_name: str | None = None, changes_only: bool = False, above: int = 0,
        up_to: int | None = None,
    ) -> Iterator[dict[str, Any]]: ...
    def regions(self) -> dict[str, int]:
        """The number of secrets in each Region, as far as it is known without a call."""

    def now(self) -> datetime: ...
    def close(self) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *_: object) -> None: ...
