"""An AWS account with the members of `smtui.Vault` that screens use, so that the same screens show it.

What an account does not have is empty here, or raises NotAvailableError with the sentence of `can.reasons`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, NoReturn

from smtui.api.arn import get_last_field
from smtui.api.boto_client import format_method_name
from smtui.api.context import Feature
from smtui.api.errors import NotAvailableError
from smtui.api.extensions import ROTATION_OPERATIONS
from smtui.backends.alerts import FoundAlerts
from smtui.tui.contexts.context_path import make_account_path

if TYPE_CHECKING:
    from smtui.api.types import Client
    from smtui.backends.aws.context import AwsContext
    from smtui.backends.aws.kept_index import IndexKeeper
    from smtui.backends.aws.list_index import ListIndex

NO_ALERTS = FoundAlerts(frozenset(), frozenset(), frozenset())
AWS_LAMBDA = "AWS Lambda"
NO_FAVORITES = ("Favourites are kept for vaults only. For an account, set bookmarks in config.toml, "
                "which is not encrypted.")


class AccountVault:
    """The vault of a session that shows an account. Unknown attributes are those of the context.

    Args:
        context: the open account.
        is_shared: whether `close()` leaves the account open, because another thread uses it too.
    """

    def __init__(self, context: AwsContext, *, is_shared: bool = False) -> None:
        self.context = context
        self.path = make_account_path(context.title)
        self.alerts = _Alerts()
        self.audit = _AuditLog()
        self.favorites = _Favorites(context)
        self.maintenance = _Maintenance(context)
        self.scheduler = _Scheduler()
        self._is_shared = is_shared

    def __repr__(self) -> str:
        return f"<screens of {self.context!r}>"

    def __getattr__(self, name: str) -> Any:
        return getattr(self.context, name)

    def __enter__(self) -> AccountVault:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        if not self._is_shared:
            self.context.close()

    lock = close

    def reopen(self, *, read_only: bool | None = None, pause: Callable[[], None] | None = None) -> AccountVault:
        """The same account for another thread: boto3's clients are safe to share."""
        return AccountVault(self.context, is_shared=True)

    def interrupt(self) -> None:
        """Does nothing: a request that was sent is waited for, and its answer is dropped."""

    def client(self, *, region_name: str | None = None, **_: Any) -> Client:
        """A client whose lists come from memory as far as possible, also those that a vault would record."""
        return self.context.client(region_name=region_name, record_reads=False)

    def expire_list(self, region: str) -> None:
        """Reads the list of a Region again when it is next shown, and tries again what was refused."""
        self.context.denials.clear()
        self.context.lists.expire(region)

    def keep_index(self, keeper: IndexKeeper) -> None:
        """Keeps the lists of the account, if its settings say so. Makes no call: the account is known by now."""
        if self.context.settings.keeps_index:
            self.context.lists.keep_in(keeper, self.context.account_id)

    def find_kept_date(self, region: str) -> datetime | None:
        """When the list of a Region was kept, while it is not read again from AWS; otherwise None."""
        return self.context.lists.find_kept_date(region)

    def describe_use(self) -> tuple[str, str]:
        """Who is signed in, and what was called so far, each in a few words."""
        meter = self.context.meter
        return str(self.context.identity["Arn"]), f"{meter.total:,} calls, ${meter.price:.4f}"

    def describe_known(self, secret_id: str, *, region_name: str) -> dict[str, Any]:
        """What is known of a secret that the caller may not describe: what the list tells, or its name alone."""
        return self.context.lists.get_index(region_name).describe(secret_id)

    def regions(self) -> dict[str, int | None]:
        """The Regions to offer, with the number of secrets; None where a call would be needed to count."""
        counts: dict[str, int | None] = dict.fromkeys(self.context.list_regions())
        return counts | self.context.lists.count_whole_lists()

    def count_secrets(self, *, region_name: str | None = None, include_scheduled: bool = False) -> int | None:
        """The number of secrets, or None if the list is not read to its end."""
        index = self.context.lists.get_index(region_name or self.context.region_name)
        return index.count(include_scheduled=include_scheduled)

    def rotations(self, *, region_name: str | None = None, **_: Any) -> Any:
        region = region_name or self.context.region_name
        return _Rotations(self.context, self.client(region_name=region), self.context.lists.get_index(region))


