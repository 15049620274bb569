"""One call on its way: who asks, when, where, and what an operation may reach for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property, lru_cache
from typing import Any, Literal

from smtui.ambient import Ambient
from smtui.api.errors import InvalidRequestException
from smtui.engine import names
from smtui.vault.database import Database
from smtui.vault.keystore import KeyStore
from smtui.vault.permissions import Permissions
from smtui.vault.secrets import Secret

DAY = 24 * 60 * 60 * 1000


@dataclass(frozen=True)
class Caller:
    """Who calls: an ARN, what the caller's own account lets them do, and the condition keys of the request, with one
    value or several.

    `service` is the id of the AWS service that calls for the account, like `rds`; what it creates it manages.
    """

    arn: str
    identity: Literal["admin", "none"] = "admin"
    context: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    service: str | None = None

    @cached_property
    def account(self) -> str:
        return self.arn.split(":")[4] if self.arn.count(":") >= 5 else ""


@dataclass(slots=True, repr=False)
class Call:
    """Everything an operation works with, besides the secret and its request. `now` is in milliseconds.

    `subject` is the secret the event is about.
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
    # Events the operation itself brings about, beside the call's own.
    further_events: list[tuple[Secret | None, dict[str, Any]]] = field(default_factory=list)
    # Sentences about what was deleted permanently before the call.
    deletion_notices: list[str] = field(default_factory=list)

    @property
    def today(self) -> int:
        """The midnight that began this day."""
        return self.now - self.now % DAY

    @property
    def stamp(self) -> str:
        """Now, to the second, as CloudTrail and policies spell it."""
        return _format_seconds(self.now // 1000)

    def arn(self, secret: Secret) -> str:
        return names.format_arn(secret.region, self.account, secret.name, secret.suffix)

    def identity(self, secret: Secret) -> dict[str, Any]:
        """The two members nearly every response begins with."""
        return {"ARN": self.arn(secret), "Name": secret.name}


@lru_cache(maxsize=1)
def _format_seconds(seconds: int) -> str:
    return f"{to_datetime(seconds * 1000).isoformat()[:19]}Z"


def to_datetime(milliseconds: int) -> datetime:
    """A stored time as responses carry it."""
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=milliseconds)


def require_token(request: Any) -> str:
    """The id a new version gets. The client fills it in; a raw request must bring it."""
    token = request.get("ClientRequestToken")
    if token is None:
        raise InvalidRequestException(
            "You must provide a ClientRequestToken value. We recommend a UUID-type value."
        )
    return str(token)
