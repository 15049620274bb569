"""One call in the pipeline: caller, time, Region, and what an operation may use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property, lru_cache
from typing import Any, Literal

from smtui.api.arn import format_secret_arn, get_account
from smtui.api.errors import InvalidRequestException
from smtui.api.record import make_field, record
from smtui.system.ambient import Ambient
from smtui.vault.audit_log import AuditEvent
from smtui.vault.database import Database
from smtui.vault.keystore import KeyStore
from smtui.vault.permissions import Permissions
from smtui.vault.secrets import Secret

DAY = 24 * 60 * 60 * 1000
_EPOCH = datetime.fromtimestamp(0, UTC)


@record(slots=False)
class Caller:
    """Who calls: an IAM ARN, the decision of the caller's own account, and condition keys.

    `identity` is 'admin' if the caller's identity policies allow everything, 'none' if they allow nothing. `context`
    maps condition keys to one value or several. `service` is the id of an AWS service that calls on behalf of the
    account, such as `rds`; it manages the secrets that it creates.
    """

    arn: str
    identity: Literal["admin", "none"] = "admin"
    context: Mapping[str, str | Sequence[str]] = make_field(default_factory=dict)
    service: str | None = None

    @cached_property
    def account(self) -> str:
        """The account id in the ARN; empty if there is none."""
        return get_account(self.arn)


@record(frozen=False, repr=False)
class Call:
    """Everything an operation uses besides the secret and its request. `now` is in milliseconds.

    `subject` is the secret that the audit event is about.
    """

    database: Database
    keys: KeyStore
    ambient: Ambient
    account: str
    region: str
    caller: Caller
    request_id: str
    now: int
    token_key: bytes
    permissions: Permissions
    subject: Secret | None = None
    # Events of the operation besides the call's own.
    further_events: list[AuditEvent] = make_field(default_factory=list)
    # Sentences about what was deleted permanently before the call.
    deletion_notices: list[str] = make_field(default_factory=list)

    @property
    def today(self) -> int:
        """The midnight (UTC) that began this day, in milliseconds."""
        return self.now - self.now % DAY

    @property
    def is_from_other_account(self) -> bool:
        """Whether the caller belongs to another account than the vault. Unsigned callers and services have none."""
        return self.caller.account not in ("", self.account)

    @property
    def stamp(self) -> str:
        """The time of the call to the second, as CloudTrail and policies format it."""
        return _format_seconds(self.now // 1000)

    def format_arn(self, secret: Secret) -> str:
        """The complete ARN of a secret."""
        return format_secret_arn(secret.region, self.account, secret.name, secret.suffix)

    def format_identity(self, secret: Secret) -> dict[str, Any]:
        """The members ARN and Name, with which most responses begin."""
        return {"ARN": self.format_arn(secret), "Name": secret.name}


@lru_cache(maxsize=1)
def _format_seconds(seconds: int) -> str:
    return f"{to_datetime(seconds * 1000).isoformat()[:19]}Z"


@lru_cache(maxsize=4096)
def to_datetime(milliseconds: int) -> datetime:
    """A stored time (milliseconds) as an aware datetime, as responses contain it."""
    return _EPOCH + timedelta(milliseconds=milliseconds)


def require_token(request: Any) -> str:
    """The ClientRequestToken, which is the id of the new version. Raises InvalidRequestException if it is missing."""
    token = request.get("ClientRequestToken")
    if token is None:
        raise InvalidRequestException(
            "You must provide a ClientRequestToken value. We recommend a UUID-type value."
        )
    return str(token)
