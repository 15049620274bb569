"""The account behind a profile: who calls, whether changes are allowed, what was called."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Self

from smtui.api.arn import is_region
from smtui.api.context import Capabilities
from smtui.api.errors import ContextError, InvalidRegionError, WrongAccountError
from smtui.backends.aws.capabilities import CAPABILITIES
from smtui.backends.aws.connection import AskCode, Connection
from smtui.backends.aws.guard import Confirm, WriteGuard
from smtui.backends.aws.rate_limit import CallMeter, RateLimit
from smtui.system.ambient import Ambient
from smtui.system.context_settings import ContextSettings


class AwsAccount:
    """The account behind a profile, without its clients.

    It is protected from changes unless the settings or `allow_changes()` allow them. `meter` counts the requests.

    Args:
        settings: the settings of the context.
        region_name: the Region to open; by default the first of the settings, else that of the profile.
        read_only: refuses changes, whatever the settings say.
        ambient: the clocks.
        ask_code: asks for an MFA code.
        confirm: is called with the operation before the first change, where `protect` is `ask`.
        asks_each_time: `confirm` is called before each change.

    Raises:
        WrongAccountError: the profile belongs to another account than the settings say.
        ContextError: the profile is missing, cannot sign in, or AWS does not answer.
    """

    def __init__(
        self, settings: ContextSettings, *, region_name: str | None = None, read_only: bool = False,
        ambient: Ambient | None = None, ask_code: AskCode | None = None, confirm: Confirm | None = None,
        asks_each_time: bool = False,
    ) -> None:
        self.settings = settings
        self.title = settings.name
        self.can: Capabilities = replace(CAPABILITIES, deletes_at_once=settings.protection == "no")
        self.notices: tuple[str, ...] = ()
        self._ambient = ambient or Ambient()
        self._identity: dict[str, Any] | None = None
        monotonic = self._ambient.monotonic
        self.guard = WriteGuard(self.title, "read" if read_only else settings.protection, monotonic, confirm,
                                asks_each_time=asks_each_time)
        self._connection = Connection(self.title, settings.profile, self.guard, RateLimit(monotonic), ask_code)
        self.region_name = self._choose_region(region_name)
        if settings.account:
            self._require_account(settings.account)

    def __repr__(self) -> str:
        return f"<smtui context {self.title}{' (closed)' if self.locked else ''}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Drops the credentials and the clients. A second call does nothing."""
        self._connection.close()
        self._identity = None

    lock = close

    @property
    def colour(self) -> str:
        """The colour of its name on screens, or empty."""
        return self.settings.colour

    @property
    def locked(self) -> bool:
        return self._connection.is_closed

    @property
    def read_only(self) -> bool:
        return self.guard.refuses_changes

    @property
    def denials(self) -> dict[tuple[str, str, str], str]:
        """What AWS has refused to the caller so far, see `smtui.api.context.Context.denials`."""
        return self._connection.denials

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
        return require_region(region)

    def _require_account(self, account: str) -> None:
        """Raises WrongAccountError. Nothing else has been asked of the account so far."""
        found = self.account_id
        if found != account:
            self._connection.close()
            raise WrongAccountError(
                f"{self.title}: profile {self.settings.profile} belongs to account {found}, not to {account}. "
                "Nothing was read.",
                hint=f"Correct the profile, or account under [contexts.{self.title}].")


def require_region(region: str) -> str:
    """Raises InvalidRegionError."""
    if not is_region(region):
        raise InvalidRegionError(region)
    return region
