"""An AWS account as a context."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, NoReturn, cast

from smtui.api.context import Capabilities, Feature
from smtui.api.errors import (
    ClientError,
    ContextError,
    InvalidRegionError,
    NotAvailableError,
    ResourceNotFoundException,
    WrongAccountError,
)
from smtui.api.limits import REGION_PATTERN
from smtui.backends.aws.capabilities import CAPABILITIES
from smtui.backends.aws.client import AwsClient, AwsKeyClient
from smtui.backends.aws.connection import AskCode, Connection
from smtui.backends.aws.guard import Confirm, WriteGuard
from smtui.backends.aws.rate_limit import CallMeter, RateLimit
from smtui.system.ambient import Ambient
from smtui.system.context_settings import ContextSettings

if TYPE_CHECKING:
    from smtui.api.extension_types import AccessClient, RotationClient
    from smtui.api.kms_types import KeyClient
    from smtui.api.types import Client

MAX_DESCRIBED = 20
"""Names that are looked up one by one; for more of them the whole list is read."""
SCHEDULED = "You can't perform this operation on the secret because it was marked for deletion."


class AwsContext:
    """The account behind a profile, in one or several Regions.

    It is protected from changes unless the settings or `allow_changes()` allow them. `meter` counts the requests.

    Args:
        settings: the settings of the context.
        region_name: the Region to open; by default the first of the settings, else that of the profile.
        read_only: refuses changes, whatever the settings say.
        ambient: the clocks.
        ask_code: asks for an MFA code.
        confirm: is called with the operation before the first change, where `protect` is `ask`.

    Raises:
        WrongAccountError: the profile belongs to another account than the settings say.
        ContextError: the profile is missing, cannot sign in, or AWS does not answer.
    """

    def __init__(
        self, settings: ContextSettings, *, region_name: str | None = None, read_only: bool = False,
        ambient: Ambient | None = None, ask_code: AskCode | None = None, confirm: Confirm | None = None,
    ) -> None:
        self.settings = settings
        self.title = settings.name
        self.can: Capabilities = CAPABILITIES
        self.notices: tuple[str, ...] = ()
        self._ambient = ambient or Ambient()
        self._identity: dict[str, Any] | None = None
        monotonic = self._ambient.monotonic
        self.guard = WriteGuard(self.title, "read" if read_only else settings.protection, monotonic, confirm)
        self._connection = Connection(self.title, settings.profile, self.guard, RateLimit(monotonic), ask_code)
        self.region_name = self._choose_region(region_name)
        if settings.account:
            self._require_account(settings.account)

    def __repr__(self) -> str:
        return f"<smtui context {self.title}{' (closed)' if self.locked else ''}>"

    def __enter__(self) -> AwsContext:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Drops the credentials and the clients. A second call does nothing."""
        self._connection.close()
        self._identity = None

    lock = close

    @property
    def locked(self) -> bool:
        return self._connection.is_closed

    @property
    def read_only(self) -> bool:
        return self.guard.refuses_changes

    @property
    def meter(self) -> CallMeter:
        return self._connection.meter

    def allow_changes(self) -> None:
        """Allows changes in this context until 15 minutes after the last of them."""
        self.guard.allow_changes()

    @property
    def identity(self) -> dict[str, Any]:
        """Who calls: the response of GetCallerIdentity, with Account, Arn and UserId. Raises ContextError."""
        if self._identity is None:
            self._identity = self._connection.call("sts", self.region_name, "GetCallerIdentity", {})
        return self._identity

    @property
    def account_id(self) -> str:
        return str(self.identity["Account"])

    def _choose_region(self, region_name: str | None) -> str:
        region = region_name or next(iter(self.settings.regions), None) or self._connection.default_region
        if region is None:
            raise ContextError(f"{self.title}: no Region is set.",
                               hint=f"Use --context {self.title}@REGION, or set regions under [contexts.{self.title}].")
        return _require_region(region)

    def _require_account(self, account: str) -> None:
        """Raises WrongAccountError. Nothing else has been asked of the account so far."""
        found = self.account_id
        if found != account:
            self.close()
            raise WrongAccountError(
                f"{self.title}: profile {self.settings.profile} belongs to account {found}, not to {account}. "
                "Nothing was read.",
                hint=f"Correct the profile, or account under [contexts.{self.title}].")

    # Clients

    def client(
        self, *, region_name: str | None = None, caller: Any = None, record_reads: bool = True, raw: bool = False
    ) -> Client:
        """A client with boto3's shape for one Region. `record_reads` and `raw` have no effect: AWS records all calls.

        Raises:
            InvalidRegionError: `region_name` does not have the form of a Region.
            NotAvailableError: a `caller` is given; the credentials of the profile decide who calls.
        """
        return cast("Client", AwsClient(self._connection, self._require_client(region_name, caller)))

    def keys(
        self, *, region_name: str | None = None, caller: Any = None, record_reads: bool = True
    ) -> KeyClient:
        """A client with boto3's shape for the KMS keys of one Region."""
        return cast("KeyClient", AwsKeyClient(self._connection, self._require_client(region_name, caller)))

    def access(
        self, *, region_name: str | None = None, caller: Any = None, record_reads: bool = True
    ) -> AccessClient:
        """Raises NotAvailableError."""
        self._refuse(Feature.CALLERS)

    def rotations(
        self, *, region_name: str | None = None, caller: Any = None, record_reads: bool = True
    ) -> RotationClient:
        """Raises NotAvailableError."""
        self._refuse(Feature.FUNCTIONS)

    def owner(self, service: str | None = None) -> None:
        """The default caller. Raises NotAvailableError for an AWS service, which only AWS can be."""
        if service is not None:
            raise NotAvailableError(f"{self.title}: only AWS itself can create secrets that {service} manages.")

    def _refuse(self, feature: Feature) -> NoReturn:
        raise NotAvailableError(f"{self.title}: {self.can.explain(feature)}")

    def _require_client(self, region_name: str | None, caller: Any) -> str:
        if caller is not None:
            self._refuse(Feature.CALLERS)
        return self.region_name if region_name is None else _require_region(region_name)

    # Several calls

    @contextmanager
    def transaction(self, *, large: bool = False) -> Iterator[None]:
        """Has no effect: AWS has no transactions, each call is committed alone."""
        yield

    def create_secrets(
        self, requests: Sequence[dict[str, Any]], *, region_name: str | None = None, caller: Any = None
    ) -> list[ClientError | None]:
        """Calls CreateSecret for each request. Returns, in their order, None or the error of one that was refused."""
        client: Any = self.client(region_name=region_name, caller=caller)
        results: list[ClientError | None] = []
        for request in requests:
            try:
                client.create_secret(**request)
                results.append(None)
            except ClientError as error:
                results.append(error)
        return results

    def look_up_names(
        self, names: Sequence[str], *, region_name: str | None = None
    ) -> tuple[set[str], dict[str, str]]:
        """Sorts names: those of secrets with a value, and those that cannot get a value, each with the reason.

        Few names are described; for many, the list is read. No value is read.
        """
        client = self.client(region_name=region_name)
        with_value: set[str] = set()
        refused: dict[str, str] = {}
        for name, secret in _find_secrets(client, names):
            if "DeletedDate" in secret:
                refused[name] = SCHEDULED
            elif secret.get("VersionIdsToStages", secret.get("SecretVersionsToStages")):
                with_value.add(name)
        return with_value, refused

    # The state of the account

    def now(self) -> datetime:
        """The time by this machine's clock, an aware datetime in UTC."""
        return self._ambient.now()

    def list_regions(self) -> list[str]:
        """The Regions of the settings, else all that boto3 knows. No request is sent."""
        return [*self.settings.regions] or self._connection.list_regions()


def _find_secrets(client: Client, names: Sequence[str]) -> Iterator[tuple[str, Any]]:
    """Those of the names that exist, with the metadata of the secret."""
    if len(names) <= MAX_DESCRIBED:
        for name in names:
            try:
                yield name, client.describe_secret(SecretId=name)
            except ResourceNotFoundException:
                continue
        return
    wanted = set(names)
    for page in client.get_paginator("list_secrets").paginate(IncludePlannedDeletion=True, MaxResults=100):
        yield from ((entry["Name"], entry) for entry in page["SecretList"] if entry["Name"] in wanted)


def _require_region(region: str) -> str:
    """Raises InvalidRegionError."""
    if not isinstance(region, str) or not re.fullmatch(REGION_PATTERN, region):
        raise InvalidRegionError(region)
    return region
