"""Clients with boto3's calling shape over the engine: methods, exceptions by name, paginators, meta."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, ClassVar

from smtui.api.errors import CLIENT_ERRORS, KEY_ERRORS, ClientError, ParamValidationError
from smtui.api.extensions import ACCESS_OPERATIONS, ROTATION_OPERATIONS
from smtui.api.kms import KEY_OPERATIONS
from smtui.api.model import OPERATIONS
from smtui.engine.call import Caller
from smtui.engine.declaration import CONTRACT
from smtui.engine.pipeline import Engine

PAGINATED = {
    "list_secrets": ("SecretList",),
    "list_secret_version_ids": ("Versions",),
    "batch_get_secret_value": ("SecretValues", "Errors"),
}


def format_method_name(operation: str) -> str:
    """The Python name of an operation: `list_secret_version_ids` for ListSecretVersionIds."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", operation).lower()


_OPERATION_BY_METHOD = {format_method_name(operation): operation for operation in OPERATIONS}


@dataclass(frozen=True, slots=True)
class Meta:
    region_name: str
    service_model: Any = None


OnSuccess = Callable[[str, dict[str, Any], str], None]
"""Called after each successful operation with its name, the response and the Region."""


class LocalClient:
    """A client for one caller in one Region of a local vault, with the methods of `smtui.api.types.Client`.

    Without `record_reads`, reads of metadata leave no audit event, see `Engine.call`. No request can ask for that.
    """

    exceptions = SimpleNamespace(**CLIENT_ERRORS)
    operations: ClassVar[dict[str, str]] = _OPERATION_BY_METHOD

    def __init__(
        self, engine: Callable[[], Engine], region: str, caller: Caller, new_token: Callable[[], str],
        on_success: OnSuccess = lambda *_: None, *, record_reads: bool = True,
    ) -> None:
        self.meta = Meta(region)
        self._engine = engine
        self._caller = caller
        self._new_token = new_token
        self._on_success = on_success
        self._record_reads = record_reads

    def __repr__(self) -> str:
        return f"<smtui client for {self.meta.region_name}>"

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self.operations]

    def __getattr__(self, name: str) -> Callable[..., Any]:
        operation = self.operations.get(name)
        if operation is None:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

        def call(**params: Any) -> dict[str, Any]:
            return self._call(operation, params)

        call.__name__ = name
        return call

    def can_paginate(self, operation_name: str) -> bool:
        return operation_name in PAGINATED

    def get_paginator(self, operation_name: str) -> Paginator:
        if not self.can_paginate(operation_name):
            raise ValueError(f"Operation cannot be paginated: {operation_name}")
        return Paginator(getattr(self, operation_name))

    def call_many(self, operation: str, many: Sequence[dict[str, Any]]) -> list[ClientError | None]:
        """Runs an operation for each request; answers, in their order, None or the error of one that was refused.

        If none is refused they run together, which takes a fraction of the time; otherwise one by one.
        """
        requests = [self._add_token(operation, params) for params in many]
        try:
            self._engine().call_many(operation, requests, region=self.meta.region_name, caller=self._caller)
        except ClientError:
            return [self._try_call(operation, request) for request in requests]
        return [None] * len(requests)

    def _try_call(self, operation: str, request: dict[str, Any]) -> ClientError | None:
        try:
            self._call(operation, request)
        except ClientError as refusal:
            return refusal
        return None

    def _call(self, operation: str, params: dict[str, Any]) -> dict[str, Any]:
        request = self._add_token(operation, params)
        response = self._engine().call(operation, request, region=self.meta.region_name, caller=self._caller,
                                       record_reads=self._record_reads)
        self._on_success(operation, response, self.meta.region_name)
        return response

    def _add_token(self, operation: str, params: dict[str, Any]) -> dict[str, Any]:
        """Adds an idempotency token if the request has none, as boto3 does."""
        token = CONTRACT[operation].request.idempotency_token
        return {**params, token: self._new_token()} if token and params.get(token) is None else params


class LocalKeyClient(LocalClient):
    """A client for the KMS keys of a Region, with the methods of `smtui.api.kms.KeyClient`."""

    exceptions = SimpleNamespace(**KEY_ERRORS)
    operations: ClassVar[dict[str, str]] = {format_method_name(operation): operation for operation in KEY_OPERATIONS}

    def can_paginate(self, operation_name: str) -> bool:
        return False


class LocalRotationClient(LocalKeyClient):
    """A client for rotation runs, with the methods of `smtui.api.extensions.RotationClient`."""

    exceptions = SimpleNamespace(**CLIENT_ERRORS)
    operations: ClassVar[dict[str, str]] = {
        format_method_name(operation): operation for operation in ROTATION_OPERATIONS
    }


class LocalAccessClient(LocalKeyClient):
    """A client for questions about access, with the methods of `smtui.api.extensions.AccessClient`."""

    exceptions = SimpleNamespace(**CLIENT_ERRORS)
    operations: ClassVar[dict[str, str]] = {format_method_name(operation): operation for operation in ACCESS_OPERATIONS}


class Paginator:
    """Iterates over pages; `PaginationConfig` takes MaxItems, PageSize and StartingToken as in boto3."""

    def __init__(self, method: Callable[..., dict[str, Any]]) -> None:
        self._method = method

    def paginate(self, **params: Any) -> Iterator[dict[str, Any]]:
        config = params.pop("PaginationConfig", None) or {}
        if unknown := set(config) - {"MaxItems", "PageSize", "StartingToken"}:
            raise ParamValidationError(f"Unknown pagination settings: {', '.join(sorted(unknown))}")
        left = config.get("MaxItems")
        if config.get("PageSize") is not None:
            params["MaxResults"] = config["PageSize"]
        if config.get("StartingToken") is not None:
            params["NextToken"] = config["StartingToken"]
        while True:
            page = self._method(**params)
            if left is not None:
                left = _truncate(page, PAGINATED[self._method.__name__], left)
            yield page
            if "NextToken" not in page or left == 0:
                return
            params["NextToken"] = page["NextToken"]


def _truncate(page: dict[str, Any], members: tuple[str, ...], left: int) -> int:
    """Truncates the lists of a page to `left` items together; answers how many may still follow."""
    for member in members:
        page[member] = page[member][:left]
        left -= len(page[member])
    return left