class _Alerts:
    def find(self, names: object, **_: Any) -> FoundAlerts:
        """Nothing: the policies of a whole list would take a call each. Health reads them."""
        return NO_ALERTS


class _AuditLog:
    def find_newest_number(self) -> int:
        """No event: AWS keeps them."""
        return 0


class _Favorites:
    """The bookmarks of the settings. No key writes them: the settings file is not encrypted, and names are secret."""

    def __init__(self, context: AwsContext) -> None:
        self._arns = context.settings.bookmarks

    def list_arns(self) -> list[str]:
        return list(self._arns)

    def toggle(self, arn: str) -> NoReturn:
        raise NotAvailableError(NO_FAVORITES)


class _Maintenance:
    def __init__(self, context: AwsContext) -> None:
        self._context = context

    def take_deletion_notices(self) -> list[str]:
        return []

    def __getattr__(self, name: str) -> NoReturn:
        self._context.refuse(Feature.FILE)


class _Scheduler:
    def delegate_to(self, runner: object) -> None:
        """Does nothing: AWS Lambda runs rotations."""

    def has_due(self) -> bool:
        return False

    def list_waiting_functions(self, **_: Any) -> frozenset[str]:
        return frozenset()


class _Rotations:
    """What DescribeSecret and the list tell of rotations. Everything else raises NotAvailableError."""

    def __init__(self, context: AwsContext, client: Client, index: ListIndex) -> None:
        self._context = context
        self._client = client
        self._index = index

    def describe_rotation(self, *, SecretId: str) -> dict[str, Any]:
        """The date from which the schedule counts. AWS does not tell how a rotation went."""
        secret: Any = self._client.describe_secret(SecretId=SecretId)
        return {"ARN": secret["ARN"], "Name": secret["Name"],
                "CountsFromDate": secret.get("LastRotatedDate") or secret.get("CreatedDate")}

    def list_functions(self) -> dict[str, Any]:
        """The functions in use, as far as the list of secrets is read: the rest is in AWS Lambda."""
        used: dict[str, list[Mapping[str, Any]]] = {}
        for entry in self._index.list_known():
            if arn := entry.get("RotationLambdaARN"):
                used.setdefault(arn, []).append(entry)
        return {"Functions": [
            {"FunctionName": get_last_field(arn), "FunctionArn": arn, "Remote": AWS_LAMBDA,
             "Created": min(entry["CreatedDate"] for entry in entries), "SecretCount": len(entries),
             "SecretNames": [entry["Name"] for entry in entries]}
            for arn, entries in sorted(used.items())]}

    def list_all_functions(self, region: str) -> dict[str, Any]:
        """All functions of the Region in AWS Lambda, those in use first. Makes no call to Secrets Manager.

        Raises:
            SmtuiError: AWS Lambda did not list them.
        """
        listed = self._context.list_lambda_functions(region)
        described = {each["FunctionArn"]: _describe_lambda(each) for each in listed}
        used = [{**each, "Remote": described.pop(each["FunctionArn"], AWS_LAMBDA)}
                for each in self.list_functions()["Functions"]]
        now = self._context.now()
        return {"Functions": [*used, *(
            {"FunctionName": get_last_field(arn), "FunctionArn": arn, "Remote": text, "Created": now, "SecretCount": 0,
             "SecretNames": []} for arn, text in sorted(described.items()))]}

    def __getattr__(self, name: str) -> Callable[..., NoReturn]:
        if name not in _ROTATION_METHODS:
            raise AttributeError(name)

        def refuse(**_: Any) -> NoReturn:
            self._context.refuse(Feature.FUNCTIONS)

        refuse.__name__ = name
        return refuse


def _describe_lambda(function: Mapping[str, Any]) -> str:
    """What AWS Lambda tells of a function, in one line."""
    return ", ".join(filter(None, (AWS_LAMBDA, function.get("Runtime"), function.get("Description"))))


_ROTATION_METHODS = frozenset(map(format_method_name, ROTATION_OPERATIONS))
