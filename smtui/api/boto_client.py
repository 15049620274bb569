"""The shape of a boto3 client, which every client of smtui has: methods, exceptions, paginators, waiters, meta.

What boto3's client has and this one has not is in `LEFT_OUT`, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from smtui.api.arn import PARTITION
from smtui.api.errors import CLIENT_ERRORS, ClientError, OperationNotPageableError
from smtui.api.model import OPERATIONS
from smtui.api.record import make_field, record

if TYPE_CHECKING:
    from smtui.api.pagination import Paginator

_NO_CROSS_ACCOUNT = "An operation of a later API version. A vault is one account."
LEFT_OUT = {
    "generate_presigned_url": "A vault has no URL that another program could call with a signature.",
    "associate_cross_account_replica": _NO_CROSS_ACCOUNT,
    "disassociate_cross_account_replica": _NO_CROSS_ACCOUNT,
    "list_resource_policies": "An operation of a later API version. `get_resource_policy` reads the policy.",
}
"""Public attributes of boto3's client that clients of smtui do not have, each with the reason."""


def format_method_name(operation: str) -> str:
    """The Python name of an operation: `list_secret_version_ids` for ListSecretVersionIds."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", operation).lower()


def format_left_out_table() -> str:
    """A Markdown table of `LEFT_OUT`."""
    rows = "".join(f"| `{name}` | {reason} |\n" for name, reason in LEFT_OUT.items())
    return f"| attribute | why |\n| --- | --- |\n{rows}"


class ClientExceptions:
    """The classes of errors by name, `from_code` among them as boto3 has it."""

    def __init__(self, errors: Mapping[str, type[ClientError]]) -> None:
        self._errors = dict(errors)
        vars(self).update(errors)

    def from_code(self, error_code: str) -> type[ClientError]:
        """The class for a code in `error.response["Error"]["Code"]`; ClientError if there is none."""
        return self._errors.get(error_code, ClientError)

    def __getattr__(self, name: str) -> type[ClientError]:
        if name.startswith("__"):
            raise AttributeError(name)
        raise AttributeError(f"{self} object has no attribute {name}. Valid exceptions are: {', '.join(self._errors)}")


class Events:
    """Accepts event handlers and never calls them: a vault sends no requests."""

    def register(self, event_name: str, handler: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        """Does nothing."""

    register_first = register_last = register

    def unregister(self, event_name: str, handler: Any = None, *args: Any, **kwargs: Any) -> None:
        """Does nothing."""

    def emit(self, event_name: str, **kwargs: Any) -> list[tuple[Any, Any]]:
        """The responses of the handlers: none."""
        return []

    def emit_until_response(self, event_name: str, **kwargs: Any) -> tuple[None, None]:
        """The first response of a handler: none."""
        return None, None


@record
class ServiceModel:
    """The names of the service. boto3's has the shapes too; smtui's are in `smtui.api.model`."""

    service_name: str
    service_id: str
    api_version: str
    operation_names: list[str]

    @property
    def endpoint_prefix(self) -> str:
        return self.service_name

    signing_name = endpoint_prefix


@record
class Config:
    """The settings of a client. Those of connections (timeouts, retries, proxies) do not exist."""

    region_name: str


@record
class Meta:
    """What boto3 has as `client.meta`. `endpoint_url` is the URL of what answers: of the vault's file."""

    region_name: str
    endpoint_url: str
    service_model: ServiceModel
    method_to_api_mapping: dict[str, str]
    events: Events = make_field(default_factory=Events)

    @property
    def config(self) -> Config:
        return Config(self.region_name)

    @property
    def partition(self) -> str:
        return PARTITION


class BotoClient:
    """A client; subclasses say which operations it has (`operations`), and carry out a call (`_call`)."""

    operations: ClassVar[dict[str, str]] = {format_method_name(operation): operation for operation in OPERATIONS}
    service: ClassVar[tuple[str, str, str]] = ("secretsmanager", "Secrets Manager", "2017-10-17")
    exceptions = ClientExceptions(CLIENT_ERRORS)

    def __init__(self, region_name: str, endpoint_url: str) -> None:
        model = ServiceModel(*self.service, operation_names=[*self.operations.values()])
        self.meta = Meta(region_name, endpoint_url, model, self.operations)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self.operations})

    def __getattr__(self, name: str) -> Callable[..., Any]:
        operation = self.operations.get(name)
        if operation is None:
            reason = f" {LEFT_OUT[name]}" if name in LEFT_OUT else ""
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}.{reason}".removesuffix("."))

        def call(*args: Any, **params: Any) -> dict[str, Any]:
            if args:
                raise TypeError(f"{name}() only accepts keyword arguments.")
            return self._call(operation, params)

        call.__name__ = name
        vars(self)[name] = call  # the next access finds it there
        return call

    def _call(self, operation: str, params: dict[str, Any]) -> dict[str, Any]:
        raise NotImplementedError

    def close(self) -> None:
        """Does nothing: a client has no connection of its own. `vault.close()` locks the vault."""

    def can_paginate(self, operation_name: str) -> bool:
        """Whether there is a paginator for a method. Raises KeyError, as boto3, for an unknown one."""
        from smtui.api.pagination import PAGED_OPERATIONS

        return self.operations[operation_name] in PAGED_OPERATIONS

    def get_paginator(self, operation_name: str) -> Paginator:
        """The paginator of a method.

        Raises:
            OperationNotPageableError: the method has none.
            KeyError: the method is unknown.
        """
        from smtui.api.pagination import PAGED_OPERATIONS, Paginator

        if not self.can_paginate(operation_name):
            raise OperationNotPageableError(operation_name)
        return Paginator(getattr(self, operation_name), PAGED_OPERATIONS[self.operations[operation_name]])

    waiter_names: ClassVar[list[str]] = []

    def get_waiter(self, waiter_name: str) -> Any:
        """Raises ValueError: Secrets Manager has no waiters."""
        raise ValueError(f"Waiter does not exist: {waiter_name}")
