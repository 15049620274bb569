"""An AWS account as a context."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, NoReturn, cast

from smtui.api.arn import is_arn
from smtui.api.context import Feature
from smtui.api.errors import ClientError, ContextError, NotAvailableError, ResourceNotFoundException
from smtui.backends.aws.access import AwsAccessClient
from smtui.backends.aws.account import AwsAccount, require_region
from smtui.backends.aws.client import AwsKeyClient
from smtui.backends.aws.cloud_trail import CALLS_PER_SECOND, find_events
from smtui.backends.aws.connection import AskCode
from smtui.backends.aws.guard import Confirm
from smtui.backends.aws.key_usage import AwsKeyUsage
from smtui.backends.aws.list_indexes import ListIndexes
from smtui.backends.aws.rate_limit import RateLimit
from smtui.system.ambient import Ambient
from smtui.system.context_settings import ContextSettings

if TYPE_CHECKING:
    from smtui.api.extension_types import AccessClient, RotationClient
    from smtui.api.kms_types import KeyClient
    from smtui.api.types import Client

MAX_DESCRIBED = 20
"""Names that are looked up one by one; for more of them the whole list is read."""
FUNCTIONS_PER_PAGE = 50
"""Source: https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html"""
SCHEDULED = "You can't perform this operation on the secret because it was marked for deletion."


class AwsContext(AwsAccount):
    """The account behind a profile, in one or several Regions. See `AwsAccount` for its arguments and errors.

    It is protected from changes unless the settings or `allow_changes()` allow them. `meter` counts the requests.
    """

    def __init__(
        self, settings: ContextSettings, *, region_name: str | None = None, read_only: bool = False,
        ambient: Ambient | None = None, ask_code: AskCode | None = None, confirm: Confirm | None = None,
        asks_each_time: bool = False,
    ) -> None:
        super().__init__(settings, region_name=region_name, read_only=read_only, ambient=ambient, ask_code=ask_code,
                         confirm=confirm, asks_each_time=asks_each_time)
        self.lists = ListIndexes(self._connection, self._ambient.monotonic)
        self._regions: list[str] | None = None
        self._lookups = RateLimit(self._ambient.monotonic, CALLS_PER_SECOND)
        self.key_usage = AwsKeyUsage(lambda region: self.client(region_name=region, record_reads=False))

    def close(self) -> None:
        """Drops the credentials, the clients and what is known of lists. A second call does nothing."""
        super().close()
        self.lists.close()

    lock = close

    # Clients

    def client(
        self, *, region_name: str | None = None, caller: Any = None, record_reads: bool = True, raw: bool = False
    ) -> Client:
        """A client with boto3's shape for one Region. AWS records all calls, and `raw` has no effect.

        With `record_reads=False`, as screens ask for that refresh what they show, lists come from memory as far as
        possible, see `list_index`.

        Raises:
            InvalidRegionError: `region_name` does not have the form of a Region.
            NotAvailableError: a `caller` is given; the credentials of the profile decide who calls.
        """
        region = self._require_client(region_name, caller)
        make = self.lists.make_client if record_reads else self.lists.make_indexed_client
        return cast("Client", make(region))

    def keys(
        self, *, region_name: str | None = None, caller: Any = None, record_reads: bool = True
    ) -> KeyClient:
        """A client with boto3's shape for the KMS keys of one Region."""
        return cast("KeyClient", AwsKeyClient(self._connection, self._require_client(region_name, caller)))

    def access(
        self, *, region_name: str | None = None, caller: Any = None, record_reads: bool = True
    ) -> AccessClient:
        """A client for one Region that answers who may do what, by the resource policies and AWS's simulator."""
        region = self._require_client(region_name, caller)

        def simulate(request: dict[str, Any]) -> dict[str, Any]:
            return self._connection.call("iam", region, "SimulatePrincipalPolicy", request)

        return cast("AccessClient", AwsAccessClient(self.client(region_name=region), self.now, simulate))

    def rotations(
        self, *, region_name: str | None = None, caller: Any = None, record_reads: bool = True
    ) -> RotationClient:
        """Raises NotAvailableError."""
        self.refuse(Feature.FUNCTIONS)

    def list_lambda_functions(self, region: str) -> list[dict[str, Any]]:
        """All functions of a Region in AWS Lambda, whatever they do, as lambda:ListFunctions describes them.

        Raises:
            ClientError: Lambda refused the request.
            ContextError: Lambda could not be asked.
        """
        found: list[dict[str, Any]] = []
        request: dict[str, Any] = {"MaxItems": FUNCTIONS_PER_PAGE}
        while True:
            page = self._connection.call("lambda", region, "ListFunctions", request)
            found += page.get("Functions", ())
            if not page.get("NextMarker"):
                return found
            request["Marker"] = page["NextMarker"]

    def owner(self, service: str | None = None) -> None:
        """The default caller. Raises NotAvailableError for an AWS service, which only AWS can be."""
        if service is not None:
            raise NotAvailableError(f"{self.title}: only AWS itself can create secrets that {service} manages.")

    def refuse(self, feature: Feature, *, hint: str = "") -> NoReturn:
        """Raises NotAvailableError, with what AWS has instead of a feature."""
        raise NotAvailableError(f"{self.title}: {self.can.explain(feature)}", hint=hint)

    def _require_client(self, region_name: str | None, caller: Any) -> str:
        if caller is not None:
            self.refuse(Feature.CALLERS)
        return self.region_name if region_name is None else require_region(region_name)

    # Several calls

    @contextmanager
    def transaction(self, *, large: bool = False) -> Iterator[None]:
        """Has no effect: AWS has no transactions, each call is committed alone."""
        yield

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Has no effect: AWS records each read by itself."""
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

    def audit_log(
        self, *, secret_id: str | None = None, region_name: str | None = None, above: int = 0, up_to: int | None = None,
        **criteria: Any,
    ) -> Iterator[dict[str, Any]]:
        """The events of the last 90 days that CloudTrail has of one Region, newest first. See `find_events`.

        Events have no numbers there, so `above` and `up_to` have no effect.

        Raises:
            ClientError: CloudTrail refused the request, or the secret cannot be described.
            ContextError: CloudTrail could not be asked.
        """
        region = self._require_client(region_name, None)
        arn = secret_id if secret_id is None or is_arn(secret_id) else self._find_arn(secret_id, region)

        def ask(request: dict[str, Any]) -> dict[str, Any]:
            self._lookups.wait()
            return self._connection.call("cloudtrail", region, "LookupEvents", request)

        return find_events(ask, secret_arn=arn, **criteria)

    def _find_arn(self, name: str, region: str) -> str:
        """The ARN of a secret; its name if it does not exist any more."""
        try:
            return self.client(region_name=region).describe_secret(SecretId=name)["ARN"]
        except ResourceNotFoundException:
            return name

    def change_count(self) -> int:
        """A number that differs after a change in a list that was asked for; AWS is asked for changes once a minute.

        Raises:
            ClientError: AWS could not be asked.
        """
        return self.lists.count_changes()

    def regions(self) -> dict[str, int]:
        """Nothing: a count would take a whole list."""
        return {}

    def list_regions(self) -> list[str]:
        """The Regions of the settings, else those that are enabled for the account.

        Who may not ask for these gets all that boto3 knows. AWS is asked once.
        """
        if self.settings.regions:
            return [*self.settings.regions]
        if self._regions is None:
            known = self._connection.list_regions()
            enabled = self._read_enabled_regions()
            self._regions = [region for region in known if region in enabled] or known
        return self._regions

    def _read_enabled_regions(self) -> set[str]:
        """The Regions that are enabled for the account; none if AWS does not tell."""
        request = {"RegionOptStatusContains": ["ENABLED", "ENABLED_BY_DEFAULT"], "MaxResults": 50}
        try:
            answer = self._connection.call("account", self.region_name, "ListRegions", request)
        except (ClientError, ContextError):
            return set()
        return {each["RegionName"] for each in answer.get("Regions", ())}


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
